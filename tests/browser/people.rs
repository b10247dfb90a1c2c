//! Families nobody belongs to: their NIKs begin with 3199, which is no region. Every test takes one for itself.

use std::fmt::Write;
use std::sync::atomic::{AtomicU32, Ordering};

/// Everybody can log in with it.
pub const PASSWORD: &str = "alpukat matang di pohon";
/// How many families stand in the registry, and from which on they live where each half hour has one place.
const FAMILIES: u32 = 60;
const CROWDED: u32 = 51;

/// As much of a resident as is typed into forms.
#[derive(Clone, Debug)]
pub struct Person {
    pub nik: String,
    pub kk_number: String,
    pub name: &'static str,
    pub born: &'static str,
    /// Nobody else's, also by the digits that the log shows.
    pub phone: String,
}

/// One family card.
#[derive(Clone, Debug)]
pub struct Family {
    /// Has a card.
    pub mother: Person,
    /// 18 years old, recorded, never given a card.
    pub daughter: Person,
}

/// The people on every card: name, NIK's digits of birth, date as typed, sex and status, recorded on, card issued on.
const PEOPLE: [(&str, &str, &str, &str, &str, &str); 5] = [
    ("Melati Contoh", "450885", "05-08-1985", "P,kawin", "2014-03-04", "2014-05-06"),
    ("Kenanga Contoh", "520308", "12-03-2008", "P,belum_kawin", "2026-04-01", ""),
    // Neither recorded nor given a card.
    ("Dahlia Contoh", "600509", "20-05-2009", "P,belum_kawin", "", ""),
    // Too young.
    ("Teratai Contoh", "420215", "02-02-2015", "P,belum_kawin", "", ""),
    ("Cempaka Contoh", "150783", "15-07-1983", "L,kawin", "2013-01-02", "2013-02-03"),
];

/// The registry, as a file to import.
pub fn registry() -> String {
    let mut rows =
        "nik,kk_number,name,birth_date,sex,marital_status,address,kelurahan_code,recorded_on,card_issued_on\n".to_owned();
    for family in 1..=FAMILIES {
        let kelurahan = if family < CROWDED { "31.71.01.1001" } else { "31.71.01.1002" };
        for (place, (name, _, born, kind, recorded, issued)) in PEOPLE.iter().enumerate() {
            let Person { nik, kk_number, .. } = person(family, place);
            let iso = format!("{}-{}-{}", &born[6..], &born[3..5], &born[..2]);
            let row = format!("{nik},{kk_number},{name},{iso},{kind},Jalan Contoh {family},{kelurahan},{recorded},{issued}");
            writeln!(rows, "{row}").unwrap();
        }
    }
    rows
}

fn person(family: u32, place: usize) -> Person {
    let (name, digits, born, ..) = PEOPLE[place];
    let nik = format!("319901{digits}{family:03}{}", place + 1);
    let number = family * 5 + u32::try_from(place).unwrap();
    let phone = format!("0812-{number:04}-1{number:03}");
    Person { nik, kk_number: format!("31990909090{family:05}"), name, born, phone }
}

fn family(number: u32) -> Family {
    Family { mother: person(number, 0), daughter: person(number, 1) }
}

/// A family that no other test uses.
pub fn fresh_family() -> Family {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(number < CROWDED, "there are too few families");
    family(number)
}

/// The same, where every half hour has one place.
pub fn fresh_crowded_family() -> Family {
    static NEXT: AtomicU32 = AtomicU32::new(CROWDED);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(number <= FAMILIES, "there are too few families");
    family(number)
}
