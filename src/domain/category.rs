//! Why a card is printed again, and which papers each reason needs.

use serde::{Deserialize, Serialize};
use time::Date;

use super::resident::Resident;

macro_rules! codes {
    ($name:ident { $($variant:ident = $code:literal, $label:literal;)+ }) => {
        impl $name {
            /// Every value, in the order of the form.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code in database, forms and addresses.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// What people read.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// Reads a code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(super) use codes;

/// The reason for which a card is printed ("keterangan permohonan").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    /// The card is lost.
    Hilang,
    /// The card is damaged.
    Rusak,
    /// The resident moved here, or within the city.
    Pindah,
    /// Recorded, and never given a card.
    SetelahRekam,
}

codes!(Category {
    Hilang = "hilang", "KTP-el hilang";
    Rusak = "rusak", "KTP-el rusak";
    Pindah = "pindah", "Pindah datang / pindah alamat";
    SetelahRekam = "setelah_rekam", "Cetak setelah perekaman";
});

/// A kind of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// The police's report of loss.
    SuratKehilangan,
    /// The family card.
    Kk,
    /// A photo of the damaged card.
    KtpRusak,
    /// The letter of removal (SKPWNI or SKDWNI).
    SuratPindah,
    /// The card with the old address.
    KtpLama,
    /// The slip given when fingerprints were recorded.
    BuktiPerekaman,
}

codes!(DocumentKind {
    SuratKehilangan = "surat_kehilangan", "Surat keterangan kehilangan";
    Kk = "kk", "Kartu Keluarga (KK)";
    KtpRusak = "ktp_rusak", "Foto KTP-el yang rusak";
    SuratPindah = "surat_pindah", "Surat keterangan pindah";
    KtpLama = "ktp_lama", "KTP-el lama";
    BuktiPerekaman = "bukti_perekaman", "Bukti perekaman";
});

/// Why a category cannot be chosen for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Nobody can lose or break a card that was never given.
    NeverIssued,
    /// The first card was already given, on this day.
    AlreadyIssued(Date),
}

impl Category {
    /// The documents without which an application cannot be sent.
    #[must_use]
    pub fn required(self) -> &'static [DocumentKind] {
        match self {
            Self::Hilang => &[DocumentKind::SuratKehilangan, DocumentKind::Kk],
            Self::Rusak => &[DocumentKind::KtpRusak],
            Self::Pindah => &[DocumentKind::SuratPindah, DocumentKind::Kk],
            Self::SetelahRekam => &[DocumentKind::Kk],
        }
    }

    /// The documents that may be added.
    #[must_use]
    pub fn optional(self) -> &'static [DocumentKind] {
        match self {
            Self::Hilang => &[],
            Self::Rusak => &[DocumentKind::Kk],
            Self::Pindah => &[DocumentKind::KtpLama],
            Self::SetelahRekam => &[DocumentKind::BuktiPerekaman],
        }
    }

    /// Required and optional documents, in the order of the form.
    pub fn documents(self) -> impl Iterator<Item = DocumentKind> {
        self.required().iter().chain(self.optional()).copied()
    }

    /// Whether the fields of a police letter belong to this category.
    #[must_use]
    pub fn needs_letter(self) -> bool {
        self == Self::Hilang
    }

    /// Why this category cannot be chosen for the resident, or nothing.
    #[must_use]
    pub fn misfit(self, resident: &Resident) -> Option<Misfit> {
        match (self, resident.last_card_on()) {
            (Self::Hilang | Self::Rusak, None) => Some(Misfit::NeverIssued),
            (Self::SetelahRekam, Some(date)) => Some(Misfit::AlreadyIssued(date)),
            _ => None,
        }
    }
}
