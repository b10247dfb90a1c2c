//! Region codes and counters.

use alpukat::domain::region::{Counter, RegionCode, RegionLevel};
use proptest::prelude::*;
use serde::{Deserialize, de::IntoDeserializer, de::value::Error};

use super::lists;

fn code(text: &str) -> RegionCode {
    RegionCode::parse(text).unwrap()
}

proptest! {
    #[test]
    fn a_code_is_two_to_four_groups(text in "[0-9]{2}\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4})?)?") {
        let code = code(&text);
        let level = match text.len() {
            5 => RegionLevel::Kota,
            8 => RegionLevel::Kecamatan,
            _ => RegionLevel::Kelurahan,
        };
        prop_assert_eq!((code.as_str(), code.level()), (text.as_str(), level));
        let stored: Result<RegionCode, Error> = RegionCode::deserialize(String::from(code.clone()).into_deserializer());
        prop_assert_eq!(stored.unwrap(), code);
    }

    #[test]
    fn the_counters_are_its_own_and_those_above_it(text in "[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}") {
        let expected = [code(&text), code(&text[..8]), code(&text[..5])];
        prop_assert_eq!(code(&text).counters(), expected.to_vec());
        prop_assert_eq!(code(&text[..8]).counters(), expected[1..].to_vec());
        prop_assert_eq!(code(&text[..5]).counters(), expected[2..].to_vec());
    }

    #[test]
    fn nothing_typed_makes_it_stumble(typed in any::<String>(), signs in "[0-9.]{0,14}") {
        for typed in [typed, signs] {
            if let Some(code) = RegionCode::parse(&typed) {
                prop_assert_eq!(code.to_string(), typed);
                prop_assert!(matches!(code.as_str().len(), 5 | 8 | 13));
            }
        }
    }
}

#[test]
fn every_region_of_jakarta_but_the_province_has_a_counter() {
    let mut counters = [0; 3];
    for (text, level) in lists::regions() {
        if level == "provinsi" {
            assert_eq!(RegionCode::parse(&text), None, "{text}");
            continue;
        }
        let place = match code(&text).level() {
            RegionLevel::Kota => 0,
            RegionLevel::Kecamatan => 1,
            RegionLevel::Kelurahan => 2,
        };
        assert_eq!(["kota_kabupaten", "kecamatan", "kelurahan"][place], level, "{text}");
        counters[place] += 1;
    }
    assert_eq!(counters, [6, 44, 267]);
}

#[test]
fn every_kelurahan_is_served_by_three_counters_that_exist() {
    let regions = lists::regions();
    for (text, _) in regions.iter().filter(|(_, level)| level == "kelurahan") {
        let counters = code(text).counters();
        assert_eq!(counters.len(), 3);
        assert!(counters.iter().all(|counter| regions.iter().any(|(known, _)| known == counter.as_str())), "{text}");
    }
}

#[test]
fn codes_of_another_shape_are_none() {
    for text in [
        "",
        "31",
        "31.7",
        "31.71.1",
        "31.71.01.101",
        "31.71.01.1001.1",
        "3171011001",
        "31.71.",
        ".31.71",
        "31.71.01.100x",
        "٣١.71",
        "31.71 ",
    ] {
        assert_eq!(RegionCode::parse(text), None, "{text:?}");
    }
}

#[test]
fn a_counter_is_called_what_people_call_it() {
    for (text, region, name) in [
        ("31.71.01.1001", "Gambir", "Kelurahan Gambir"),
        ("31.71.01", "Gambir", "Kecamatan Gambir"),
        ("31.71", "Kota Administrasi Jakarta Pusat", "Kota Jakarta Pusat"),
        ("31.01", "Kabupaten Administrasi Kepulauan Seribu", "Kabupaten Kepulauan Seribu"),
    ] {
        let counter = Counter { code: code(text), region: region.to_owned(), address: None, whatsapp: None, places: 3 };
        assert_eq!(counter.name(), name);
    }
}
