//! Indonesian mobile numbers, kept in E.164.

use serde::{Deserialize, Serialize};

use super::guarded::guarded;

/// Why a typed number cannot be an Indonesian mobile number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneError {
    /// Nothing was typed.
    Empty,
    /// It holds something other than digits, blanks, dots, dashes and a leading plus.
    Characters,
    /// It does not begin with 08, 628 or +628.
    Prefix,
    /// This many digits (counted from the 0), not 10 to 13.
    Length(usize),
}

/// A mobile number as `+628…`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people type it: 08…, 62… or +62…, with blanks, dots, dashes or brackets.
    ///
    /// # Errors
    /// [`PhoneError`] names the first thing that is wrong.
    pub fn parse(typed: &str) -> Result<Self, PhoneError> {
        let bare: String = typed.chars().filter(|sign| !sign.is_whitespace() && !"-.()‑–".contains(*sign)).collect();
        let digits = bare.strip_prefix('+').unwrap_or(&bare);
        if digits.is_empty() {
            return Err(PhoneError::Empty);
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError::Characters);
        }
        let national = match digits.strip_prefix("62") {
            Some(rest) => rest.strip_prefix('0').unwrap_or(rest),
            None if bare.starts_with('+') => return Err(PhoneError::Prefix),
            None => digits.strip_prefix('0').ok_or(PhoneError::Prefix)?,
        };
        if !national.starts_with('8') {
            return Err(PhoneError::Prefix);
        }
        let length = national.len() + 1;
        if !(10..=13).contains(&length) {
            return Err(PhoneError::Length(length));
        }
        Ok(Self(format!("+62{national}")))
    }

    /// The number in E.164: `+6281200001234`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people write it: `0812-0000-1234`.
    #[must_use]
    pub fn shown(&self) -> String {
        let (head, middle, tail) = self.parts();
        format!("{head}-{middle}-{tail}")
    }

    /// As it may stand on paper: `0812-****-1234`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (head, _, tail) = self.parts();
        format!("{head}-****-{tail}")
    }

    /// As it may stand in the log: `0812****234`.
    #[must_use]
    pub fn logged(&self) -> String {
        let (head, _, tail) = self.parts();
        format!("{head}****{}", tail.get(1..).unwrap_or_default())
    }

    fn parts(&self) -> (String, &str, &str) {
        let national = self.0.get(3..).unwrap_or_default();
        let (head, rest) = national.split_at_checked(3).unwrap_or((national, ""));
        let (middle, tail) = rest.split_at_checked(rest.len().saturating_sub(4)).unwrap_or((rest, ""));
        (format!("0{head}"), middle, tail)
    }
}

guarded!(Phone);
