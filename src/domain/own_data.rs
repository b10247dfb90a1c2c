//! What everybody who knows somebody knows of them: nothing of it makes a password.

use std::collections::BTreeSet;

use time::Date;

use super::{
    nik::{KkNumber, Nik},
    officer::Username,
    person::FullName,
    phone::Phone,
    typed_date, typed_text,
};

/// The data of whoever chooses a password, as far as they are known.
#[derive(Clone, Copy, Default)]
pub struct OwnData<'a> {
    /// Their number.
    pub nik: Option<&'a Nik>,
    /// Their family card's number.
    pub kk_number: Option<&'a KkNumber>,
    /// Their name.
    pub name: Option<&'a FullName>,
    /// Their birth date.
    pub birth_date: Option<Date>,
    /// Their phone.
    pub phone: Option<&'a Phone>,
    /// What an officer logs in with.
    pub username: Option<&'a Username>,
}

impl OwnData<'_> {
    /// Whether a text is put together from these data alone, in whatever order and with whatever between them: the name's words,
    /// a number, the birth date's day, month and year.
    #[must_use]
    pub fn make(&self, text: &str) -> bool {
        let text: String = typed_text::plain(text).to_lowercase().chars().filter(|sign| !typed_text::is_between(*sign)).collect();
        let pieces = self.pieces();
        // Where the text can be cut so that everything before is a row of pieces.
        let mut cuts = BTreeSet::from([0]);
        while let Some(cut) = cuts.pop_first() {
            let rest = text.get(cut..).unwrap_or_default();
            if rest.is_empty() {
                return cut > 0;
            }
            cuts.extend(pieces.iter().filter(|piece| rest.starts_with(piece.as_str())).map(|piece| cut + piece.len()));
        }
        false
    }

    fn pieces(&self) -> Vec<String> {
        let mut pieces = Vec::new();
        pieces.extend(self.nik.map(|nik| nik.as_str().to_owned()));
        pieces.extend(self.kk_number.map(|number| number.as_str().to_owned()));
        pieces.extend(self.name.map(FullName::words).unwrap_or_default());
        if let Some(national) = self.phone.and_then(|phone| phone.as_str().strip_prefix("+62")) {
            pieces.extend(["", "0", "62", "+62"].map(|code| format!("{code}{national}")));
        }
        if let Some(date) = self.birth_date {
            let (day, month, year) = (date.day(), u8::from(date.month()), date.year());
            pieces.extend([day.to_string(), format!("{day:02}"), month.to_string(), format!("{month:02}"), year.to_string()]);
            pieces.push(format!("{:02}", year.rem_euclid(100)));
            for name in typed_date::month_names(date.month()) {
                pieces.extend([(*name).to_owned(), name.chars().take(3).collect()]);
            }
        }
        if let Some(username) = self.username {
            pieces.extend(username.as_str().split(typed_text::is_between).map(ToOwned::to_owned));
        }
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }
}
