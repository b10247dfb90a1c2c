//! What makes a password acceptable: its length, and not being one that everybody tries first.

use std::fmt;

/// Fewest and most characters of a citizen's password.
pub const LENGTH: std::ops::RangeInclusive<usize> = 8..=128;

/// Passwords that stand on top of every list of leaked ones, worldwide and in Indonesia, in lower
/// case, and only those of 8 characters or more; shorter ones are refused by length.
const COMMON: &str = include_str!("common_passwords.txt");

/// Why a password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// Nothing was typed.
    Empty,
    /// Fewer than 8 characters.
    Short,
    /// More than 128 characters.
    Long,
    /// One of the commonest.
    Common,
}

/// A password that may be chosen. It has no `Display`, and `Debug` hides it.
#[derive(Clone)]
pub struct NewPassword(String);

impl NewPassword {
    /// Takes a password as typed: nothing is trimmed or folded.
    ///
    /// # Errors
    /// [`PasswordError`] names what is wrong.
    pub fn parse(typed: &str) -> Result<Self, PasswordError> {
        let length = typed.chars().count();
        if length == 0 {
            Err(PasswordError::Empty)
        } else if length < *LENGTH.start() {
            Err(PasswordError::Short)
        } else if length > *LENGTH.end() {
            Err(PasswordError::Long)
        } else if is_common(typed) {
            Err(PasswordError::Common)
        } else {
            Ok(Self(typed.to_owned()))
        }
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
