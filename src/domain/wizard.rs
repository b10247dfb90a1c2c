//! The pages of an application in their order, and how far somebody may go.

use super::application::Application;

/// A page of the citizen's way, after the choice of person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WizardPage {
    /// The reason.
    Keterangan,
    /// Papers and telephone.
    Dokumen,
    /// Uploads.
    Unggah,
    /// Place and time.
    Jadwal,
    /// Everything once more.
    Konfirmasi,
}

impl WizardPage {
    /// Number of the page; choosing the person was 1.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Keterangan => 2,
            Self::Dokumen => 3,
            Self::Unggah => 4,
            Self::Jadwal => 5,
            Self::Konfirmasi => 6,
        }
    }
}

/// The first page that is not answered: the furthest that may be opened.
#[must_use]
pub fn furthest(draft: &Application) -> WizardPage {
    let fits = draft.category.is_some_and(|category| category.misfit(&draft.resident).is_none());
    if !fits {
        WizardPage::Keterangan
    } else if !draft.papers_answered() {
        WizardPage::Dokumen
    } else if !draft.missing().is_empty() {
        WizardPage::Unggah
    } else if draft.appointment.is_none() {
        WizardPage::Jadwal
    } else {
        WizardPage::Konfirmasi
    }
}
