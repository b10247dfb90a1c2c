//! What makes a password acceptable: its length, and not being one that everybody tries first.

use std::{fmt, ops::RangeInclusive};

use super::{own_data::OwnData, typed_text};

/// Fewest and most characters of a citizen's password.
pub const LENGTH: RangeInclusive<usize> = 8..=128;
/// The same of an officer's password.
pub const DESK_LENGTH: RangeInclusive<usize> = 12..=128;

/// Passwords that stand on top of every list of leaked ones, worldwide and in Indonesia, in lower
/// case, and only those of 8 characters or more; shorter ones are refused by length.
const COMMON: &str = include_str!("common_passwords.txt");

/// Why a password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// Nothing was typed.
    Empty,
    /// Fewer characters than allowed.
    Short,
    /// More characters than allowed.
    Long,
    /// One of the commonest.
    Common,
    /// Put together from one's own data.
    Own,
}

/// A password that may be chosen. It has no `Display`, and `Debug` hides it.
#[derive(Clone)]
pub struct NewPassword(String);

impl NewPassword {
    /// Takes a citizen's password as typed: nothing is trimmed or folded, but what cannot be seen drops out, and letters are
    /// compared after NFC, as in every other field ([`typed_text::clean`]).
    ///
    /// # Errors
    /// [`PasswordError`] names what is wrong.
    pub fn parse(typed: &str) -> Result<Self, PasswordError> {
        Self::within(&LENGTH, typed)
    }

    /// Takes an officer's password as typed.
    ///
    /// # Errors
    /// [`PasswordError`] names what is wrong.
    pub fn of_an_officer(typed: &str) -> Result<Self, PasswordError> {
        Self::within(&DESK_LENGTH, typed)
    }

    fn within(allowed: &RangeInclusive<usize>, typed: &str) -> Result<Self, PasswordError> {
        let typed = typed_text::clean(typed);
        let length = typed.chars().count();
        if length == 0 {
            Err(PasswordError::Empty)
        } else if length < *allowed.start() {
            Err(PasswordError::Short)
        } else if length > *allowed.end() {
            Err(PasswordError::Long)
        } else if is_common(&typed) {
            Err(PasswordError::Common)
        } else {
            Ok(Self(typed))
        }
    }

    /// The same password, unless it is put together from the data of whoever chooses it.
    ///
    /// # Errors
    /// [`PasswordError::Own`].
    pub fn foreign_to(self, own: &OwnData<'_>) -> Result<Self, PasswordError> {
        if own.make(&self.0) { Err(PasswordError::Own) } else { Ok(self) }
    }

    /// The password itself, for hashing.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("NewPassword(…)")
    }
}

/// Listed, one sign or pair repeated, or a run such as 12345678 and abcdefgh.
fn is_common(typed: &str) -> bool {
    let folded = typed.to_lowercase();
    let signs: Vec<char> = folded.chars().collect();
    let steps = || signs.iter().zip(signs.iter().skip(1)).map(|(a, b)| i64::from(u32::from(*b)) - i64::from(u32::from(*a)));
    let is_run = steps().all(|step| step == 1) || steps().all(|step| step == -1);
    let repeats = (1..=2).any(|period| signs.iter().zip(signs.iter().skip(period)).all(|(a, b)| a == b));
    is_run || repeats || COMMON.lines().any(|line| line == folded)
}
