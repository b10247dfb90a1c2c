//! The wording of every e-mail, and of what pages say about e-mail. Subject and words are those of the SMS: no NIK, no name of
//! a person, no link.

use super::{
    Given,
    sms::{self, Notice},
};
use crate::domain::{
    code::Code,
    message::{Cause, Channel, Mail},
    person::Email,
    receipt::ReceiptNumber,
};

/// What is at the foot of a notice: that nobody reads an answer, and how to stop it.
const FOOT: &str = "Email ini dikirim otomatis, bersama SMS dengan isi yang sama. Balasan tidak dibaca.\n\
                    Ubah atau hapus alamat ini di halaman Akun.";

/// What is at the foot of a code.
const FOOT_OF_CODE: &str = "Email ini dikirim otomatis karena alamat ini diisi di sebuah akun pencetakan KTP-el. Balasan tidak dibaca.\n\
                            Bukan Anda yang mengisi? Abaikan email ini.";

/// An e-mail about a fact of a case.
#[must_use]
pub fn notice(to: &Email, number: ReceiptNumber, notice: &Notice<'_>) -> Mail {
    let text = format!("{}\n\n{FOOT}\n", sms::text(number, notice));
    Mail { to: to.clone(), subject: format!("Permohonan {number}: {}", capital(notice.kind().label())), text }
}

/// The e-mail with the code that proves its address.
#[must_use]
pub fn code(to: &Email, code: &Code) -> Mail {
    let text = format!("{}\n\n{FOOT_OF_CODE}\n", sms::code_text(code));
    Mail { to: to.clone(), subject: "Kode untuk membuktikan email Anda".to_owned(), text }
}

/// Why a message of this channel did not go through.
#[must_use]
pub fn cause(channel: Channel, cause: impl Given<Cause>) -> String {
    let cause = cause.given();
    match channel {
        Channel::Sms => cause.label().to_owned(),
        Channel::Email => cause.label().replace("gateway", "server email"),
    }
}

fn capital(words: &str) -> String {
    let mut signs = words.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

/// Under the field at registration.
#[must_use]
pub fn registration_hint(sends_email: impl Given<bool>) -> &'static str {
    if sends_email.given() {
        "Kabar permohonan dikirim juga ke sini, setelah Anda membuktikan alamatnya dengan kode di halaman Akun."
    } else {
        NOT_SENT
    }
}

/// Where no e-mail goes out.
pub const NOT_SENT: &str = "Saat ini kami tidak mengirim email. Kabar dikirim lewat SMS.";
/// The same, in the middle of a sentence.
pub const NOT_SENT_YET: &str = "saat ini kami tidak mengirim email.";
/// It was asked for a code where none can be sent.
pub const NO_CODE: &str =
    "Saat ini kami tidak mengirim email, jadi alamat belum dapat dibuktikan. Kabar tetap dikirim lewat SMS.";
/// An address is missing or cannot be one.
pub const EMAIL: &str = "Tulis alamat email seperti nama@contoh.id.";
/// The address is proved already.
pub const ALREADY_PROVED: &str = "Alamat ini sudah terbukti. Isi alamat lain, atau kembali ke halaman Akun.";
/// No code was typed, or something that is none.
pub const CODE_EMPTY: &str = "Isi 6 angka dari email.";
/// An address was proved.
pub const CHANGED: &str = "Email terbukti. Kabar permohonan dikirim juga ke sana.";
/// An address was removed.
pub const REMOVED: &str = "Email dihapus. Kabar permohonan dikirim lewat SMS saja.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_says_what_the_sms_says_and_how_to_stop_it() {
        let number = ReceiptNumber::parse("K7M3-9QXF").unwrap();
        let to = Email::parse("sari@contoh.id").unwrap();
        let mail = notice(&to, number, &Notice::Submitted);
        assert_eq!(mail.subject, "Permohonan K7M3-9QXF: Diterima");
        assert!(mail.text.starts_with(&sms::text(number, &Notice::Submitted)), "{}", mail.text);
        assert!(mail.text.contains("Ubah atau hapus alamat ini di halaman Akun."));
        let code = code(&to, &Code::of(123_456));
        assert!(!code.subject.contains("123456") && code.text.contains("Kode Anda 123456"));
        for words in [&mail.subject, &mail.text, &code.subject, &code.text] {
            assert!(!words.contains("http") && !words.contains("www"), "no link: {words}");
        }
    }

    #[test]
    fn a_cause_speaks_of_the_channels_own_server() {
        for known in Cause::ALL {
            assert!(!cause(Channel::Email, *known).contains("gateway"));
            assert_eq!(cause(Channel::Sms, *known), known.label());
        }
    }
}
