//! Receipt number and check code.

use alpukat::{
    domain::{
        receipt::{CheckCode, ReceiptNumber, ReceiptNumberError},
        typed_text,
    },
    render::words,
};
use proptest::prelude::*;

const ALPHABET: &str = "23456789BCDFGHJKMNPQRSTVWXZ";

fn number() -> impl Strategy<Value = ReceiptNumber> {
    any::<[u8; 7]>().prop_map(ReceiptNumber::from_values)
}

/// The eight signs without the dash.
fn signs(number: ReceiptNumber) -> Vec<char> {
    number.to_string().chars().filter(|sign| *sign != '-').collect()
}

fn is_mistyped(signs: &[char]) -> bool {
    ReceiptNumber::parse(&signs.iter().collect::<String>()) == Err(ReceiptNumberError::Mistyped)
}

/// A sign that is no letter, digit or mark of another width, and that is not left out.
fn stranger() -> impl Strategy<Value = char> {
    any::<char>().prop_filter("a sign of its own", |sign| typed_text::number(&sign.to_string(), &[]) == sign.to_string())
}

proptest! {
    #[test]
    fn a_number_is_four_signs_a_dash_and_four_signs(number in number()) {
        let written = number.to_string();
        prop_assert!(written.len() == 9 && written.as_bytes()[4] == b'-', "{}", written);
        prop_assert!(signs(number).iter().all(|sign| ALPHABET.contains(*sign)), "{}", written);
    }

    #[test]
    fn the_weighted_sum_is_0_modulo_27(number in number()) {
        let values = signs(number).into_iter().map(|sign| ALPHABET.find(sign).unwrap());
        let sum: usize = values.zip([1, 2, 1, 2, 1, 2, 1, 2]).map(|(value, weight)| value * weight).sum();
        prop_assert_eq!(sum % 27, 0);
    }

    #[test]
    fn it_is_read_in_any_case_with_and_without_dash_and_blanks(number in number(), cases in any::<u16>(), dash in "-?| | - ", ends in " ?") {
        let mut typed = String::new();
        for (place, sign) in signs(number).into_iter().enumerate() {
            typed += if place == 4 { &dash } else { "" };
            typed.push(if cases >> place & 1 == 1 { sign.to_ascii_lowercase() } else { sign });
        }
        prop_assert_eq!(ReceiptNumber::parse(&format!("{ends}{typed}{ends}")), Ok(number));
    }

    #[test]
    fn seven_values_make_one_number_and_other_values_another(values in prop::array::uniform7(0..27u8), place in 0..7usize, other in 0..27u8) {
        let mut changed = values;
        changed[place] = other;
        let same = ReceiptNumber::from_values(values) == ReceiptNumber::from_values(changed);
        prop_assert_eq!(same, values == changed);
    }

    #[test]
    fn every_single_wrong_character_is_noticed(number in number(), stranger in stranger()) {
        for (place, right) in signs(number).into_iter().enumerate() {
            let others = ALPHABET.chars().chain("01AEIOULY".chars()).chain([stranger]);
            for wrong in others.filter(|wrong| !wrong.eq_ignore_ascii_case(&right)) {
                let mut typed = signs(number);
                typed[place] = wrong;
                prop_assert!(is_mistyped(&typed), "{} with {} at {}", number, wrong, place);
            }
        }
    }

    #[test]
    fn every_swap_of_unequal_neighbours_is_noticed(number in number()) {
        for place in 0..7 {
            let mut typed = signs(number);
            typed.swap(place, place + 1);
            prop_assert_eq!(is_mistyped(&typed), typed[place] != typed[place + 1], "{} swapped at {}", number, place);
        }
    }

    #[test]
    fn a_missing_and_an_additional_character_are_noticed(number in number(), place in 0..8usize, more in "[23456789BCDFGHJKMNPQRSTVWXZ]") {
        let mut short = signs(number);
        short.remove(place);
        let mut long = signs(number);
        long.insert(place, more.chars().next().unwrap());
        for (typed, length) in [(short, 7), (long, 9)] {
            prop_assert_eq!(ReceiptNumber::parse(&typed.iter().collect::<String>()), Err(ReceiptNumberError::Length(length)));
        }
    }

    #[test]
    fn nothing_typed_makes_it_stumble(typed in any::<String>()) {
        let _ = (ReceiptNumber::parse(&typed), CheckCode::parse(&typed));
    }

    #[test]
    fn a_check_code_is_32_hexadecimal_digits_and_reads_back(bits in any::<u128>(), cut in 0..32usize) {
        let written = CheckCode::from_bits(bits).to_string();
        prop_assert_eq!(written.len(), 32);
        prop_assert_eq!(CheckCode::parse(&written).map(CheckCode::bits), Some(bits));
        prop_assert_eq!(CheckCode::parse(&written[..cut]), None);
        prop_assert_eq!(CheckCode::parse(&format!("{written}0")), None);
        prop_assert_eq!(CheckCode::parse(&format!("+{}", &written[1..])), None);
    }
}

