//! Passwords that may be chosen.

use alpukat::domain::{
    nik::{KkNumber, Nik},
    officer::Username,
    own_data::OwnData,
    password::{NewPassword, PasswordError},
    person::FullName,
    phone::Phone,
};
use proptest::prelude::*;
use time::macros::date;

const COMMON: &str = include_str!("../../../src/domain/common_passwords.txt");

fn refusal(typed: &str) -> Option<PasswordError> {
    NewPassword::parse(typed).err()
}

proptest! {
    #[test]
    fn length_is_counted_in_characters(length in 1..200usize, signs in prop::sample::select(vec!["kopi", "çéñü", "🥑x李a"])) {
        let typed: String = signs.chars().cycle().take(length).collect();
        let expected = match length {
            1..8 => Some(PasswordError::Short),
            8..=128 => None,
            _ => Some(PasswordError::Long),
        };
        prop_assert_eq!(refusal(&typed), expected);
    }

    #[test]
    fn nothing_is_trimmed_or_folded(typed in "[ ]{0,2}[A-Z][ a-z0-9]{6,20}Q[ ]{0,2}") {
        if let Ok(password) = NewPassword::parse(&typed) {
            prop_assert_eq!(password.expose(), typed);
        }
    }

    #[test]
    fn one_sign_or_pair_over_and_over_is_refused(pair in "[a-zA-Z0-9]{1,2}", length in 8..=128usize) {
        let typed: String = pair.chars().cycle().take(length).collect();
        prop_assert_eq!(refusal(&typed), Some(PasswordError::Common));
    }

    #[test]
    fn a_run_up_or_down_is_refused_in_any_case(start in 0..19usize, length in 8..=26usize) {
        let run: String = ('a'..='z').skip(start).take(length).collect();
        let down: String = run.chars().rev().collect();
        if run.len() >= 8 {
            for typed in [run.to_uppercase(), run, down.to_uppercase(), down] {
                prop_assert_eq!(refusal(&typed), Some(PasswordError::Common), "{}", typed);
            }
        }
    }

    #[test]
    fn it_does_not_print_itself(typed in "[A-Z]{3}[a-z]{3}[0-9]{5}") {
        prop_assert_eq!(format!("{:?}", NewPassword::parse(&typed).unwrap()), "NewPassword(…)");
    }
}

#[test]
fn every_common_one_is_refused_in_any_case() {
    assert!(COMMON.lines().count() > 200);
    for line in COMMON.lines() {
        for typed in [line.to_owned(), line.to_uppercase()] {
            assert_eq!(refusal(&typed), Some(PasswordError::Common), "{typed}");
        }
    }
    for typed in ["password", "12345678", "87654321", "Indonesia123", "qwertyuiop", "bismillah", "sayangku"] {
        assert_eq!(refusal(typed), Some(PasswordError::Common), "{typed}");
    }
}

#[test]
fn the_list_of_common_ones_is_in_order() {
    let lines: Vec<&str> = COMMON.lines().collect();
    assert!(lines.is_sorted_by(|line, next| line < next), "each once and in order");
    assert!(lines.iter().all(|line| *line == line.to_lowercase().trim() && line.chars().count() >= 8));
}

#[test]
fn length_begins_at_8_and_ends_at_128() {
    assert_eq!(refusal(""), Some(PasswordError::Empty));
    assert_eq!(refusal("kopi-su"), Some(PasswordError::Short));
    assert_eq!(refusal("kopi-sus"), None);
    assert_eq!(refusal(&"kopi-sus".repeat(16)), None);
    assert_eq!(refusal(&("kopi-sus".repeat(16) + "u")), Some(PasswordError::Long));
}

#[test]
fn ones_own_data_in_any_order_make_no_password() {
    let (nik, kk_number) = (Nik::parse("3171014508900001").unwrap(), KkNumber::parse("3171010101010002").unwrap());
    let (name, phone) = (FullName::parse("Nur'aini Contoh").unwrap(), Phone::parse("0812-0000-1234").unwrap());
    let username = Username::parse("nur.contoh2").unwrap();
    let (nik, kk_number, name, phone) = (Some(&nik), Some(&kk_number), Some(&name), Some(&phone));
    let own = OwnData { nik, kk_number, name, phone, birth_date: Some(date!(1990 - 08 - 05)), username: Some(&username) };
    let refusal = |typed: &str| NewPassword::parse(typed).and_then(|password| password.foreign_to(&own)).err();
    for typed in [
        "3171014508900001",
        "3171 0145 0890 0001",
        "3171010101010002",
        "Nuraini Contoh",
        "contoh-nur'aini",
        "NURAINICONTOH",
        "nuraini1990",
        "081200001234",
        "+62 812 0000 1234",
        "81200001234",
        "6281200001234",
        "0062 81200001234".trim_start_matches("00"),
        "05081990",
        "19900805",
        "08051990",
        "05-08-1990",
        "5/8/1990 ",
        "05 08 90 90",
        "5 Agustus 1990",
        "5agu1990",
        "1990contoh",
        "nur.contoh2",
        "contoh2nur",
        "contoh05081990",
        "０５０８１９９０",
    ] {
        assert_eq!(refusal(typed), Some(PasswordError::Own), "{typed}");
    }
    for typed in [
        "kopi-susu-pagi",
        "nuraini suka kopi",
        "contoh!kopi",
        "05081991",
        "06081990",
        "3171014508900002",
        "!!!!!!5!!",
        "nurainix",
    ] {
        assert_eq!(refusal(typed), None, "{typed}");
    }
    assert!(NewPassword::parse("05081990").unwrap().foreign_to(&OwnData::default()).is_ok(), "of somebody else it may be");
}

#[test]
fn a_password_is_taken_after_nfc_and_without_what_cannot_be_seen() {
    for typed in ["caf\u{e9} susu", "cafe\u{301} susu", "caf\u{e9}\u{a0}susu\u{200b}"] {
        assert_eq!(NewPassword::parse(typed).unwrap().expose(), "caf\u{e9} susu", "{typed:?}");
    }
    assert_eq!(
        refusal("kopi\u{200b}\u{200b}\u{200b}\u{200b}"),
        Some(PasswordError::Short),
        "what cannot be seen makes no length"
    );
}
