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
    fn digits_and_signs_that_no_name_has_are_refused(name in name(), sign in "[0-9@<>\"_;:!?=+*&%$#|\\\\{}\\[\\]]") {
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

/// Spellings that are one name, and those that are another.
#[test]
fn titles_punctuation_case_and_blanks_do_not_count() {
    let same: [&[&str]; 8] = [
        &[
            "Ahmad Fauzi",
            "AHMAD FAUZI",
            "Dr. H. Ahmad Fauzi, S.E., M.Kom.",
            "dr Ahmad  Fauzi",
            "Ir. Ahmad\tFauzi",
            "H.Ahmad Fauzi,SE",
            "Prof. Dr. Ahmad-Fauzi",
            "Ahmad Fauzi S Pd I",
            "AHMADFAUZI",
            "Hj. Ahmad Fauzi (almh)",
            "\u{200b}Ahmad\u{a0}Fauzi\u{feff}",
        ],
        &[
            "NUR'AINI",
            "Nuraini",
            "nur aini",
            "Nur’aini",
            "Nur‘aini",
            "Nur´aini",
            "Nur′aini",
            "Nur＇aini",
            "Nurʻaini",
            "Nurʼaini",
            "Nur`aini",
            "Nur-aini",
            "Nur‐aini",
            "Nur‑aini",
            "Nur–aini",
            "Hj. Nur'aini, S.Pd.",
        ],
        &["Renée", "Rene\u{301}e", "RENÉE"],
        &["R. A. Kartini", "RA Kartini", "R.A. KARTINI"],
        &["Adi Se Tiawan", "Adi Setiawan"],
        &["Abd. Rahman", "Abd Rahman", "H. Abd.Rahman"],
        &["H", "h."],
        &["I Gusti Ngurah Rai", "I GUSTI NGURAH RAI, S.T., M.T."],
    ];
    for (place, spellings) in same.iter().enumerate() {
        for (one, other) in spellings.iter().flat_map(|one| spellings.iter().map(move |other| (one, other))) {
            assert!(read(one).matches(&read(other)), "{one} and {other}");
        }
        for stranger in same.iter().enumerate().filter(|(other, _)| *other != place).flat_map(|(_, spellings)| spellings.iter()) {
            assert!(!read(spellings[0]).matches(&read(stranger)), "{} and {stranger}", spellings[0]);
        }
    }
    for (one, other) in [("Renée", "Renee"), ("Ahmad Fauzi", "Ahmad"), ("Ahmad Fauzi", "Fauzi Ahmad"), ("Siti", "Sitti")] {
        assert!(!read(one).matches(&read(other)), "{one} and {other}");
    }
    for with_digit in ["Ahmad2", "Ahmad ２", "Ahmad ٣", "Ahmad ²", "Ahm4d"] {
        assert_eq!(FullName::parse(with_digit), Err(NameError::Characters), "{with_digit}");
    }
}

#[test]
fn a_search_finds_a_name_as_it_is_typed() {
    let name = read("NUR'AINI AL-FATIH");
    for sought in
        ["nuraini", "nur’aini", "Nur aini", "fatih", "alfatih", "al fatih nur", "Hj. Nuraini, S.E.", "nur\u{200b}aini", "aini"]
    {
        assert!(name.has_words(sought), "{sought}");
    }
    for sought in ["", " ", "-", "nurani", "nuraini contoh", "1"] {
        assert!(!name.has_words(sought), "{sought}");
    }
}

#[test]
fn an_empty_field_is_told_from_a_wrong_one() {
    for typed in ["", "   ", "\t"] {
        assert_eq!(FullName::parse(typed), Err(NameError::Empty));
    }
}
