//! NIK and KK number.

use alpukat::{
    domain::nik::{KkNumber, Nik, NumberError},
    render::words,
};
use proptest::prelude::*;
use serde::{Deserialize, de::IntoDeserializer, de::value::Error};

/// A NIK of possible shape, put together as the regulation says.
fn nik() -> impl Strategy<Value = String> {
    let day_and_month = (1..=12u8).prop_flat_map(|month| (1..=longest(month), Just(month)));
    ("[0-9]{6}", day_and_month, any::<bool>(), 0..100u8, 1..10_000u16).prop_map(|(region, (day, month), woman, year, serial)| {
        let day = if woman { day + 40 } else { day };
        format!("{region}{day:02}{month:02}{year:02}{serial:04}")
    })
}

fn longest(month: u8) -> u8 {
    [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][usize::from(month) - 1]
}

/// The same signs with blanks and other signs that people write or paste among them.
fn spaced(digits: impl Strategy<Value = String>) -> impl Strategy<Value = (String, String)> {
    let blanks = prop::collection::vec(
        prop::sample::select(vec!["", "", "", " ", "  ", "\t", "\u{a0}", ".", "-", "/", "–", "\u{200b}", "\u{202c}"]),
        17,
    );
    (digits, blanks).prop_map(|(digits, blanks)| {
        let typed =
            digits.chars().zip(&blanks).flat_map(|(digit, blank)| [(*blank).to_owned(), digit.to_string()]).collect::<String>()
                + blanks[16];
        (digits, typed)
    })
}

proptest! {
    #[test]
    fn a_nik_of_any_region_man_or_woman_is_read_with_or_without_blanks((digits, typed) in spaced(nik())) {
        prop_assert_eq!(Nik::parse(&typed).map(String::from), Ok(digits));
    }

    #[test]
    fn a_nik_whose_day_or_month_cannot_be_is_refused(digits in nik(), day in 0..100u8, month in 0..100u8) {
        let possible = (1..=12).contains(&month) && ((1..=longest(month)).contains(&day) || (41..=40 + longest(month)).contains(&day));
        let digits = format!("{}{day:02}{month:02}{}", &digits[..6], &digits[10..]);
        prop_assert_eq!(Nik::parse(&digits).is_ok(), possible, "{}", digits);
    }

    #[test]
    fn serial_0000_is_refused(digits in nik()) {
        prop_assert_eq!(Nik::parse(&format!("{}0000", &digits[..12])), Err(NumberError::Impossible));
    }

    #[test]
    fn a_masked_nik_shows_the_region_and_the_serial_alone(digits in nik()) {
        let masked = Nik::parse(&digits).unwrap().masked();
        prop_assert_eq!(masked, format!("{}******{}", &digits[..6], &digits[12..]));
    }

    #[test]
    fn a_kk_number_is_any_16_digits((digits, typed) in spaced("[0-9]{16}")) {
        prop_assert_eq!(KkNumber::parse(&typed).map(String::from), Ok(digits));
    }

    #[test]
    fn another_number_of_digits_is_named(digits in "[0-9]{1,15}|[0-9]{17,40}") {
        prop_assert_eq!(Nik::parse(&digits), Err(NumberError::Length(digits.len())));
        prop_assert_eq!(KkNumber::parse(&digits), Err(NumberError::Length(digits.len())));
    }

    #[test]
    fn one_sign_that_is_no_digit_is_noticed(digits in nik(), place in 1..16usize, sign in "[a-hj-km-np-zA-HJ-KM-NP-Zé*+!?@%|²½]") {
        let typed = format!("{}{sign}{}", &digits[..place], &digits[place + 1..]);
        prop_assert_eq!(Nik::parse(&typed), Err(NumberError::Characters));
        prop_assert_eq!(KkNumber::parse(&typed), Err(NumberError::Characters));
    }

    #[test]
    fn neither_number_prints_a_digit(digits in nik()) {
        let (nik, kk) = (Nik::parse(&digits).unwrap(), KkNumber::parse(&digits).unwrap());
        let printed = format!("{nik:?} {kk:?} {nik:#?} {kk:#?}");
        prop_assert!(!printed.chars().any(char::is_numeric), "{}", printed);
    }

    #[test]
    fn nothing_typed_makes_it_stumble(typed in any::<String>()) {
        let _ = (Nik::parse(&typed), KkNumber::parse(&typed));
    }

    #[test]
    fn what_is_stored_is_read_back_and_only_that(digits in nik()) {
        let nik = Nik::parse(&digits).unwrap();
        let stored: Result<Nik, Error> = Nik::deserialize(String::from(nik.clone()).into_deserializer());
        prop_assert_eq!(stored.unwrap(), nik);
        let broken: Result<Nik, Error> = Nik::deserialize(digits[1..].to_owned().into_deserializer());
        prop_assert!(broken.is_err());
    }
}

