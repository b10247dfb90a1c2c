//! How a person is written down: full name and e-mail address.

use serde::{Deserialize, Serialize};

use super::guarded::guarded;

/// Longest name and e-mail address that are kept, in characters.
pub const NAME_LENGTH: usize = 100;

/// Why a typed name cannot be a person's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Nothing was typed.
    Empty,
    /// It holds digits or signs that no name has.
    Characters,
    /// It is longer than [`NAME_LENGTH`].
    Length,
}

/// A full name as the family card has it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FullName(String);

impl FullName {
    /// Reads a name; blanks at the ends go, blanks inside become one.
    ///
    /// # Errors
    /// [`NameError`] names what is wrong.
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            Err(NameError::Empty)
        } else if name.chars().count() > NAME_LENGTH {
            Err(NameError::Length)
        } else if !name.chars().all(|sign| sign.is_alphabetic() || " .,'‘’`-/()".contains(sign))
            || !name.contains(char::is_alphabetic)
        {
            Err(NameError::Characters)
        } else {
            Ok(Self(name))
        }
    }

    /// The name as it is shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether two spellings name the same person: case, blanks and the kind of apostrophe do not count.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }

    fn folded(&self) -> String {
        self.0.to_lowercase().replace(['‘', '’', '`', 'ʼ'], "'")
    }
}

/// An e-mail address: one `@`, something before it, a dotted name behind it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    /// `()` when it cannot be one; whether it exists only a message can tell.
    #[expect(clippy::result_unit_err, reason = "there is one sentence for every mistake in an address")]
    pub fn parse(typed: &str) -> Result<Self, ()> {
        let typed = typed.trim();
        let plain = typed.chars().count() <= NAME_LENGTH && typed.chars().all(|sign| !sign.is_whitespace() && !sign.is_control());
        let shaped = typed.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.contains('@') && host.split('.').count() > 1 && host.split('.').all(|part| !part.is_empty())
        });
        if plain && shaped { Ok(Self(typed.to_owned())) } else { Err(()) }
    }

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

guarded!(FullName);
guarded!(Email);
