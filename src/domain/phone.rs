//! Indonesian mobile numbers, kept in E.164.

use serde::{Deserialize, Serialize};

use super::{guarded::guarded, typed_text};

/// Why a typed number cannot be an Indonesian mobile number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneError {
    /// Nothing was typed.
    Empty,
    /// It holds something other than digits, what stands between them, and words for a phone.
    Characters,
    /// It begins neither with 08 nor with the country's code and an 8.
    Prefix,
    /// This many digits (counted from the 0), not 10 to 13.
    Length(usize),
}

/// A mobile number as `+628…`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people type or paste it: 08…, 8…, 62…, 0062… or +62…, the code also twice or before a 0, with
    /// blanks, dots, dashes, slashes or brackets, words such as "WA" around it, or as a link that calls or chats.
    ///
    /// # Errors
    /// [`PhoneError`] names the first thing that is wrong.
    pub fn parse(typed: &str) -> Result<Self, PhoneError> {
        let bare = bare(typed)?;
        let national = national(&bare)?;
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

/// Links that are copied out of a chat or a page, without what stands before them; the number follows.
const LINKS: [&str; 4] = ["wa.me/", "phone=", "tel:", "sms:"];
/// Words that stand around a number and say nothing more.
const WORDS: [&str; 14] =
    ["wa", "whatsapp", "hp", "no", "nomor", "nomer", "telp", "tel", "tlp", "telepon", "telpon", "ponsel", "sms", "gsm"];

/// Digits and pluses alone.
fn bare(typed: &str) -> Result<String, PhoneError> {
    let text = typed_text::plain(typed).to_lowercase();
    let linked = LINKS.iter().find_map(|link| text.split_once(link));
    // What is said in the chat, or how the number is dialled, stands behind the number.
    let text = linked.map_or(text.as_str(), |(_, number)| number.split(['?', '&', ';', '#']).next().unwrap_or_default());
    let text = text.replace("%2b", "+");
    let words = text.split(|sign: char| !sign.is_alphabetic()).filter(|word| !word.is_empty());
    if words.into_iter().any(|word| !WORDS.contains(&word)) {
        return Err(PhoneError::Characters);
    }
    let bare: String = text.chars().filter(|sign| !typed_text::is_between(*sign) && !sign.is_alphabetic()).collect();
    if bare.trim_start_matches('+').is_empty() {
        Err(PhoneError::Empty)
    } else if bare.chars().all(|sign| sign.is_ascii_digit() || sign == '+') {
        Ok(bare)
    } else {
        Err(PhoneError::Characters)
    }
}

/// What follows the country's code, however it is written, or the 0.
fn national(bare: &str) -> Result<&str, PhoneError> {
    let mut rest = bare;
    loop {
        let code = rest.trim_start_matches('+');
        match code.strip_prefix("0062").or_else(|| code.strip_prefix("62")) {
            Some(after) => rest = after,
            None if code.len() < rest.len() => return Err(PhoneError::Prefix),
            None => break,
        }
    }
    let national = rest.strip_prefix('0').unwrap_or(rest);
    if national.contains('+') {
        Err(PhoneError::Characters)
    } else if national.starts_with('8') {
        Ok(national)
    } else {
        Err(PhoneError::Prefix)
    }
}
