//! Made-up residents. Every call gives others, in a family of their own unless asked otherwise.

use std::sync::atomic::{AtomicU32, Ordering};

use alpukat::domain::{
    nik::{KkNumber, Nik},
    person::FullName,
    region::RegionCode,
    resident::{CivilRecord, MaritalStatus, Sex},
};
use time::macros::date;

/// What everybody's password is.
pub const PASSWORD: &str = "kopi-susu-pagi";

/// Somebody grown up who was given a card long ago.
pub fn grown_up() -> CivilRecord {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    CivilRecord {
        nik: Nik::parse(&format!("31990105{:02}90{number:04}", 8)).unwrap(),
        kk_number: KkNumber::parse(&format!("319901010120{number:04}")).unwrap(),
        name: FullName::parse(&format!("Umpama Contoh {}", letters(number))).unwrap(),
        birth_date: date!(1990 - 08 - 05),
        sex: Sex::Male,
        marital_status: MaritalStatus::Kawin,
        address: format!("Jalan Rahasia Nomor {number}"),
        kelurahan: RegionCode::parse("31.71.01.1004").unwrap(),
        recorded_on: Some(date!(2015 - 01 - 05)),
        card_issued_on: Some(date!(2018 - 03 - 14)),
        ended: None,
    }
}

/// Somebody else on the same family card.
pub fn relative_of(other: &CivilRecord) -> CivilRecord {
    CivilRecord { kk_number: other.kk_number.clone(), kelurahan: other.kelurahan.clone(), ..grown_up() }
}

/// Names have no digits.
fn letters(mut number: u32) -> String {
    let mut name = String::from("A");
    while number > 0 {
        name.push(char::from_u32(u32::from('a') + number % 26).unwrap());
        number /= 26;
    }
    name
}
