//! A resident as the population registry knows them, and what follows from that.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Date;

use super::{
    ids::ResidentId,
    nik::{KkNumber, Nik},
    person::FullName,
    region::RegionCode,
};

/// Sex as the registry writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sex {
    /// `L`, laki-laki.
    #[serde(rename = "L")]
    Male,
    /// `P`, perempuan.
    #[serde(rename = "P")]
    Female,
}

/// Marital status as the registry writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaritalStatus {
    /// Never married.
    BelumKawin,
    /// Married.
    Kawin,
    /// Divorced.
    CeraiHidup,
    /// Widowed.
    CeraiMati,
}

/// Why a row of the registry has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The resident died.
    Meninggal,
    /// The resident moved out of Jakarta.
    PindahKeluar,
}

/// A row of the registry. The portal copies it and never edits it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CivilRecord {
    /// The resident's own number.
    pub nik: Nik,
    /// The number of the family card the resident stands on.
    pub kk_number: KkNumber,
    /// Full name as on the family card.
    pub name: FullName,
    /// Date of birth.
    pub birth_date: Date,
    /// Sex.
    pub sex: Sex,
    /// Marital status.
    pub marital_status: MaritalStatus,
    /// Street address.
    pub address: String,
    /// Kelurahan of residence.
    pub kelurahan: RegionCode,
    /// When fingerprints and iris were recorded, if ever.
    pub recorded_on: Option<Date>,
    /// When the last card was issued, if ever.
    pub card_issued_on: Option<Date>,
    /// Whether, and why, the row has ended.
    pub ended: Option<Ended>,
}

impl fmt::Debug for CivilRecord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("CivilRecord(…)")
    }
}

impl CivilRecord {
    /// Whether the law gives this resident a KTP-el: 17 or older, or ever married (UU 24/2013 art. 63).
    #[must_use]
    pub fn may_hold_card(&self, today: Date) -> bool {
        self.marital_status != MaritalStatus::BelumKawin || age(self.birth_date, today) >= 17
    }

    /// Whether an account may be opened with, and used by, this resident.
    #[must_use]
    pub fn may_have_account(&self, today: Date) -> bool {
        self.ended.is_none() && self.may_hold_card(today)
    }
}

/// A resident of the registry.
#[derive(Clone, Debug)]
pub struct Resident {
    /// Our identifier of the row.
    pub id: ResidentId,
    /// What the registry says.
    pub civil: CivilRecord,
    /// When a card was last handed over by this portal, if ever: the registry learns of it later.
    pub handed_over_on: Option<Date>,
}

impl Resident {
    /// When the resident was last given a card, by whatever source knows it.
    #[must_use]
    pub fn last_card_on(&self) -> Option<Date> {
        self.civil.card_issued_on.max(self.handed_over_on)
    }

    /// Why no application can be made for this resident, or nothing.
    #[must_use]
    pub fn hindrance(&self, today: Date) -> Option<Hindrance> {
        if self.civil.ended.is_some() {
            Some(Hindrance::Ended)
        } else if !self.civil.may_hold_card(today) {
            Some(Hindrance::Under17)
        } else if self.civil.recorded_on.is_none() && self.last_card_on().is_none() {
            Some(Hindrance::Unrecorded)
        } else {
            None
        }
    }
}

/// Why nobody can apply for a resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// Died or moved away.
    Ended,
    /// Under 17 and never married.
    Under17,
    /// Fingerprints and iris were never recorded.
    Unrecorded,
}

/// Full years lived; somebody born on 29 February turns a year older on 1 March of other years.
fn age(born: Date, today: Date) -> i32 {
    let years = today.year() - born.year();
    let had_birthday = (u8::from(today.month()), today.day()) >= (u8::from(born.month()), born.day());
    if had_birthday { years } else { years - 1 }
}
