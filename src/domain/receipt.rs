//! The number on the receipt and the code behind its QR.

use std::fmt;

use super::typed_text;

/// Digits and letters without vowels and look-alikes; a sign's value is its position here.
const ALPHABET: &[u8; 27] = b"23456789BCDFGHJKMNPQRSTVWXZ";

/// A receipt number, `XXXX-XXXX`: 7 random signs and a check sign.
///
/// With weights 1, 2, 1, 2, … over all 8 signs the sum of values is 0 modulo 27. Both weights and
/// their difference are invertible modulo 27, so every wrong sign and every swap of unequal
/// neighbours is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReceiptNumber([u8; 8]);

/// Why typed text cannot be a receipt number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptNumberError {
    /// Nothing was typed.
    Empty,
    /// This many signs were typed, not 8.
    Length(usize),
    /// A sign or the check is wrong.
    Mistyped,
}

impl ReceiptNumber {
    /// The number that seven random values stand for; each is taken modulo 27.
    #[must_use]
    pub fn from_values(values: [u8; 7]) -> Self {
        let mut number = [0; 8];
        for (place, value) in number.iter_mut().zip(values) {
            *place = value % 27;
        }
        // The check sign has weight 2, whose inverse modulo 27 is 14.
        let check = (27 - weighted_sum(number) % 27) * 14 % 27;
        if let (Some(last), Ok(check)) = (number.last_mut(), u8::try_from(check)) {
            *last = check;
        }
        Self(number)
    }

    /// Reads a number in any case; "Nomor" in front and dashes and blanks between the signs do not count.
    ///
    /// # Errors
    /// [`ReceiptNumberError`] tells an empty field from a number of another length and from a mistyped one.
    pub fn parse(typed: &str) -> Result<Self, ReceiptNumberError> {
        let bare = typed_text::number(typed, &[]);
        // Eight signs are the number, even if it begins like a word.
        let typed = if bare.chars().count() == 8 {
            bare
        } else {
            typed_text::number(typed, &["no", "nomor", "nomer", "permohonan", "kode"])
        };
        // A sign beyond ASCII stands for none of the alphabet.
        let signs: Vec<u8> = typed.chars().map(|sign| u8::try_from(sign.to_ascii_uppercase()).unwrap_or_default()).collect();
        match signs.len() {
            0 => return Err(ReceiptNumberError::Empty),
            8 => {}
            other => return Err(ReceiptNumberError::Length(other)),
        }
        let values: Option<Vec<u8>> =
            signs.iter().map(|sign| ALPHABET.iter().position(|known| known == sign)?.try_into().ok()).collect();
        let number: [u8; 8] = values.and_then(|values| values.try_into().ok()).ok_or(ReceiptNumberError::Mistyped)?;
        if weighted_sum(number).is_multiple_of(27) { Ok(Self(number)) } else { Err(ReceiptNumberError::Mistyped) }
    }
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, value) in self.0.iter().enumerate() {
            let sign = ALPHABET.get(usize::from(*value)).copied().unwrap_or(b'?');
            write!(out, "{}{}", if place == 4 { "-" } else { "" }, char::from(sign))?;
        }
        Ok(())
    }
}

fn weighted_sum(values: [u8; 8]) -> u32 {
    values.iter().zip([1, 2].into_iter().cycle()).map(|(value, weight)| u32::from(*value) * weight).sum()
}

/// The 128 random bits that the QR of a receipt leads to; not the receipt number, which people say aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CheckCode(u128);

impl CheckCode {
    /// The code of these bits.
    #[must_use]
    pub fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub fn bits(self) -> u128 {
        self.0
    }

    /// Reads a code from an address: exactly 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        plain.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }

    /// Reads a code alone or in its address, as a scanner types it: in capitals, with something behind it, or on a computer
    /// that is set to the keyboard of another country. There other signs stand for `:/-?`, and on a French one also for the
    /// digits and the a.
    #[must_use]
    pub fn scanned(typed: &str) -> Option<Self> {
        let typed = typed_text::plain(typed).to_lowercase();
        let from_french = |sign| match "à&é\"'(-è_çq".chars().zip("0123456789a".chars()).find(|(there, _)| *there == sign) {
            Some((_, here)) => here,
            None => sign,
        };
        let french: String = typed.chars().map(from_french).collect();
        [typed, french].iter().find_map(|text| text.split(|sign: char| !sign.is_ascii_hexdigit()).find_map(Self::parse))
    }
}

impl fmt::Display for CheckCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", self.0)
    }
}
