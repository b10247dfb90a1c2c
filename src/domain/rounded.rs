//! What spreadsheets do to numbers of 16 digits: they keep 15, and write the last one as 0, or all of them as 3,17E+15.

use super::{nik::DIGITS, typed_text};

/// Rows from which it is no accident that every number ends in 0.
const ROWS: u64 = 10;

/// Watches the numbers of a file go by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rounding {
    rows: u64,
    is_broken: bool,
}

impl Rounding {
    /// Looks at the NIK and the KK number of a row, as they stand there: a rounded NIK often is none any more. What has not
    /// 16 digits says nothing.
    pub fn look(&mut self, nik: &str, kk_number: &str) {
        let numbers = [nik, kk_number].map(|text| typed_text::number(text, &[]));
        if numbers.iter().all(|digits| digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())) {
            self.rows += 1;
            self.is_broken |= !numbers.iter().all(|digits| digits.ends_with('0'));
        }
    }

    /// Whether so many rows went by, and every NIK and KK number ended in 0.
    #[must_use]
    pub fn is_likely(&self) -> bool {
        self.rows >= ROWS && !self.is_broken
    }
}

/// Whether a number is written as a power of ten: `3,17101E+15`, `3.17E15`.
#[must_use]
pub fn is_exponent(text: &str) -> bool {
    let text = typed_text::plain(text).to_lowercase();
    let bare: String = text.chars().filter(|sign| !sign.is_whitespace() && !"'=\"".contains(*sign)).collect();
    let Some((factor, power)) = bare.split_once('e') else { return false };
    let power = power.strip_prefix('+').unwrap_or(power);
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(power) && are_digits(&factor.replace([',', '.'], "")) && factor.matches([',', '.']).count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likely(rows: &[(String, String)]) -> bool {
        let mut rounding = Rounding::default();
        for (nik, kk_number) in rows {
            rounding.look(nik, kk_number);
        }
        rounding.is_likely()
    }

    #[test]
    fn ten_rows_of_numbers_that_all_end_in_0_are_no_accident() {
        let row = |number: usize, last: &str| (format!("31710145089{number:04}{last}"), "3171010101010010".to_owned());
        let rounded: Vec<_> = (0..10).map(|number| row(number, "0")).collect();
        assert!(likely(&rounded));
        assert!(!likely(&rounded[..9]));
        assert!(!likely(&[&rounded[..], &[row(11, "1")]].concat()));
        assert!(!likely(&[&rounded[..], &[(rounded[0].0.clone(), "3171010101010011".to_owned())]].concat()));
        let with_nothing = [&rounded[..], &[(String::new(), "317".to_owned())]].concat();
        assert!(likely(&with_nothing), "what is no number says nothing");
        assert!(!likely(&with_nothing[1..]));
    }

    #[test]
    fn powers_of_ten_are_seen() {
        for typed in ["3,17101E+15", "3.17E15", "3E+15", "3,17101e+15", " 3.17101450890000E+15 ", "'3.17E15"] {
            assert!(is_exponent(typed), "{typed}");
        }
        for typed in ["", "3171014508900001", "E", "3E", "E15", "3.1.7E15", "3171E0145O", "Emma"] {
            assert!(!is_exponent(typed), "{typed}");
        }
    }
}
