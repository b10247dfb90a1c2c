//! Why an uploaded file is not stored: what is the matter with it, and what to do instead.

use super::words::megabytes;
use crate::domain::upload::{MAX_PAGES, MAX_PIXELS, UploadRefusal};

/// Why an uploaded file is not stored; `file` is its name as the phone gave it.
#[must_use]
pub fn upload(refusal: &UploadRefusal, file: &str) -> String {
    match refusal {
        UploadRefusal::Type => format!("Berkas {file} bukan JPEG, PNG, atau PDF. Foto dokumennya, lalu unggah foto itu."),
        UploadRefusal::Heic => format!("Berkas {file} berformat HEIC. Ubah ke JPEG, lalu unggah lagi."),
        UploadRefusal::Empty => format!("Berkas {file} kosong. Pilih berkas lain atau foto ulang."),
        UploadRefusal::Cut => {
            format!("Berkas {file} tidak utuh, mungkin terputus saat dikirim. Unggah sekali lagi atau foto ulang.")
        }
        UploadRefusal::TooLarge { bytes } => {
            format!("Berkas {file} berukuran {} MB. Paling besar 10 MB; perkecil atau foto ulang.", megabytes(*bytes))
        }
        UploadRefusal::TooManyPixels { width, height } => format!(
            "Foto {file} terlalu lebar ({} × {} piksel). Paling banyak {} juta piksel; kirim tangkapan layarnya, atau foto ulang dengan ukuran lebih kecil.",
            thousands(*width),
            thousands(*height),
            MAX_PIXELS / 1_000_000
        ),
        UploadRefusal::PdfLocked => format!("PDF {file} terkunci kata sandi. Buka kuncinya, atau foto dokumennya."),
        UploadRefusal::PdfPages { pages } => {
            format!("PDF {file} berisi {pages} halaman. Paling banyak {MAX_PAGES}; kirim halaman yang diperlukan saja.")
        }
        UploadRefusal::PdfBroken => format!("PDF {file} tidak dapat dibuka. Foto dokumennya."),
        UploadRefusal::TooLong => format!(
            "Halaman di {file} terlalu panjang, sehingga tulisannya tidak terbaca. Kirim tangkapan layar atau foto bagian demi bagian."
        ),
        UploadRefusal::PdfAttachment => {
            format!(
                "PDF {file} memuat lampiran, yaitu berkas lain di dalamnya. Cetak ke PDF tanpa lampiran, atau foto dokumennya."
            )
        }
        UploadRefusal::PdfFields => {
            format!("Isian di PDF {file} tidak tercetak di halamannya. Cetak ke PDF, lalu unggah hasilnya, atau foto dokumennya.")
        }
        UploadRefusal::PdfLetters => {
            format!(
                "Huruf PDF {file} tidak ikut tersimpan di dalamnya. Cetak ke PDF, lalu unggah hasilnya, atau foto dokumennya."
            )
        }
    }
}

fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}
