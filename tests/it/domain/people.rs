//! Names and e-mail addresses.

use alpukat::domain::person::{Email, FullName, NAME_LENGTH, NameError};
use proptest::prelude::*;

fn name() -> impl Strategy<Value = String> {
    prop::collection::vec("[A-Za-zÀ-ÖØ-Þà-öø-ÿ][a-z.,'’`/-]{0,8}", 1..6).prop_map(|words| words.join(" "))
}

fn read(typed: &str) -> FullName {
    FullName::parse(typed).unwrap()
}

proptest! {
    #[test]
    fn blanks_at_the_ends_go_and_blanks_inside_become_one(name in name(), blank in "[ \t\u{a0}]{1,3}") {
        let typed = format!("{blank}{}{blank}", name.replace(' ', &blank));
        let read = read(&typed);
        prop_assert_eq!(read.as_str(), name);
    }

    #[test]
    fn case_blanks_and_the_kind_of_apostrophe_do_not_count(name in name()) {
        for other in [name.to_uppercase(), name.to_lowercase(), name.replace(' ', "   "), name.replace('\'', "’"), name.replace(['’', '`'], "'")] {
            prop_assert!(read(&name).matches(&read(&other)), "{} and {}", name, other);
            prop_assert!(read(&other).matches(&read(&name)), "{} and {}", other, name);
        }
    }

    #[test]
    fn one_letter_more_or_another_is_another_name(name in name(), place in any::<prop::sample::Index>()) {
        let letters: Vec<char> = name.chars().collect();
        let place = place.index(letters.len());
        let (head, tail): (String, String) = (letters[..place].iter().collect(), letters[place + 1..].iter().collect());
        let other = if letters[place].eq_ignore_ascii_case(&'x') { 'q' } else { 'x' };
        for another in [format!("{head}{other}{tail}"), format!("{name}x")] {
            prop_assert!(!read(&name).matches(&read(&another)), "{} and {}", name, another);
        }
    }

    #[test]
    fn digits_and_signs_that_no_name_has_are_refused(name in name(), sign in "[0-9@<>\"_;:!?=+*&%$#|\\\\{}\\[\\]\u{0}]") {
        prop_assert_eq!(FullName::parse(&format!("{name}{sign}")), Err(NameError::Characters));
    }

    #[test]
    fn length_is_counted_in_characters(length in 1..300usize, letter in prop::sample::select(vec!['a', 'é', '李'])) {
        let typed = letter.to_string().repeat(length);
        prop_assert_eq!(FullName::parse(&typed).err(), (length > NAME_LENGTH).then_some(NameError::Length));
    }

    #[test]
    fn it_prints_no_letter_of_the_name(name in "[A-Z]{5,20}") {
        prop_assert_eq!(format!("{:?}", read(&name)), "FullName(…)");
    }

    #[test]
    fn nothing_typed_makes_it_stumble(typed in any::<String>()) {
        let _ = (FullName::parse(&typed), Email::parse(&typed));
    }

    #[test]
    fn an_address_has_one_at_and_a_dotted_host(user in "[a-z0-9+_-]{1,9}([.][a-z0-9+_-]{1,9})?", host in "[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?", top in "[a-z]{2,5}") {
        let address = format!("{user}@{host}.{top}");
        let email = Email::parse(&format!("  {address} ")).unwrap();
        prop_assert_eq!(email.as_str(), address.as_str());
        prop_assert_eq!(format!("{email:?}"), "Email(…)");
        for wrong in [format!("{user}{host}.{top}"), format!("@{host}.{top}"), format!("{user}@{host}"), format!("{user}@@{host}.{top}"),
            format!("{user}@{host}."), format!("{user}@.{host}"), format!("{user} x@{host}.{top}"), format!("{user}@{host}.{top}\nx")] {
            prop_assert!(Email::parse(&wrong).is_err(), "{}", wrong);
        }
    }
}

#[test]
fn names_as_they_stand_on_family_cards() {
    for name in ["Siti", "Muhammad Al-Fatih", "Nur'aini", "Nur’aini, S.Pd.", "R. A. Kartini", "Abd. Rahman/Rahmat (alm)", "José"]
    {
        assert_eq!(read(name).as_str(), name);
    }
}

#[test]
fn an_empty_field_is_told_from_a_wrong_one() {
    for typed in ["", "   ", "\t"] {
        assert_eq!(FullName::parse(typed), Err(NameError::Empty));
    }
}
