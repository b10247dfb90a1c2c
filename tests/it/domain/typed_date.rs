//! Dates as people type them.

use alpukat::{
    domain::typed_date::{DateError, month_names, parse_past, parse_recent},
    render::words,
};
use proptest::prelude::*;
use time::{Date, Duration, Month, macros::date};

const TODAY: Date = date!(2026 - 11 - 22);

fn past() -> impl Strategy<Value = Date> {
    (date!(1900 - 01 - 01).to_julian_day()..=TODAY.to_julian_day()).prop_map(|day| Date::from_julian_day(day).unwrap())
}

fn names(day: Date) -> &'static [&'static str] {
    month_names(day.month())
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
            format!("{year}/{month}/{number}"),
            format!("{number:02}{month:02}{year}"),
            format!("{year}{month:02}{number:02}"),
            format!("{number} {} {year}", names(day)[0]),
            format!("{number}-{}-{year}", names(day)[0][..3].to_uppercase()),
            format!("{} {number}, {year}", names(day)[0]),
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
    fn a_year_of_two_digits_is_the_last_one_and_of_a_paper_one_of_this_century(day in 1..29u8, month in 1..13u8, year in 0..100i32) {
        let of = |century: i32| Date::from_calendar_date(century + year, Month::try_from(month).unwrap(), day).unwrap();
        let recent = of(2000);
        for typed in [format!("{day:02}-{month:02}-{year:02}"), format!("{day}.{month}.{year:02}"), format!("{day:02}{month:02}{year:02}")] {
            let past = if recent <= TODAY { recent } else { of(1900) };
            prop_assert_eq!(parse_past(&typed, TODAY), Ok(past), "{}", typed);
            prop_assert_eq!(parse_recent(&typed, TODAY), if recent <= TODAY { Ok(recent) } else { Err(DateError::Future) }, "{}", typed);
        }
    }

    #[test]
    fn a_year_long_ago_is_named(day in 1..29u8, month in 1..13u8, year in 0..1900i32) {
        prop_assert_eq!(parse_past(&format!("{day}-{month}-{year:04}"), TODAY), Err(DateError::Year(year)));
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
    for typed in [
        "18 Juni 1963",
        "18 JUNI 1963",
        "18 jun 1963",
        "18 Juni 63",
        "18061963",
        "180663",
        "18.6.63",
        "18-06-63",
        "18/6/1963",
        "1963-06-18",
        "19630618",
        "Selasa, 18 Juni 1963",
        "Jakarta Selatan, 18-06-1963",
        "18Juni1963",
        "Juni 18, 1963",
        "１８-０６-１９６３",
        "١٨/٦/١٩٦٣",
        "18\u{2011}06\u{2011}1963\u{200e}",
        "18_06_1963",
    ] {
        assert_eq!(parse_past(typed, TODAY), Ok(date!(1963 - 06 - 18)), "{typed}");
    }
    for (typed, month) in [
        ("Jan", 1),
        ("Januari", 1),
        ("Feb", 2),
        ("Pebruari", 2),
        ("Peb", 2),
        ("Mar", 3),
        ("mrt", 3),
        ("APRIL", 4),
        ("Mei", 5),
        ("May", 5),
        ("Juni", 6),
        ("Juli", 7),
        ("Agustus", 8),
        ("Agu", 8),
        ("Ags", 8),
        ("Agt", 8),
        ("Agust", 8),
        ("Sept", 9),
        ("Sep", 9),
        ("Okt", 10),
        ("Oct", 10),
        ("Nov", 11),
        ("Nop", 11),
        ("Nopember", 11),
        ("Des", 12),
        ("Dec", 12),
        ("Desember", 12),
    ] {
        let day = Date::from_calendar_date(2025, Month::try_from(month).unwrap(), 20).unwrap();
        for typed in [format!("20 {typed} 2025"), format!("20-{typed}-25"), format!("20 {typed}. 2025")] {
            assert_eq!((parse_past(&typed, TODAY), parse_recent(&typed, TODAY)), (Ok(day), Ok(day)), "{typed}");
        }
    }
    assert_eq!(parse_recent("20 November 2026", TODAY), Ok(date!(2026 - 11 - 20)));
    assert_eq!(
        words::date("tanggal lahir", "18-06-1863", DateError::Year(1863)),
        "Tahun 1863 tidak mungkin. Periksa lagi tahunnya."
    );
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
        ("0508199", DateError::Format),
        ("5 Agus tus 1990", DateError::Format),
        ("5 Ju 1990", DateError::Format),
        ("5 Julia 1990", DateError::Format),
        ("5-8-990", DateError::Format),
        ("Juni 1990", DateError::Format),
        ("32131990", DateError::Impossible),
        ("31-02-63", DateError::Impossible),
        ("18-06-1863", DateError::Year(1863)),
        ("18 Juni 1863", DateError::Year(1863)),
        ("31-02-1863", DateError::Impossible),
        ("05-08", DateError::Format),
        ("05-08-1990-1", DateError::Format),
        ("005-08-1990", DateError::Format),
        ("+5-08-1990", DateError::Format),
        ("1990-08-1990", DateError::Format),
        ("00-08-1990", DateError::Impossible),
        ("05-00-1990", DateError::Impossible),
        ("08-13-1990", DateError::Impossible),
        ("31-12-1899", DateError::Year(1899)),
    ] {
        assert_eq!(parse_past(typed, TODAY), Err(error), "{typed}");
    }
}
