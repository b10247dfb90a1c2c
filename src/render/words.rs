//! What is said when something chosen or typed cannot be taken: one sentence for each reason, which
//! says what to do.

mod deeds;
mod schedule;

use time::{Date, OffsetDateTime};

pub use deeds::{cancelled, moved, sent, sent_before};
pub use schedule::{
    PLACE_GIVEN_UP, SCHEDULE_SENT_MEANWHILE, SLOT_EMPTY, SLOT_OF_ANOTHER_DAY, SLOT_TOO_OFTEN, counter_full, slot_closed,
    slot_full, slot_gone, slot_lost, slot_range,
};

pub use super::typed_words::{EMAIL, KK_SAME_AS_NIK, date, kk_number, name, nik, password, phone, receipt_number};
pub use super::upload_words::upload;
use super::{Given, dates};
use crate::domain::{
    application::Letter,
    calendar::day_of,
    category::{Category, DocumentKind, Misfit},
    code::CodeError,
    resident::Hindrance,
    upload::MAX_PAGES,
};

/// Nothing matches the registration.
pub const REGISTRATION_MISMATCH: &str =
    "Data belum sama dengan data kependudukan. Periksa NIK, nomor KK, tanggal lahir, dan nama tanpa gelar.";
/// NIK and password do not belong together.
pub const LOGIN_WRONG: &str = "NIK atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi.";
/// A session was not used for 30 minutes, or had lasted 12 hours.
pub const SESSION_IDLE: &str =
    "Anda sudah keluar karena halaman lama tidak dipakai. Draf masih tersimpan; masuk lagi untuk melanjutkan.";
/// It was ended from another device, or by another password.
pub const SESSION_ENDED: &str = "Anda dikeluarkan dari perangkat lain atau karena kata sandi diganti. Masuk lagi.";
/// Somebody has logged out.
pub const LOGGED_OUT: &str = "Anda sudah keluar. Halaman ini aman ditutup.";
/// An account was opened, or was there already.
pub const REGISTERED: &str = "Siap masuk: pakai NIK dan kata sandi Anda. Sudah pernah mendaftar? Pakai kata sandi yang lama.";
/// A forgotten password was replaced.
pub const PASSWORD_RECOVERED: &str =
    "Kata sandi diganti, dan semua perangkat sudah dikeluarkan. Masuk dengan kata sandi yang baru.";
/// A returned application was sent in again.
pub const MENDED: &str = "Perbaikan terkirim. Petugas memeriksa lagi dan antrean Anda tetap.";
/// A draft was removed.
pub const DISCARDED: &str = "Draf dihapus.";
/// The password field of the log-in is empty.
pub const LOGIN_PASSWORD_EMPTY: &str = "Isi kata sandi.";
/// The present password is not the one given.
pub const PRESENT_PASSWORD_WRONG: &str = "Kata sandi sekarang tidak cocok. Periksa, lalu coba lagi.";
/// No application has that number and birth date.
pub const TRACK_UNKNOWN: &str =
    "Tidak ada permohonan dengan nomor dan tanggal lahir itu. Cocokkan dengan SMS atau Keterangan Cetak KTP-el.";
/// No category chosen.
pub const CATEGORY_EMPTY: &str = "Pilih satu alasan.";
/// No file chosen.
pub const UPLOAD_NONE: &str = "Pilih berkas dengan “Browse”, lalu tekan “Upload”.";
/// What may be uploaded.
pub const UPLOAD_LIMITS: &str = "JPEG, PNG, atau PDF, paling besar 10 MB.";
/// How to get a JPEG out of an iPhone.
pub const HEIC_HOW: &str = "Di iPhone: Pengaturan › Kamera › Format › Paling Kompatibel. Atau kirim tangkapan layar fotonya.";

/// A limit on wrong answers is reached; `next` is when the next try may be made.
#[must_use]
pub fn too_many(next: OffsetDateTime) -> String {
    format!("Terlalu banyak percobaan. Demi keamanan, coba lagi setelah pukul {}.", dates::next_minute_wib(next))
}

/// Why nobody can apply for a resident.
#[must_use]
pub fn hindrance(hindrance: Hindrance) -> &'static str {
    match hindrance {
        Hindrance::Ended => "Tidak tercatat lagi sebagai penduduk. Tanyakan ke kelurahan.",
        Hindrance::Under17 => "Belum 17 tahun, jadi belum ber-KTP-el.",
        Hindrance::Unrecorded => "Belum direkam. Datang ke loket untuk rekam sidik jari dan iris mata.",
    }
}

