//! The card itself: printed in a run, good or spoilt, and handed over to somebody whose identity was checked.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Date;

use super::{
    category::{Category, codes},
    event::Explanation,
    person::FullName,
};

/// What is wrong with a printed card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// Stripes or stains.
    Bergaris,
    /// The chip does not answer.
    ChipTidakTerbaca,
    /// The blank was bad before it was printed.
    BlangkoCacat,
    /// Something on it is not what the registry says.
    DataSalah,
    /// The picture is somebody else's, or cannot be recognised.
    FotoSalah,
}

codes!(Flaw {
    Bergaris = "bergaris", "Hasil cetak bergaris";
    ChipTidakTerbaca = "chip_tidak_terbaca", "Chip tidak terbaca";
    BlangkoCacat = "blangko_cacat", "Blangko cacat";
    DataSalah = "data_salah", "Data tercetak tidak sesuai";
    FotoSalah = "foto_salah", "Foto tidak sesuai";
});

/// What became of a card at the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is good.
    Good,
    /// It is spoilt.
    Spoilt(Flaw),
}

/// The number of a print run on paper: the day and the counter's how-manieth of it, `CTK-2311-02`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunNumber {
    /// The day in Jakarta.
    pub day: Date,
    /// Which run of that day, from 1.
    pub number: i16,
}

impl fmt::Display for RunNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "CTK-{:02}{:02}-{:02}", self.day.day(), u8::from(self.day.month()), self.number)
    }
}

/// What an officer has done before a card leaves the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Compared whoever stands there with an identity paper.
    Identitas,
    /// Taken the old card back.
    KtpDitarik,
    /// Seen the police's letter itself.
    SuratDilihat,
}

codes!(Check {
    Identitas = "identitas", "Identitas pengambil dicocokkan";
    KtpDitarik = "ktp_ditarik", "KTP-el lama ditarik";
    SuratDilihat = "surat_dilihat", "Surat kehilangan yang asli sudah dilihat";
});

impl Category {
    /// What must be done before a card of this category is handed over.
    #[must_use]
    pub fn checks(self) -> &'static [Check] {
        match self {
            Self::Hilang => &[Check::Identitas, Check::SuratDilihat],
            Self::Rusak | Self::Pindah => &[Check::Identitas, Check::KtpDitarik],
            Self::SetelahRekam => &[Check::Identitas],
        }
    }
}

/// Who took a card, and what was done before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// The holder, or somebody of the same family card.
    pub collector: FullName,
    /// Why it was not the holder who came; nothing for the holder.
    pub instead: Option<String>,
    /// What was done.
    pub checks: Vec<Check>,
}

impl Handover {
    /// Longest reason for somebody else's coming, in characters.
    pub const INSTEAD: usize = 200;
}

/// Why a step of a case was taken, where somebody must say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// Documents have faults: of a return or a refusal.
    Faults(Explanation),
    /// The card is spoilt: it goes back to be printed again.
    Spoilt(Flaw),
    /// The card was taken by somebody.
    HandedTo(Handover),
}

impl Because {
    /// In plain codes that name nobody, as they stand in the event table.
    #[must_use]
    pub fn codes(&self) -> String {
        match self {
            Self::Faults(why) => why.codes(),
            Self::Spoilt(flaw) => flaw.code().to_owned(),
            Self::HandedTo(handover) => {
                let who = if handover.instead.is_none() { "pemilik" } else { "keluarga" };
                let codes = std::iter::once(who).chain(handover.checks.iter().map(|check| check.code()));
                codes.collect::<Vec<_>>().join(" ")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_run_is_numbered_by_day_and_count() {
        assert_eq!(RunNumber { day: date!(2026 - 11 - 23), number: 2 }.to_string(), "CTK-2311-02");
    }

    #[test]
    fn a_handover_in_codes_names_nobody() {
        let collector = FullName::parse("Umpama Contoh").unwrap();
        let checks = Category::Rusak.checks().to_vec();
        let own = Handover { collector, instead: None, checks };
        assert_eq!(Because::HandedTo(own.clone()).codes(), "pemilik identitas ktp_ditarik");
        let other = Handover { instead: Some("sakit".to_owned()), ..own };
        assert_eq!(Because::HandedTo(other).codes(), "keluarga identitas ktp_ditarik");
    }
}
