//! A date as people type it.

use time::{Date, Month};

/// Why typed text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateError {
    /// Nothing was typed.
    Empty,
    /// It does not look like 05-08-1990.
    Format,
    /// It looks like a date but stands in no calendar.
    Impossible,
    /// It lies after today.
    Future,
}

/// Reads a date that is not in the future: 05-08-1990, 5/8/1990, 5.8.1990, 5 8 1990 or 1990-08-05.
///
/// # Errors
/// [`DateError`] names the first thing that is wrong.
pub fn parse_past(typed: &str, today: Date) -> Result<Date, DateError> {
    let date = parse(typed)?;
    if date > today { Err(DateError::Future) } else { Ok(date) }
}

fn parse(typed: &str) -> Result<Date, DateError> {
    let parts: Vec<&str> = typed.split(['-', '/', '.', ' ', '–']).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return Err(DateError::Empty);
    }
    let [first, month, last] = parts.as_slice() else { return Err(DateError::Format) };
    let (day, year) = if first.len() == 4 { (last, first) } else { (first, last) };
    if year.len() != 4 || day.len() > 2 || month.len() > 2 {
        return Err(DateError::Format);
    }
    let number = |text: &str| if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse::<u16>().ok() } else { None };
    let (Some(day), Some(month), Some(year)) = (number(day), number(month), number(year)) else {
        return Err(DateError::Format);
    };
    let impossible = DateError::Impossible;
    let month = u8::try_from(month).ok().and_then(|month| Month::try_from(month).ok()).ok_or(impossible)?;
    let day = u8::try_from(day).map_err(|_| impossible)?;
    // Nobody living was born before 1900, and no letter is older.
    if year < 1900 {
        return Err(impossible);
    }
    Date::from_calendar_date(i32::from(year), month, day).map_err(|_| impossible)
}
