//! What is said when something typed cannot be read: one sentence for each reason, which says what to do.

use crate::domain::{
    nik::{NumberError, looks_like},
    password::PasswordError,
    person::{NAME_LENGTH, NameError},
    phone::PhoneError,
    receipt::ReceiptNumberError,
    typed_date::DateError,
};

/// A NIK that cannot be one.
#[must_use]
pub fn nik(error: NumberError) -> String {
    match error {
        NumberError::Empty => "Isi NIK Anda.".into(),
        NumberError::Impossible => {
            "NIK ini tidak mungkin ada. Cocokkan lagi angka ke-7 sampai ke-16 dengan KTP-el atau KK.".into()
        }
        other => sixteen_digits("NIK", other),
    }
}

/// A KK number that cannot be one.
#[must_use]
pub fn kk_number(error: NumberError) -> String {
    match error {
        NumberError::Empty => "Isi nomor KK.".into(),
        other => sixteen_digits("Nomor KK", other),
    }
}

/// The KK number field holds the NIK.
pub const KK_SAME_AS_NIK: &str = "Ini NIK Anda. Nomor KK tertulis di bagian atas kartu keluarga.";

fn sixteen_digits(what: &str, error: NumberError) -> String {
    match error {
        NumberError::Letter { letter, place } => {
            let digit = if looks_like(letter) == Some(0) { "nol" } else { "satu" };
            format!("Ada huruf {letter} di angka ke-{place}. Tulis angka {digit}.")
        }
        NumberError::Length(count) => format!("{what} terdiri dari 16 angka. Anda mengisi {count} angka."),
        _ => format!("{what} hanya terdiri dari angka. Hapus huruf atau tanda lain."),
    }
}

/// A name that cannot be one.
#[must_use]
pub fn name(error: NameError) -> String {
    match error {
        NameError::Empty => "Isi nama lengkap seperti tertulis di KK.".into(),
        NameError::Characters => "Tulis nama dengan huruf saja, tanpa angka.".into(),
        NameError::Length => format!("Nama paling banyak {NAME_LENGTH} huruf."),
    }
}

/// A date that cannot be one; `what` is "tanggal lahir" or "tanggal surat".
#[must_use]
pub fn date(what: &str, typed: &str, error: DateError) -> String {
    match error {
        DateError::Empty => format!("Isi {what}."),
        DateError::Format => "Tulis tanggal seperti ini: 05-08-1990.".into(),
        DateError::Impossible => format!("Tanggal {} tidak ada di kalender.", typed.trim()),
        DateError::Year(year) => format!("Tahun {year:04} tidak mungkin. Periksa lagi tahunnya."),
        DateError::Future => format!("{} tidak boleh setelah hari ini.", capitalised(what)),
    }
}

/// A phone number that cannot be one.
#[must_use]
pub fn phone(error: PhoneError) -> String {
    match error {
        PhoneError::Empty => "Isi nomor ponsel, supaya kabar dapat kami kirim lewat SMS.".into(),
        PhoneError::Characters => "Nomor ponsel hanya terdiri dari angka. Tulis seperti 0812-0000-1234.".into(),
        PhoneError::Prefix => "Nomor ponsel Indonesia diawali 08, misalnya 0812-0000-1234.".into(),
        PhoneError::Length(count) => {
            format!("Nomor ponsel terdiri dari 10 sampai 13 angka. Anda mengisi {count} angka. Tulis seperti 0812-0000-1234.")
        }
    }
}

/// An e-mail address that cannot be one.
pub const EMAIL: &str = "Alamat email belum lengkap. Tulis seperti nama@contoh.id, atau kosongkan.";

/// A password that is not accepted.
#[must_use]
pub fn password(error: PasswordError) -> String {
    match error {
        PasswordError::Empty => "Buat kata sandi.",
        PasswordError::Short => "Kata sandi paling sedikit 8 huruf, angka, atau tanda.",
        PasswordError::Long => "Kata sandi paling banyak 128 huruf, angka, atau tanda.",
        PasswordError::Own => "Kata sandi ini terdiri dari data Anda sendiri dan mudah ditebak. Pilih yang lain.",
        PasswordError::Common => "Kata sandi ini dipakai banyak orang dan mudah ditebak. Pilih yang lain.",
    }
    .into()
}

/// A receipt number that cannot be one.
#[must_use]
pub fn receipt_number(error: ReceiptNumberError) -> String {
    match error {
        ReceiptNumberError::Empty => "Isi nomor permohonan.".into(),
        ReceiptNumberError::Length(count) => {
            format!("Nomor permohonan terdiri dari 8 huruf dan angka, misalnya K7M3-9QXF. Anda mengisi {count}.")
        }
        ReceiptNumberError::Mistyped => {
            "Ada huruf atau angka yang salah ketik. Huruf vokal, angka 0, dan angka 1 tidak dipakai.".into()
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}
