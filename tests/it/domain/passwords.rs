//! Passwords that may be chosen.

use alpukat::domain::password::{NewPassword, PasswordError};
use proptest::prelude::*;

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
