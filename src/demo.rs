//! Fictional families for an empty development database, enough to try every branch. Their NIKs
//! begin with 3199, which is no region, so that they are nobody's; ages are reckoned from today.

use time::{Date, Duration};

use crate::domain::{
    nik::{KkNumber, Nik},
    person::FullName,
    region::RegionCode,
    resident::{CivilRecord, Ended, MaritalStatus, Sex},
};

/// Age in years, days since the recording, days since the last card.
type Ages = (i32, Option<i64>, Option<i64>);

struct Family {
    kk_number: &'static str,
    kelurahan: &'static str,
    address: &'static str,
    people: &'static [(&'static str, Sex, MaritalStatus, Ages, Option<Ended>)],
}

const FAMILIES: [Family; 3] = [
    Family {
        kk_number: "3199010101200001",
        kelurahan: "31.71.01.1004",
        address: "Jalan Contoh Nomor 1",
        people: &[
            ("Budi Umpama", Sex::Male, MaritalStatus::Kawin, (41, Some(4_000), Some(3_900)), None),
            ("Siti Umpama", Sex::Female, MaritalStatus::Kawin, (38, Some(4_000), Some(3_000)), None),
            // Recorded, and never given a card.
            ("Ayu Umpama", Sex::Female, MaritalStatus::BelumKawin, (18, Some(200), None), None),
            // Not recorded.
            ("Dewi Umpama", Sex::Female, MaritalStatus::BelumKawin, (17, None, None), None),
            // Under 17.
            ("Raka Umpama", Sex::Male, MaritalStatus::BelumKawin, (11, None, None), None),
        ],
    },
    Family {
        kk_number: "3199020202190002",
        kelurahan: "31.74.06.1003",
        address: "Gang Misal Nomor 2",
        people: &[
            // Just moved here.
            ("Tono Misal", Sex::Male, MaritalStatus::BelumKawin, (29, Some(3_500), Some(3_400)), None),
            // Married before 17, and so entitled.
            ("Rini Misal", Sex::Female, MaritalStatus::Kawin, (16, Some(90), None), None),
        ],
    },
    Family {
        kk_number: "3199030303180003",
        kelurahan: "31.01.02.1003",
        address: "Kampung Teladan Nomor 3",
        people: &[
            ("Wati Teladan", Sex::Female, MaritalStatus::CeraiMati, (63, Some(4_500), Some(4_400)), None),
            // Neither may apply or log in.
            ("Harun Teladan", Sex::Male, MaritalStatus::Kawin, (66, Some(4_500), Some(4_400)), Some(Ended::Meninggal)),
            ("Joko Teladan", Sex::Male, MaritalStatus::BelumKawin, (24, Some(2_000), Some(1_900)), Some(Ended::PindahKeluar)),
        ],
    },
];

/// Every made-up resident.
#[must_use]
pub fn families(today: Date) -> Vec<CivilRecord> {
    let people = FAMILIES.iter().flat_map(|family| family.people.iter().map(move |person| (family, person)));
    people.zip(1..).filter_map(|((family, person), serial)| record(family, person, serial, today)).collect()
}

/// Whether the start names this resident as somebody to register as.
#[must_use]
pub fn is_greeted(person: &CivilRecord) -> bool {
    matches!(person.name.as_str(), "Siti Umpama" | "Tono Misal")
}

fn record(
    family: &Family,
    (name, sex, marital_status, (age, recorded, issued), ended): &(&str, Sex, MaritalStatus, Ages, Option<Ended>),
    serial: i64,
    today: Date,
) -> Option<CivilRecord> {
    // Born some weeks before today's date, so that everybody has the age that stands above.
    let birthday = today.replace_day(1).ok()? - Duration::days(17 * serial);
    let birth_date = birthday.replace_day(birthday.day().min(28)).ok()?.replace_year(birthday.year() - age).ok()?;
    let day = birth_date.day() + if *sex == Sex::Female { 40 } else { 0 };
    let nik = format!("319901{day:02}{:02}{:02}{serial:04}", u8::from(birth_date.month()), birth_date.year() % 100);
    let ago = |days: &Option<i64>| days.map(|days| today - Duration::days(days));
    Some(CivilRecord {
        nik: Nik::parse(&nik).ok()?,
        kk_number: KkNumber::parse(family.kk_number).ok()?,
        name: FullName::parse(name).ok()?,
        birth_date,
        sex: *sex,
        marital_status: *marital_status,
        address: family.address.to_owned(),
        kelurahan: RegionCode::parse(family.kelurahan)?,
        recorded_on: ago(recorded),
        card_issued_on: ago(issued),
        ended: *ended,
    })
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn every_branch_has_somebody_on_every_day() {
        for today in [date!(2026 - 11 - 22), date!(2027 - 01 - 01), date!(2028 - 02 - 29), date!(2028 - 03 - 31)] {
            let people = families(today);
            assert_eq!(people.len(), 10, "{today}");
            assert_eq!(people.iter().filter(|person| is_greeted(person) && person.may_have_account(today)).count(), 2, "{today}");
            assert_eq!(people.iter().filter(|person| !person.may_hold_card(today)).count(), 1, "{today}");
        }
    }
}