#[test]
fn an_empty_field_is_told_from_a_wrong_one() {
    for typed in ["", " ", "\t \u{a0}"] {
        assert_eq!(Nik::parse(typed), Err(NumberError::Empty));
        assert_eq!(KkNumber::parse(typed), Err(NumberError::Empty));
    }
}

#[test]
fn the_29th_of_february_is_a_birthday_and_the_30th_is_none() {
    for (typed, possible) in [
        ("3171012902040001", true),
        ("3171016902040001", true),
        ("3171013002040001", false),
        ("3171017002040001", false),
        ("3171013104900001", false),
        ("3171017104900001", false),
    ] {
        assert_eq!(Nik::parse(typed).is_ok(), possible, "{typed}");
    }
}

#[test]
fn regions_outside_jakarta_and_regions_that_are_no_more_are_welcome() {
    for typed in ["1101010101900001", "9999994101900001", "0000000101000001"] {
        assert!(Nik::parse(typed).is_ok(), "{typed}");
    }
}

#[test]
fn numbers_are_read_as_they_are_typed_pasted_and_labelled() {
    for typed in [
        "٣١٧١٠١٤٥٠٨٩٠٠٠٠١",
        "۳۱۷۱۰۱۴۵۰۸۹۰۰۰۰۱",
        "３１７１０１４５０８９００００１",
        "NIK: 3171014508900001",
        "nik 3171.0145.0890.0001",
        "NIK3171014508900001",
        "No. NIK : 317101/450890/0001",
        "No. KTP-el: 3171014508900001",
        "\u{feff}3171014508900001\u{200e}",
        "'3171014508900001",
        "=\"3171014508900001\"",
        "(3171014508900001)",
    ] {
        assert_eq!(Nik::parse(typed).as_ref().map(Nik::as_str), Ok("3171014508900001"), "{typed}");
    }
    for typed in
        ["No. KK: 3171010101010001", "KK 3171-0101-0101-0001", "Nomor Kartu Keluarga 3171010101010001", "NoKK:3171010101010001"]
    {
        assert_eq!(KkNumber::parse(typed).as_ref().map(KkNumber::as_str), Ok("3171010101010001"), "{typed}");
    }
    assert_eq!(Nik::parse("NIK:"), Err(NumberError::Empty));
    assert_eq!(Nik::parse("NIK ibu 3171014508900001"), Err(NumberError::Characters), "whose it is must be clear");
}

#[test]
fn a_letter_that_looks_like_a_digit_is_named_with_its_place() {
    for (typed, letter, place) in [
        ("3171O14508900001", 'O', 5),
        ("NIK: 3171-o145-0890-0001", 'o', 5),
        ("3I71014508900001", 'I', 2),
        ("317l0145089OOO01", 'l', 4),
        ("O171014508900001", 'O', 1),
        ("3171O145", 'O', 5),
    ] {
        let error = NumberError::Letter { letter, place };
        assert_eq!(Nik::parse(typed), Err(error), "{typed}");
        let digit = if letter.eq_ignore_ascii_case(&'o') { "nol" } else { "satu" };
        let sentence = format!("Ada huruf {letter} di angka ke-{place}. Tulis angka {digit}.");
        assert_eq!((words::nik(error), words::kk_number(error)), (sentence.clone(), sentence));
    }
    assert_eq!(Nik::parse("HALO"), Err(NumberError::Characters));
}
