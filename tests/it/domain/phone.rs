//! Mobile numbers.

use alpukat::{
    domain::phone::{Phone, PhoneError},
    render::words,
};
use proptest::prelude::*;
use serde::{Deserialize, de::IntoDeserializer, de::value::Error};

/// What follows the 0 or +62: an 8 and 8 to 11 digits more.
fn national() -> impl Strategy<Value = String> {
    "8[0-9]{8,11}"
}

/// Signs that people put between digits.
fn signs() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(vec!["", "", "", " ", ".", "-", "  ", " - ", "\u{a0}", "\u{2011}", "–"]), 15)
}

fn between(digits: &str, signs: &[&str]) -> String {
    digits.chars().zip(signs).flat_map(|(digit, sign)| [digit.to_string(), (*sign).to_owned()]).collect()
}

proptest! {
    #[test]
    fn every_spelling_gives_one_number(national in national(), prefix in prop::sample::select(vec!["0", "62", "+62"]), signs in signs()) {
        let typed = between(&format!("{prefix}{national}"), &signs);
        let phone = Phone::parse(&typed).unwrap();
        prop_assert_eq!(phone.as_str(), format!("+62{national}"), "{}", typed);
    }

    #[test]
    fn a_country_code_in_brackets_or_followed_by_a_0_is_understood(national in national(), plus in "\\+?") {
        for typed in [format!("({plus}62) {national}"), format!("{plus}62 (0){national}"), format!("{plus}620{national}")] {
            let phone = Phone::parse(&typed).unwrap();
            prop_assert_eq!(phone.as_str(), format!("+62{national}"), "{}", typed);
        }
    }

    #[test]
    fn a_number_has_10_to_13_digits_counted_from_the_0(rest in "[0-9]{0,20}", prefix in prop::sample::select(vec!["08", "628", "+628"])) {
        let length = rest.len() + 2;
        let read = Phone::parse(&format!("{prefix}{rest}"));
        if (10..=13).contains(&length) {
            prop_assert!(read.is_ok());
        } else {
            prop_assert_eq!(read, Err(PhoneError::Length(length)));
        }
    }

    #[test]
    fn other_prefixes_are_refused(prefix in "0[0-79]|62[1-579]|620[0-79]|[1-579]|6[013-9]|\\+[0-57-9]|\\+6[013-9]|0060|001", rest in "[0-9]{9}") {
        prop_assert_eq!(Phone::parse(&format!("{prefix}{rest}")), Err(PhoneError::Prefix), "{}", prefix);
    }

    #[test]
    fn a_sign_that_is_no_digit_is_refused(national in national(), place in 0..9usize, sign in "[a-zA-Zé*%@!?+]") {
        let typed = format!("0{}{sign}{}", &national[..place], &national[place..]);
        prop_assert_eq!(Phone::parse(&typed), Err(PhoneError::Characters), "{}", typed);
    }

    #[test]
    fn what_is_shown_is_the_number_as_people_write_it(national in national()) {
        let phone = Phone::parse(&format!("0{national}")).unwrap();
        prop_assert_eq!(Phone::parse(&phone.shown()).unwrap(), phone.clone());
        let parts: Vec<String> = phone.shown().split('-').map(str::to_owned).collect();
        prop_assert_eq!((parts.len(), parts[0].len(), parts[2].len()), (3, 4, 4));
    }

    #[test]
    fn a_masked_number_shows_its_beginning_and_its_end_alone(national in national()) {
        let masked = Phone::parse(&format!("0{national}")).unwrap().masked();
        prop_assert_eq!(masked, format!("0{}-****-{}", &national[..3], &national[national.len() - 4..]));
    }

    #[test]
    fn it_prints_no_digit(national in national()) {
        let printed = format!("{:?}", Phone::parse(&format!("0{national}")).unwrap());
        prop_assert!(!printed.chars().any(char::is_numeric), "{}", printed);
    }

    #[test]
    fn nothing_typed_makes_it_stumble_and_what_is_read_is_e164(typed in any::<String>()) {
        if let Ok(phone) = Phone::parse(&typed) {
            prop_assert!(phone.as_str().strip_prefix("+628").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())));
        }
    }

    #[test]
    fn what_is_stored_is_read_back(national in national()) {
        let phone = Phone::parse(&format!("0{national}")).unwrap();
        let stored: Result<Phone, Error> = Phone::deserialize(String::from(phone.clone()).into_deserializer());
        prop_assert_eq!(stored.unwrap(), phone);
    }
}

#[test]
fn an_empty_field_is_told_from_a_wrong_one() {
    for typed in ["", "  ", "-", "+", " ( ) "] {
        assert_eq!(Phone::parse(typed), Err(PhoneError::Empty), "{typed:?}");
    }
}

#[test]
fn numbers_are_read_as_they_are_typed_and_pasted() {
    for typed in [
        "81200001234",
        "006281200001234",
        "+62 +62 812 0000 1234",
        "+62 6281200001234",
        "+62 0812 0000 1234",
        "tel:+6281200001234",
        "tel:0812-0000-1234;ext=1",
        "wa.me/6281200001234",
        "https://wa.me/6281200001234?text=Halo%20Bu",
        "https://api.whatsapp.com/send?phone=6281200001234&text=Halo",
        "https://wa.me/+62812-0000-1234",
        "0812/0000/1234",
        "0812_0000_1234",
        "[0812] 0000 1234",
        "(0812)00001234",
        "0812-0000-1234 (WA)",
        "WA: 0812 0000 1234",
        "No. HP 081200001234",
        "\u{202a}+62\u{a0}812\u{2011}0000\u{2011}1234\u{202c}",
        "٠٨١٢٠٠٠٠١٢٣٤",
        "０８１２００００１２３４",
    ] {
        assert_eq!(Phone::parse(typed).as_ref().map(Phone::as_str), Ok("+6281200001234"), "{typed}");
    }
    for (typed, error) in [
        ("+81200001234", PhoneError::Prefix),
        ("+1 812 0000 1234", PhoneError::Prefix),
        ("021-0000-1234", PhoneError::Prefix),
        ("0812-0000-1234 Ibu", PhoneError::Characters),
        ("O812-0000-1234", PhoneError::Characters),
        ("https://wa.me/message/ABCDEF", PhoneError::Characters),
        ("0812-0000-1234 / 0813-0000-1234", PhoneError::Length(24)),
    ] {
        assert_eq!(Phone::parse(typed), Err(error), "{typed}");
        assert!(words::phone(error).contains("0812-0000-1234"), "the form wanted is shown");
    }
}

#[test]
fn the_number_of_the_examples() {
    for typed in ["0812-0000-1234", "0812 0000 1234", "0812.0000.1234", "6281200001234", "+62 812-0000-1234"] {
        let phone = Phone::parse(typed).unwrap();
        assert_eq!(
            (phone.as_str(), phone.shown().as_str(), phone.masked().as_str()),
            ("+6281200001234", "0812-0000-1234", "0812-****-1234")
        );
    }
}
