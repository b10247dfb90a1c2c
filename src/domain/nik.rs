//! The two 16-digit numbers on a family card: NIK (one person) and KK number (one family).
//!
//! A NIK is 6 digits of the region of first registration, DDMMYY of birth (women: day + 40) and a
//! serial of 4 digits, not 0000 (Perpres 40/2019 art. 37). It has no check digit.

use serde::{Deserialize, Serialize};
use time::Date;

use super::{guarded::guarded, resident::Sex, typed_text};

/// Length of both numbers, in digits.
pub const DIGITS: usize = 16;

/// Why a typed number cannot be a NIK or a KK number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// Nothing was typed.
    Empty,
    /// Something other than digits and what stands between them was typed.
    Characters,
    /// Letters that look like digits stand among them: the first one, and in which place.
    Letter {
        /// O for a 0, or I or l for a 1, as typed.
        letter: char,
        /// Counted from 1.
        place: usize,
    },
    /// This many digits were typed, not 16.
    Length(usize),
    /// The digits for day, month or serial cannot occur.
    Impossible,
}

/// A person's number, of possible shape; it need not exist.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nik(String);

impl Nik {
    /// Reads a NIK as people type it: "NIK" in front, and blanks, dots and dashes between the digits do not count.
    ///
    /// # Errors
    /// [`NumberError`] names the first thing that is wrong.
    pub fn parse(typed: &str) -> Result<Self, NumberError> {
        let digits = sixteen_digits(typed, &["nik", "nonik", "no", "nomor", "nomer", "ktp", "el", "induk", "kependudukan"])?;
        let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u8>().ok());
        let (Some(day), Some(month)) = (part(6, 8), part(8, 10)) else {
            return Err(NumberError::Impossible);
        };
        let day = if day > 40 { day - 40 } else { day };
        if !day_exists(day, month) || digits.ends_with("0000") {
            return Err(NumberError::Impossible);
        }
        Ok(Self(digits))
    }

    /// The 16 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the digits of birth are those of this date and sex. A wrong birth date at first registration
    /// stays in a NIK for life, so that this warns and never refuses.
    #[must_use]
    pub fn tells_birth(&self, date: Date, sex: Sex) -> bool {
        let day = date.day() + if sex == Sex::Female { 40 } else { 0 };
        let told = format!("{day:02}{:02}{:02}", u8::from(date.month()), date.year().rem_euclid(100));
        self.0.get(6..12) == Some(told.as_str())
    }

    /// The NIK as it may stand on paper: `317101******0001`.
    #[must_use]
    pub fn masked(&self) -> String {
        masked(&self.0)
    }

    /// The digits in groups of four: `3171 0101 0190 0001`.
    #[must_use]
    pub fn grouped(&self) -> String {
        in_fours(&self.0)
    }

    /// The masked digits in the same groups: `3171 01** **** 0001`.
    #[must_use]
    pub fn masked_grouped(&self) -> String {
        in_fours(&self.masked())
    }
}

/// A family card's number. Only its length is certain: old cards carry every kind of digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KkNumber(String);

impl KkNumber {
    /// Reads a KK number as people type it: "No. KK" in front, and blanks, dots and dashes between the digits do not count.
    ///
    /// # Errors
    /// [`NumberError`] names the first thing that is wrong; never [`NumberError::Impossible`].
    pub fn parse(typed: &str) -> Result<Self, NumberError> {
        sixteen_digits(typed, &["kk", "nokk", "no", "nomor", "nomer", "kartu", "keluarga"]).map(Self)
    }

    /// The 16 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits in groups of four.
    #[must_use]
    pub fn grouped(&self) -> String {
        in_fours(&self.0)
    }

    /// The same, masked as a NIK is.
    #[must_use]
    pub fn masked_grouped(&self) -> String {
        in_fours(&masked(&self.0))
    }
}

fn masked(digits: &str) -> String {
    let (head, tail) = (digits.get(..6).unwrap_or_default(), digits.get(12..).unwrap_or_default());
    format!("{head}******{tail}")
}

fn in_fours(signs: &str) -> String {
    let signs: Vec<char> = signs.chars().collect();
    signs.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

guarded!(Nik);
guarded!(KkNumber);

fn sixteen_digits(typed: &str, labels: &[&str]) -> Result<String, NumberError> {
    let digits = typed_text::number(typed, labels);
    let strange = || digits.chars().zip(1..).filter(|(sign, _)| !sign.is_ascii_digit());
    if digits.is_empty() {
        Err(NumberError::Empty)
    } else if let Some((letter, place)) = strange().next() {
        let all_look_alike = strange().all(|(sign, _)| looks_like(sign).is_some());
        Err(if all_look_alike { NumberError::Letter { letter, place } } else { NumberError::Characters })
    } else if digits.len() != DIGITS {
        Err(NumberError::Length(digits.len()))
    } else {
        Ok(digits)
    }
}

/// The digit that a letter is taken for.
#[must_use]
pub fn looks_like(letter: char) -> Option<u8> {
    match letter {
        'O' | 'o' => Some(0),
        'I' | 'i' | 'L' | 'l' => Some(1),
        _ => None,
    }
}

/// Whether a month ever has this day; the century is unknown, so 29 February may exist.
fn day_exists(day: u8, month: u8) -> bool {
    let last = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=last).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_digits_are_read_in_groups_of_four() {
        let nik = Nik::parse("3171010101900001").unwrap();
        assert_eq!((nik.grouped().as_str(), nik.masked_grouped().as_str()), ("3171 0101 0190 0001", "3171 01** **** 0001"));
        assert_eq!(nik.masked(), "317101******0001");
        assert_eq!(Nik::parse(&nik.grouped()), Ok(nik), "copied and pasted it is the same");
        let kk = KkNumber::parse("3171010101209999").unwrap();
        assert_eq!((kk.grouped().as_str(), kk.masked_grouped().as_str()), ("3171 0101 0120 9999", "3171 01** **** 9999"));
    }
}