/// An application is in progress since this day.
#[must_use]
pub fn in_progress(since: Date) -> String {
    format!("Sedang diproses sejak {}.", dates::date(since))
}

/// Somebody else pressed "Ya" first.
#[must_use]
pub fn open_exists(name: &str, since: Date) -> String {
    format!("Permohonan untuk {name} sedang diproses sejak {}. Jam yang Anda pilih sudah dilepas.", dates::date(since))
}

/// An application for the same person is in progress, so this draft cannot be sent.
#[must_use]
pub fn overtaken(name: &str, since: Date) -> String {
    format!("Permohonan untuk {name} sedang diproses sejak {}, jadi draf ini tidak dapat dikirim.", dates::date(since))
}

/// Documents of another category, which "Ya" leaves out; none when there are none.
#[must_use]
pub fn left_out(kinds: &[DocumentKind]) -> Option<String> {
    let left_out = || {
        format!(
            "Tidak dipakai untuk keterangan ini: {}. Tetap tersimpan sampai Anda menekan “Ya”, lalu dihapus.",
            documents(kinds)
        )
    };
    (!kinds.is_empty()).then(left_out)
}

/// The category was changed.
pub const CATEGORY_CHANGED: &str = "Keterangan diganti. Berkas yang masih diperlukan tetap tersimpan.";
/// Papers were answered for a category that was changed meanwhile on another page.
pub const CATEGORY_CHANGED_ELSEWHERE: &str =
    "Keterangan sudah diganti di halaman lain. Periksa dokumen untuk keterangan itu, lalu tekan “Lanjut”.";

/// Why a category cannot be chosen.
#[must_use]
pub fn misfit(misfit: Misfit, name: &str) -> String {
    match misfit {
        Misfit::NeverIssued => format!("Tidak dapat dipilih: {name} belum pernah menerima KTP-el."),
        Misfit::AlreadyIssued(day) => {
            format!("Tidak dapat dipilih: KTP-el {name} sudah pernah dicetak pada {}.", dates::date(day))
        }
    }
}

/// What to have ready for a category.
#[must_use]
pub fn prepare(category: impl Given<Category>) -> &'static str {
    match category.given() {
        Category::Hilang => "Siapkan surat kehilangan dari polisi dan kartu keluarga (KK).",
        Category::Rusak => "Siapkan foto kartu yang rusak. Kartu itu diserahkan saat kartu baru diambil.",
        Category::Pindah => {
            "Siapkan surat pindah (SKPWNI atau SKDWNI) dan KK yang baru. Kartu lama diserahkan saat kartu baru diambil."
        }
        Category::SetelahRekam => "Siapkan KK. Untuk yang sudah direkam, tetapi belum pernah menerima kartu.",
    }
}

/// What is to be brought to the counter besides the receipt.
#[must_use]
pub fn bring(category: impl Given<Category>) -> &'static str {
    match category.given() {
        Category::Hilang => "Surat keterangan kehilangan dari polisi yang asli",
        Category::Rusak => "KTP-el yang rusak, untuk diserahkan",
        Category::Pindah => "KTP-el lama, untuk diserahkan, dan KK yang baru",
        Category::SetelahRekam => "Kartu Keluarga (KK)",
    }
}

/// Who may fetch the card.
#[must_use]
pub fn collector(name: &str) -> String {
    format!("{name} sendiri, atau anggota KK yang sama dengan menunjukkan KTP-el-nya.")
}

/// Documents in a sentence: "Surat keterangan kehilangan, Kartu Keluarga (KK)".
#[must_use]
pub fn documents(kinds: &[DocumentKind]) -> String {
    kinds.iter().map(|kind| kind.label()).collect::<Vec<_>>().join(", ")
}

/// A required document is not ticked.
#[must_use]
pub fn papers_missing(kind: DocumentKind) -> String {
    format!("Centang {} bila sudah ada. Tanpa itu permohonan belum dapat dikirim.", kind.label())
}

/// The password was changed.
pub const PASSWORD_CHANGED: &str = "Kata sandi diganti. Perangkat lain sudah dikeluarkan.";
/// The phone was changed.
pub const PHONE_CHANGED: &str = "Nomor ponsel diganti. Nomor lama diberi tahu lewat SMS.";
/// No code was typed, or something that is none.
pub const CODE_EMPTY: &str = "Isi 6 angka dari SMS.";
/// Another code is on its way.
pub const CODE_SENT_AGAIN: &str = "Kode baru dikirim. Kode yang lama tidak berlaku lagi.";

