//! The citizen's way, page by page, by what is written on the pages. Where a test goes the whole way, every page is looked at.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::hand::{row, section};
use crate::people::{PASSWORD, Person};
use crate::uploads;

/// One reason to apply, with the papers it takes.
pub struct Reason {
    pub label: &'static str,
    /// Documents that are ticked, and the files sent for each.
    pub papers: Vec<(&'static str, Vec<PathBuf>)>,
    pub letter: bool,
}

pub fn lost() -> Reason {
    let papers =
        vec![("Surat keterangan kehilangan", vec![uploads::large_photo()]), ("Kartu Keluarga (KK)", vec![uploads::pdf()])];
    Reason { label: "KTP-el hilang", papers, letter: true }
}

pub fn damaged() -> Reason {
    let papers = vec![("Foto KTP-el yang rusak", vec![uploads::png(), uploads::jpeg()])];
    Reason { label: "KTP-el rusak", papers, letter: false }
}

pub fn moved() -> Reason {
    let papers = vec![
        ("Surat keterangan pindah", vec![uploads::pdf()]),
        ("Kartu Keluarga (KK)", vec![uploads::jpeg()]),
        ("KTP-el lama", vec![uploads::png()]),
    ];
    Reason { label: "Pindah datang / pindah alamat", papers, letter: false }
}

pub fn recorded() -> Reason {
    Reason { label: "Cetak setelah perekaman", papers: vec![("Kartu Keluarga (KK)", vec![uploads::jpeg()])], letter: false }
}

/// What "Ya" brought about.
pub struct Filed {
    /// The application's address.
    pub page: String,
    pub number: String,
    /// The address in the receipt's QR.
    pub check: String,
}

impl Browser {
    /// From the home page to an account.
    pub async fn register(&self, person: &Person) {
        self.visit("/").await;
        self.glance("beranda").await;
        self.press("Registrasi disini").await;
        self.glance("registrasi").await;
        self.fill_registration(person, PASSWORD).await;
        self.glance("registrasi-terisi").await;
        self.press("Registrasi").await;
        assert_eq!(self.path().await, "/registrasi/kode", "{}", self.text().await);
        self.glance("registrasi-kode").await;
        let code = self.service.code(&person.phone, "").await;
        self.fill("Kode", &code).await;
        self.press("Lanjut").await;
        assert_eq!(self.status().await, 200, "{}", self.text().await);
        self.glance("registrasi-selesai").await;
    }

    pub async fn fill_registration(&self, person: &Person, password: &str) {
        self.fill("NIK", &person.nik).await;
        self.fill("Nomor KK", &person.kk_number).await;
        self.fill("Nama lengkap", person.name).await;
        self.fill("Tanggal lahir", person.born).await;
        self.fill("Nomor ponsel", &person.phone).await;
        self.fill("Kata sandi", password).await;
    }

    /// From the log-in page, or wherever "Masuk" leads there, to the service's page.
    pub async fn log_in(&self, person: &Person) {
        if !self.path().await.starts_with("/masuk") {
            self.press("Masuk").await;
        }
        self.glance("masuk").await;
        self.fill("NIK", &person.nik).await;
        self.fill("Kata sandi", PASSWORD).await;
        self.press("Masuk").await;
        assert!(self.has("//h1[normalize-space()='Pencetakan KTP-El']").await, "{}", self.text().await);
    }

    /// An account, logged in. Only tests that go the whole way type for it.
    pub async fn join(&self, person: &Person) {
        if self.manner.whole_way {
            self.register(person).await;
            self.log_in(person).await;
            self.look("layanan-kosong").await;
        } else {
            self.visit("/").await;
            let Person { nik, kk_number, name, born, phone } = person;
            let answers = json!({
                "nik": nik, "nomor_kk": kk_number, "nama": name, "tanggal_lahir": born,
                "ponsel": phone, "sandi": PASSWORD,
            });
            assert_eq!(self.send_form("/registrasi", answers).await, 200);
            let code = self.service.code(phone, "").await;
            assert_eq!(self.send_form("/registrasi/kode", json!({"kode": code})).await, 200);
            assert_eq!(self.send_form("/masuk", json!({"nik": nik, "sandi": PASSWORD})).await, 200);
            self.visit("/pencetakan-ktp-el").await;
        }
    }

