//! Dates as people type them.

use alpukat::domain::typed_date::{DateError, parse_past};
use proptest::prelude::*;
use time::{Date, Duration, macros::date};

const TODAY: Date = date!(2026 - 11 - 22);

fn past() -> impl Strategy<Value = Date> {
    (date!(1900 - 01 - 01).to_julian_day()..=TODAY.to_julian_day()).prop_map(|day| Date::from_julian_day(day).unwrap())
}

proptest! {
    #[test]
    fn every_spelling_of_a_day_is_read(day in past(), blanks in " {0,2}") {
        let (year, month, number) = (day.year(), u8::from(day.month()), day.day());
        for typed in [
            format!("{number:02}-{month:02}-{year}"),
            format!("{number}/{month}/{year}"),
            format!("{number:02}.{month:02}.{year}"),
            format!("{number} {month} {year}"),
            format!("{number:02}–{month:02}–{year}"),
            format!("{number:02} - {month:02} - {year}"),
            format!("{year}-{month:02}-{number:02}"),
        ] {
            prop_assert_eq!(parse_past(&format!("{blanks}{typed}{blanks}"), TODAY), Ok(day), "{}", typed);
        }
    }

    #[test]
    fn days_after_today_are_refused(ahead in 1..40_000i64) {
        let day = TODAY + Duration::days(ahead);
        let typed = format!("{}-{}-{}", day.day(), u8::from(day.month()), day.year());
        prop_assert_eq!(parse_past(&typed, TODAY), Err(DateError::Future));
    }

    #[test]
    fn what_stands_in_no_calendar_is_refused(day in 0..100u8, month in 0..100u8, year in 1900..2026i32) {
        let exists = time::Month::try_from(month).is_ok_and(|month| Date::from_calendar_date(year, month, day).is_ok());
        let read = parse_past(&format!("{day:02}-{month:02}-{year}"), TODAY);
        if exists { prop_assert!(read.is_ok()) } else { prop_assert_eq!(read, Err(DateError::Impossible)) }
    }

    #[test]
    fn a_year_of_two_digits_is_not_guessed_at(day in 1..29u8, month in 1..13u8, year in 0..100u8) {
        prop_assert_eq!(parse_past(&format!("{day:02}-{month:02}-{year:02}"), TODAY), Err(DateError::Format));
    }

    #[test]
    fn nothing_typed_makes_it_stumble(typed in any::<String>(), signs in "[0-9./ –-]{0,12}") {
        for typed in [typed, signs] {
            if let Ok(day) = parse_past(&typed, TODAY) {
                prop_assert!((date!(1900 - 01 - 01)..=TODAY).contains(&day), "{}", typed);
            }
        }
    }
}

#[test]
fn the_spellings_of_the_examples() {
    for typed in ["05-08-1990", "5/8/1990", "1990-08-05"] {
        assert_eq!(parse_past(typed, TODAY), Ok(date!(1990 - 08 - 05)), "{typed}");
    }
}

#[test]
fn today_is_the_last_day_that_is_taken() {
    assert_eq!(parse_past("22-11-2026", TODAY), Ok(TODAY));
    assert_eq!(parse_past("23-11-2026", TODAY), Err(DateError::Future));
}

#[test]
fn the_29th_of_february_exists_every_fourth_year() {
    assert_eq!(parse_past("29-02-2004", TODAY), Ok(date!(2004 - 02 - 29)));
    assert_eq!(parse_past("29-02-2000", TODAY), Ok(date!(2000 - 02 - 29)));
    for typed in ["29-02-2005", "29-02-1900", "30-02-2004"] {
        assert_eq!(parse_past(typed, TODAY), Err(DateError::Impossible), "{typed}");
    }
}

#[test]
fn the_first_thing_that_is_wrong_is_named() {
    for (typed, error) in [
        ("", DateError::Empty),
        ("  ", DateError::Empty),
        ("05081990", DateError::Format),
        ("5 Agustus 1990", DateError::Format),
        ("05-08", DateError::Format),
        ("05-08-1990-1", DateError::Format),
        ("005-08-1990", DateError::Format),
        ("+5-08-1990", DateError::Format),
        ("1990-08-1990", DateError::Format),
        ("00-08-1990", DateError::Impossible),
        ("05-00-1990", DateError::Impossible),
        ("08-13-1990", DateError::Impossible),
        ("31-12-1899", DateError::Impossible),
    ] {
        assert_eq!(parse_past(typed, TODAY), Err(error), "{typed}");
    }
}