/// A code finishes nothing, and what to do.
#[must_use]
pub fn code(error: CodeError) -> &'static str {
    match error {
        CodeError::Wrong => "Kode belum cocok. Periksa kode yang dikirim terakhir, lalu coba lagi.",
        CodeError::Expired => "Kode sudah lewat 10 menit. Minta kode baru.",
        CodeError::UsedUp => "Sudah 5 kali belum cocok. Minta kode baru.",
        CodeError::OfAnother => "Kode lain diminta di halaman lain. Isi kode yang dikirim terakhir.",
        CodeError::Gone => "Kode ini sudah dipakai, atau diminta dari perangkat lain. Minta kode baru.",
    }
}

/// Codes were asked for too often.
#[must_use]
pub fn code_too_many(next: OffsetDateTime, now: OffsetDateTime) -> String {
    let until = if day_of(next) == day_of(now) { format!("pukul {}", dates::next_minute_wib(next)) } else { dates::full(next) };
    format!("Kode sudah beberapa kali diminta. Demi keamanan, minta lagi setelah {until}.")
}

/// How a chat with a kelurahan begins.
pub const FIRST_SENTENCE: &str = "Halo, saya ingin bertanya tentang pencetakan KTP-el.";
/// The letter's number is missing.
pub const LETTER_NUMBER_EMPTY: &str = "Isi nomor surat kehilangan.";
/// The letter's office is missing.
pub const LETTER_OFFICE_EMPTY: &str = "Isi kantor polisi yang menerbitkan surat, misalnya Polsek Gambir.";

/// A field of the letter is too long.
#[must_use]
pub fn letter_long(what: &str) -> String {
    format!("{what} paling banyak {} huruf.", Letter::FIELD_LENGTH)
}

/// The letter is old; it is only a warning.
#[must_use]
pub fn letter_old(days: i64) -> String {
    format!("Surat ini sudah {days} hari. Anda boleh melanjutkan, tetapi petugas dapat meminta surat yang lebih baru.")
}

/// A document has no room for more pages.
#[must_use]
pub fn document_full(kind: DocumentKind, stored: usize) -> String {
    if stored >= MAX_PAGES {
        format!("{} sudah berisi {MAX_PAGES} halaman. Hapus satu bila ingin mengganti.", kind.label())
    } else {
        format!(
            "{} sudah berisi {stored} halaman, dan paling banyak {MAX_PAGES}. Kirim halaman yang diperlukan saja.",
            kind.label()
        )
    }
}

/// The file is stored already.
#[must_use]
pub fn upload_twice(page: usize) -> String {
    format!("Berkas ini sudah tersimpan sebagai halaman {page}. Tidak perlu dikirim lagi.")
}

/// A page was stored, or removed.
#[must_use]
pub fn upload_done(kind: DocumentKind, page: usize, is_removed: bool) -> String {
    format!("{}, halaman {page}, {}.", kind.label(), if is_removed { "dihapus" } else { "tersimpan" })
}

/// A file for a document that this application does not ask for (any more).
#[must_use]
pub fn upload_unasked(file: &str) -> String {
    format!("Berkas {file} tidak tersimpan, karena dokumen itu tidak diminta untuk permohonan ini.")
}

/// More files at once than one post may bring.
#[must_use]
pub fn upload_one_too_many(most: usize, file: &str) -> String {
    format!("Berkas {file} belum tersimpan, karena sekali kirim paling banyak {most} berkas. Kirim sekali lagi.")
}

/// Required documents without a page.
#[must_use]
pub fn upload_missing(kinds: &[DocumentKind]) -> String {
    format!("Masih kurang: {}.", documents(kinds))
}

/// Too late to cancel.
pub const CANCEL_LATE: &str =
    "Kartu sedang atau sudah dicetak, jadi permohonan tidak dapat dibatalkan. Jadwal masih dapat diubah.";

/// `412 KB`, `1,5 MB`.
#[must_use]
pub fn file_size(bytes: impl Given<usize>) -> String {
    let bytes = bytes.given();
    if bytes < 1_000_000 { format!("{} KB", bytes.div_ceil(1000)) } else { format!("{} MB", megabytes(bytes as u64)) }
}

/// Tenths are enough, rounded up so that 10.01 MB does not read as 10.
pub(super) fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1024 * 1024);
    if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{},{}", tenths / 10, tenths % 10) }
}