    /// Sends a form without showing it; the status of the answer.
    pub async fn send_form(&self, path: &str, fields: Value) -> Value {
        let send = "return fetch(arguments[0], { method: 'POST', body: new URLSearchParams(arguments[1]) })
            .then((answer) => answer.status)";
        self.run(send, vec![json!(path), fields]).await
    }

    /// From the service's page to the upload page.
    pub async fn begin(&self, person: &Person, reason: &Reason) {
        self.press("Tambah Permohonan").await;
        self.glance("tambah").await;
        self.press_in(&row(person.name), "Cetak").await;
        self.glance("keterangan").await;
        self.choose(reason.label).await;
        self.press("Lanjut").await;
        self.glance("dokumen").await;
        for (document, _) in &reason.papers {
            self.choose(document).await;
        }
        if reason.letter {
            self.fill("Nomor surat", "STPL/123/XI/2026").await;
            self.fill("Kantor polisi", "Polsek Gambir").await;
            self.fill("Tanggal surat", "18-11-2026").await;
        }
        self.press("Lanjut").await;
        self.glance("unggah").await;
    }

    /// Sends every file.
    pub async fn upload_all(&self, reason: &Reason) {
        for (document, files) in &reason.papers {
            for file in files {
                self.upload(document, file).await;
                assert!(self.text().await.contains(&format!("{document}, halaman ")), "{}", self.text().await);
            }
        }
        self.glance("unggah-tersimpan").await;
    }

    /// Sends one file, and waits for the answer: without scripts another page, with them another main part.
    pub async fn upload(&self, document: &str, file: &Path) {
        if self.manner.scripts {
            self.leave_by(async || self.attach(document, file).await).await;
        } else {
            self.attach(document, file).await;
            self.press_in(&section(document), "Upload").await;
        }
    }

    /// From the upload page over the schedule, where an hour on the second day is taken, to the check page.
    pub async fn choose_place(&self, hour: &str) {
        self.press("Lanjut").await;
        self.glance("jadwal").await;
        self.choose_next("Tanggal").await;
        self.press("Tampilkan jam").await;
        self.choose(hour).await;
        self.glance("jadwal-terpilih").await;
        self.press("Kirim Permohonan Jadwal").await;
        self.glance("konfirmasi").await;
    }

    /// "Ya", to the receipt and its PDF.
    pub async fn send(&self, person: &Person) -> Filed {
        self.press("Ya").await;
        let page = self.path().await;
        assert!(self.text().await.contains("terkirim. Kabar berikutnya"), "{page}: {}", self.text().await);
        self.glance("permohonan").await;
        self.press("Keterangan Cetak KTP-el").await;
        self.glance("keterangan-cetak").await;
        let number = self.find("//article//header//code").await.text().await.unwrap();
        let receipt = self.path().await;

        self.press_pdf().await;
        let pdf = self.fetch(&format!("{receipt}.pdf")).await;
        assert!(pdf.starts_with(b"%PDF-"));
        let text = piped("pdftotext", &["-layout", "-", "-"], &pdf);
        for expected in [number.as_str(), person.name, "Keterangan Cetak KTP-el"] {
            assert!(text.contains(expected), "no {expected} in: {text}");
        }
        self.client.back().await.unwrap();
        assert_eq!(self.path().await, receipt);
        let qr = self.find("//*[@role='img']").await.screenshot().await.unwrap();
        let check = piped("zbarimg", &["-q", "--raw", "PNG:-"], &qr).trim().to_owned();
        Filed { page, number, check }
    }

    /// Opens the PDF as its reader does: in the browser.
    async fn press_pdf(&self) {
        self.press("Unduh PDF").await;
        let address = self.path().await;
        assert!(address.ends_with("/keterangan-cetak.pdf"), "{address}");
        assert_eq!(self.run("return document.contentType", vec![]).await, "application/pdf");
    }
}

/// What a program of the system makes of these bytes.
pub fn piped(program: &str, arguments: &[&str], input: &[u8]) -> String {
    let mut reader = Command::new(program);
    let reader = reader.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut reader = reader.unwrap_or_else(|_| panic!("{program} is missing; bin/test installs it"));
    reader.stdin.take().unwrap().write_all(input).unwrap();
    String::from_utf8(reader.wait_with_output().unwrap().stdout).unwrap()
}