#[test]
fn every_pair_of_neighbours_is_told_from_its_swap() {
    // Seven random values reach the first seven signs; here every pair stands at every place, the check sign's too.
    for (first, second) in (0..27u8).flat_map(|first| (0..27u8).map(move |second| (first, second))) {
        for place in 0..7 {
            let mut values = [0; 7];
            values[place] = first;
            if let Some(next) = values.get_mut(place + 1) {
                *next = second;
            }
            let mut typed = signs(ReceiptNumber::from_values(values));
            typed.swap(place, place + 1);
            assert_eq!(is_mistyped(&typed), typed[place] != typed[place + 1], "{typed:?}");
        }
    }
}

#[test]
fn the_number_of_the_examples_is_valid() {
    let number = ReceiptNumber::parse("K7M3-9QXF").unwrap();
    assert_eq!(number.to_string(), "K7M3-9QXF");
    assert_eq!(ReceiptNumber::parse("k7m39qxf"), Ok(number));
}

#[test]
fn a_number_is_read_as_it_is_typed_and_pasted() {
    let number = ReceiptNumber::parse("K7M3-9QXF");
    for typed in [
        "Nomor: K7M3-9QXF",
        "No. permohonan k7m3 9qxf",
        "K7M3.9QXF",
        "K7M3/9QXF",
        "Ｋ７Ｍ３－９ＱＸＦ",
        "K7M3\u{2011}9QXF\u{200b}",
        "#K7M39QXF",
    ] {
        assert_eq!(ReceiptNumber::parse(typed), number, "{typed}");
    }
    for (typed, length) in [("K7M3", 4), ("K7M3-9QX", 7), ("K7M3-9QXFF", 9), ("3171014508900001", 16)] {
        let error = ReceiptNumberError::Length(length);
        assert_eq!(ReceiptNumber::parse(typed), Err(error), "{typed}");
        let sentence = words::receipt_number(error);
        assert!(sentence.contains("8 huruf dan angka") && sentence.contains(&format!("Anda mengisi {length}.")), "{sentence}");
    }
}

#[test]
fn a_code_is_read_however_a_scanner_types_it() {
    let code = CheckCode::from_bits(0x0123_4567_89ab_cdef_fedc_ba98_7654_3210);
    let address = format!("https://alpukat.example/periksa/{code}");
    let french: String = address
        .chars()
        .map(|sign| match sign {
            '0' => 'à',
            '1' => '&',
            '2' => 'é',
            '3' => '"',
            '4' => '\'',
            '5' => '(',
            '6' => '-',
            '7' => 'è',
            '8' => '_',
            '9' => 'ç',
            'a' => 'q',
            ':' => 'M',
            '/' => '!',
            '.' => ':',
            'm' => ',',
            'z' => 'w',
            'w' => 'z',
            other => other,
        })
        .collect();
    let swapped =
        |pairs: &[(&str, &str)], text: &str| pairs.iter().fold(text.to_owned(), |text, (here, there)| text.replace(here, there));
    let german = [(":", "Ö"), ("/", "-"), ("?", "_"), ("=", "´")];
    for typed in [
        address.clone(),
        address.to_uppercase(),
        format!("{address}/"),
        format!("{address}?x=1"),
        format!("{address}/?x=1#atas"),
        code.to_string(),
        format!(" {} ", code.to_string().to_uppercase()),
        swapped(&german, &address),
        swapped(&german, &format!("{address}?x=1")),
        swapped(&german, &address.to_uppercase()),
        swapped(&[(":", "Ñ"), ("/", "-")], &address),
        french.clone(),
        french.to_uppercase(),
        format!("{french}!"),
    ] {
        assert_eq!(CheckCode::scanned(&typed), Some(code), "{typed}");
    }
    for typed in [
        "",
        "K7M3-9QXF",
        "3171014508900001",
        "https://alpukat.example/periksa/0123",
        &format!("{code}0"),
        "https://wa.me/6281200001234",
    ] {
        assert_eq!(CheckCode::scanned(typed), None, "{typed}");
    }
}

#[test]
fn an_empty_field_is_told_from_a_wrong_one() {
    for typed in ["", " ", "-", " - "] {
        assert_eq!(ReceiptNumber::parse(typed), Err(ReceiptNumberError::Empty));
    }
}
