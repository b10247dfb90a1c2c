//! How a person is written down: full name and e-mail address.

use serde::{Deserialize, Serialize};

use super::{guarded::guarded, titles, typed_text};
use unicode_normalization::char::is_combining_mark;

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
        let name = typed_text::line(typed);
        if name.is_empty() {
            Err(NameError::Empty)
        } else if name.chars().count() > NAME_LENGTH {
            Err(NameError::Length)
        } else if !name.chars().all(may_stand_in_a_name) || !name.contains(char::is_alphabetic) {
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

    /// Whether two spellings name the same person: case, blanks, apostrophes, dots and dashes do not count, and neither do
    /// titles before and behind. For somebody of whom also NIK, KK number and birth date match.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let bare = |name: &Self| titles::without(&words(&name.0)).concat();
        self.letters() == other.letters() || bare(self) == bare(other)
    }

    /// Whether every word that somebody searches for stands in the name; what does not count in comparing does not count here.
    #[must_use]
    pub fn has_words(&self, sought: &str) -> bool {
        let (letters, sought) = (self.letters(), words(&typed_text::clean(sought)));
        !sought.is_empty() && titles::without(&sought).iter().all(|word| letters.contains(word.as_str()))
    }

    /// The words of the name in small letters, without what stands between them.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        words(&self.0)
    }

    fn letters(&self) -> String {
        words(&self.0).concat()
    }
}

/// Letters with their accents, blanks, and the signs of names, titles and abbreviations.
fn may_stand_in_a_name(sign: char) -> bool {
    let is_mark = typed_text::is_apostrophe(sign) || typed_text::is_dash(sign) || " .,/()".contains(sign);
    sign.is_alphabetic() || is_combining_mark(sign) || is_mark
}

/// Words in small letters. An apostrophe or dash within a word does not divide it.
fn words(text: &str) -> Vec<String> {
    let joins = |sign: char| typed_text::is_apostrophe(sign) || typed_text::is_dash(sign);
    let text = text.to_lowercase();
    let words = text.split(|sign: char| typed_text::is_between(sign) && !joins(sign));
    words.map(|word| word.chars().filter(|sign| !joins(*sign)).collect()).filter(|word: &String| !word.is_empty()).collect()
}

/// Longest part of an e-mail address before the `@` (RFC 5321, 4.5.3.1.1).
const LOCAL_PART: usize = 64;

/// Longest name between two dots of a host (RFC 1035, 2.3.4).
const HOST_LABEL: usize = 63;

/// An e-mail address: a plain local part, one `@`, a dotted host name, in ASCII and without quotes or comments, as
/// every mail server takes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    /// `()` when it cannot be one; whether it exists only a message can tell.
    #[expect(clippy::result_unit_err, reason = "there is one sentence for every mistake in an address")]
    pub fn parse(typed: &str) -> Result<Self, ()> {
        let typed = typed_text::clean(typed);
        let typed = typed.trim();
        let (user, host) = typed.split_once('@').ok_or(())?;
        let fits = typed.len() <= NAME_LENGTH && is_local_part(user) && is_host(host);
        if fits { Ok(Self(typed.to_owned())) } else { Err(()) }
    }

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As officers may see it: `s****@contoh.id`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (user, host) = self.0.split_once('@').unwrap_or_default();
        format!("{}****@{host}", user.chars().take(1).collect::<String>())
    }
}

/// Letters, digits and the signs of RFC 5322's `atext`, in parts between dots.
fn is_local_part(user: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    user.len() <= LOCAL_PART && user.split('.').all(|part| !part.is_empty() && part.bytes().all(is_plain))
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=HOST_LABEL).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(is_label) && !top.bytes().all(|byte| byte.is_ascii_digit())
}

/// For what was sealed: it was an address by the rules of its day, and no later rule shuts its account.
impl From<String> for Email {
    fn from(sealed: String) -> Self {
        Self(sealed)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Email(…)")
    }
}

guarded!(FullName);
