//! Codes that prove a phone or an e-mail address: six digits, sent there, for a few minutes.

use std::fmt;

use time::Duration;

use super::{category::codes, typed_text};

/// How long a code is good.
pub const LIFE: Duration = Duration::minutes(10);
/// Sends to one number within an hour …
pub const AN_HOUR: i64 = 3;
/// … and within a day.
pub const A_DAY: i64 = 10;
/// Sends asked for from one address within an hour; mobile operators put thousands of people behind one.
pub const FROM_AN_ADDRESS: i64 = 1_000;

/// What a code finishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Opening an account.
    Registrasi,
    /// Another phone for an account.
    Ponsel,
    /// A new password for one that was forgotten.
    Pemulihan,
    /// An e-mail address for an account.
    Email,
}

codes!(Purpose {
    Registrasi = "registrasi", "registrasi";
    Ponsel = "ponsel", "ganti ponsel";
    Pemulihan = "pemulihan", "lupa kata sandi";
    Email = "email", "email";
});

/// Six digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// The code of a random number.
    #[must_use]
    pub fn of(random: u32) -> Self {
        Self(format!("{:06}", random % 1_000_000))
    }

    /// Reads what was typed; "Kode:" in front and blanks or dashes between the digits do not count.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let digits = typed_text::number(typed, &["kode", "otp"]);
        (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(Self(digits))
    }

    /// The digits, for the message and the hash.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Code(…)")
    }
}

/// Why a code finishes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It is another.
    #[error("wrong")]
    Wrong,
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// Five tries were wrong.
    #[error("used up")]
    UsedUp,
    /// It has done its work, or this session asked for none.
    #[error("gone")]
    Gone,
    /// The page was shown for another code than the one that was asked for last, in another tab.
    #[error("another code was asked for")]
    OfAnother,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_however_it_is_typed() {
        assert_eq!(Code::of(42).digits(), "000042");
        assert_eq!(Code::of(u32::MAX).digits().len(), 6);
        for typed in [" 123 456 ", "123-456", "123.456", "１２３４５６", "١٢٣٤٥٦", "Kode: 123456", "123\u{200b}456"] {
            assert_eq!(Code::parse(typed), Some(Code::of(123_456)), "{typed}");
        }
        for wrong in ["", "12345", "1234567", "12345a", "-12345", "PIN 123456"] {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{:?}", Code::of(1)), "Code(…)");
    }
}
