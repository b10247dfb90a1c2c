//! Lists that the migrations carry, and people to try rules on. Tests and product share one list.

use alpukat::domain::{
    calendar::Holidays,
    ids::ResidentId,
    nik::{KkNumber, Nik},
    person::FullName,
    region::RegionCode,
    resident::{CivilRecord, MaritalStatus, Resident, Sex},
};
use time::{
    Date,
    macros::{date, format_description},
};

const REGIONS_AND_HOLIDAYS: &str = include_str!("../../../migrations/0002_regions_and_holidays.sql");
const APPLICATIONS: &str = include_str!("../../../migrations/0004_applications.sql");
const SHEETS: &str = include_str!("../../../migrations/0016_sheets.sql");

/// Code and level of every region.
pub fn regions() -> Vec<(String, String)> {
    rows(REGIONS_AND_HOLIDAYS, "regions").into_iter().map(|row| (row[0].clone(), row[2].clone())).collect()
}

/// National holidays and cuti bersama, as the product knows them.
pub fn holidays() -> Holidays {
    rows(REGIONS_AND_HOLIDAYS, "holidays").into_iter().map(|row| (day(&row[0]), row[1].clone())).collect()
}

/// The steps that the database allows: from, to, who.
pub fn steps_of_the_database() -> Vec<[String; 3]> {
    let rows = [APPLICATIONS, SHEETS].into_iter().flat_map(|migration| rows(migration, "application_steps"));
    rows.map(|row| row.try_into().unwrap()).collect()
}

/// The rows that a migration inserts into a table, one a line.
fn rows(migration: &str, table: &str) -> Vec<Vec<String>> {
    let inserted = migration.split_once(&format!("insert into {table} (")).unwrap().1.split_once(';').unwrap().0;
    let lines = inserted.lines().filter_map(|line| line.trim().strip_prefix('('));
    let row =
        |line: &str| line.trim_end_matches([',', ')']).split(", ").map(|value| value.trim_matches('\'').to_owned()).collect();
    let rows: Vec<Vec<String>> = lines.map(row).collect();
    assert!(!rows.is_empty(), "no rows for {table}");
    rows
}

fn day(text: &str) -> Date {
    Date::parse(text, format_description!("[year]-[month]-[day]")).unwrap()
}

/// Somebody with every right: grown up, recorded, given a card.
pub fn resident() -> Resident {
    let civil = CivilRecord {
        nik: Nik::parse("3171014508900001").unwrap(),
        kk_number: KkNumber::parse("3171010101010001").unwrap(),
        name: FullName::parse("Siti Aminah").unwrap(),
        birth_date: date!(1990 - 08 - 05),
        sex: Sex::Female,
        marital_status: MaritalStatus::BelumKawin,
        address: "Jalan Melati".to_owned(),
        kelurahan: RegionCode::parse("31.71.01.1001").unwrap(),
        recorded_on: Some(date!(2008 - 01 - 15)),
        card_issued_on: Some(date!(2008 - 02 - 15)),
        ended: None,
    };
    Resident { id: ResidentId::random(), civil, handed_over_on: None }
}
