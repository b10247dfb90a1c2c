//! A date as people type it.

use time::{Date, Month};

use super::typed_text;

/// Why typed text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateError {
    /// Nothing was typed.
    Empty,
    /// It does not look like 05-08-1990.
    Format,
    /// It looks like a date but stands in no calendar.
    Impossible,
    /// Nobody living was born in this year, and no letter is so old.
    Year(i32),
    /// It lies after today.
    Future,
}

/// The first year that is taken.
const FIRST_YEAR: i32 = 1900;

/// What each month is called, in small letters; any beginning of three letters or more is understood.
const MONTHS: [&[&str]; 12] = [
    &["januari", "january"],
    &["februari", "pebruari", "february"],
    &["maret", "mrt", "march"],
    &["april"],
    &["mei", "may"],
    &["juni", "june"],
    &["juli", "july"],
    &["agustus", "agt", "ags", "agst", "august"],
    &["september"],
    &["oktober", "october"],
    &["november", "nopember"],
    &["desember", "december"],
];

/// Words around a date that say nothing more.
const WORDS: [&str; 12] = ["tanggal", "tgl", "senin", "selasa", "rabu", "kamis", "jumat", "jum", "at", "sabtu", "minggu", "ahad"];

/// Reads a date that is not in the future, day first or year first: 05-08-1990, 5/8/1990, 5.8.90, 05081990, 5 Agustus 1990,
/// 1990-08-05. A year of two digits is the last one that has been.
///
/// # Errors
/// [`DateError`] names the first thing that is wrong.
pub fn parse_past(typed: &str, today: Date) -> Result<Date, DateError> {
    let read = Read::parse(typed)?;
    if !read.is_short {
        return up_to(today, read.in_year(read.year)?);
    }
    let year = century(today) + read.year;
    read.in_year(year).and_then(|date| up_to(today, date)).or_else(|_| read.in_year(year - 100))
}

/// Reads the same for a paper, which is not that old: a year of two digits is one of this century.
///
/// # Errors
/// [`DateError`] names the first thing that is wrong.
pub fn parse_recent(typed: &str, today: Date) -> Result<Date, DateError> {
    let read = Read::parse(typed)?;
    let year = if read.is_short { century(today) + read.year } else { read.year };
    up_to(today, read.in_year(year)?)
}

/// The names of a month, as they are typed.
#[must_use]
pub fn month_names(month: Month) -> &'static [&'static str] {
    MONTHS.get(usize::from(u8::from(month)) - 1).copied().unwrap_or_default()
}

fn up_to(today: Date, date: Date) -> Result<Date, DateError> {
    if date > today { Err(DateError::Future) } else { Ok(date) }
}

fn century(today: Date) -> i32 {
    today.year() - today.year().rem_euclid(100)
}

/// What was typed, taken apart.
struct Read {
    day: u8,
    month: u8,
    year: i32,
    /// Whether the year has two digits alone.
    is_short: bool,
}

impl Read {
    fn parse(typed: &str) -> Result<Self, DateError> {
        let text = typed_text::plain(typed).to_lowercase();
        // The card itself says "Jakarta, 05-08-1990".
        let text = match text.rsplit_once(',') {
            Some((place, date)) if !place.contains(|sign: char| sign.is_ascii_digit()) => date,
            _ => &text,
        };
        let pieces: Vec<&str> = pieces(text).into_iter().filter(|piece| !WORDS.contains(piece)).collect();
        let read = match pieces.as_slice() {
            [] => return Err(DateError::Empty),
            [digits] => Self::of_digits(digits),
            // An American phone writes "Agu 5, 1990".
            [month, day, year] if month_named(month).is_some() => Self::of(day, month, year),
            [year, month, day] if year.len() == 4 => Self::of(day, month, year),
            [day, month, year] => Self::of(day, month, year),
            _ => None,
        };
        read.ok_or(DateError::Format)
    }

    /// Digits and nothing between them: 05081990 or 050890, and 19900805 where the first is no date.
    fn of_digits(digits: &str) -> Option<Self> {
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        if !matches!(digits.len(), 6 | 8) {
            return None;
        }
        let day_first = Self::of(part(0, 2), part(2, 4), part(4, digits.len()))?;
        if digits.len() == 8 && day_first.in_year(day_first.year).is_err() {
            let year_first = Self::of(part(6, 8), part(4, 6), part(0, 4))?;
            if year_first.in_year(year_first.year).is_ok() {
                return Some(year_first);
            }
        }
        Some(day_first)
    }

    fn of(day: &str, month: &str, year: &str) -> Option<Self> {
        if day.len() > 2 || !matches!(year.len(), 2 | 4) {
            return None;
        }
        let month = month_named(month).or_else(|| if month.len() <= 2 { digits(month) } else { None });
        let year_digits = digits::<i32>(year)?;
        Some(Self { day: digits(day)?, month: month?, year: year_digits, is_short: year.len() == 2 })
    }

    fn in_year(&self, year: i32) -> Result<Date, DateError> {
        let month = Month::try_from(self.month).map_err(|_| DateError::Impossible)?;
        let date = Date::from_calendar_date(year, month, self.day).map_err(|_| DateError::Impossible)?;
        if year < FIRST_YEAR { Err(DateError::Year(year)) } else { Ok(date) }
    }
}

/// Runs of digits, of letters and of signs that a date does not have; what stands between them is left out.
fn pieces(text: &str) -> Vec<&str> {
    let kind = |sign: char| (sign.is_ascii_digit(), sign.is_alphabetic());
    text.split(typed_text::is_between)
        .flat_map(|run| {
            let mut rest = run;
            std::iter::from_fn(move || {
                let first = rest.chars().next()?;
                let end = rest.find(|sign| kind(sign) != kind(first)).unwrap_or(rest.len());
                let (piece, after) = rest.split_at(end);
                rest = after;
                Some(piece)
            })
        })
        .collect()
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn month_named(word: &str) -> Option<u8> {
    let is_called = |names: &&[&str]| word.len() >= 3 && names.iter().any(|name| name.starts_with(word));
    (1..).zip(MONTHS).find(|(_, names)| is_called(names)).map(|(number, _)| number)
}
