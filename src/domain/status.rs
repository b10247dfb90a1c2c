//! The states of an application and the only steps between them.

use super::category::codes;

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Being filled in; not sent.
    Draf,
    /// Sent, waits for an officer.
    Diajukan,
    /// Returned to the citizen for some documents.
    PerluPerbaikan,
    /// Approved, waits for the printer.
    Disetujui,
    /// Approved, but the counter has no blank cards.
    MenungguBlangko,
    /// In a print run.
    Dicetak,
    /// The card lies at the counter.
    SiapDiambil,
    /// Nobody came on the day.
    TidakDiambil,
    /// Handed over.
    Selesai,
    /// Refused.
    Ditolak,
    /// Cancelled by the citizen.
    Dibatalkan,
    /// Returned and not mended in time.
    Kedaluwarsa,
}

codes!(Status {
    Draf = "draf", "Draf";
    Diajukan = "diajukan", "Menunggu pemeriksaan";
    PerluPerbaikan = "perlu_perbaikan", "Perlu perbaikan";
    Disetujui = "disetujui", "Disetujui, antre cetak";
    MenungguBlangko = "menunggu_blangko", "Menunggu blangko";
    Dicetak = "dicetak", "Sedang dicetak";
    SiapDiambil = "siap_diambil", "Siap diambil";
    TidakDiambil = "tidak_diambil", "Belum diambil";
    Selesai = "selesai", "Sudah diambil";
    Ditolak = "ditolak", "Ditolak";
    Dibatalkan = "dibatalkan", "Dibatalkan";
    Kedaluwarsa = "kedaluwarsa", "Kedaluwarsa";
});

/// Who can take a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The citizen whose account filed the application.
    Warga,
    /// An officer; for officers' own families a supervisor.
    Petugas,
    /// The clock.
    Jam,
}

codes!(Actor {
    Warga = "warga", "Warga";
    Petugas = "petugas", "Petugas";
    Jam = "jam", "Jam";
});

/// A step that exists. Only [`Status::step`] makes one, and only a step moves an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    from: Status,
    to: Status,
    by: Actor,
}

impl Step {
    /// Where it starts.
    #[must_use]
    pub fn from(self) -> Status {
        self.from
    }

    /// Where it leads.
    #[must_use]
    pub fn to(self) -> Status {
        self.to
    }

    /// Who takes it.
    #[must_use]
    pub fn by(self) -> Actor {
        self.by
    }
}

/// The step does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no step from {from:?} to {to:?} by {by:?}")]
pub struct NoSuchStep {
    from: Status,
    to: Status,
    by: Actor,
}

impl Status {
    /// The step from here to `to`, if `by` may take it.
    ///
    /// # Errors
    /// [`NoSuchStep`] for everything outside the table.
    pub fn step(self, to: Self, by: Actor) -> Result<Step, NoSuchStep> {
        use Actor::{Jam, Petugas, Warga};
        use Status::{
            Diajukan, Dibatalkan, Dicetak, Disetujui, Ditolak, Draf, Kedaluwarsa, MenungguBlangko, PerluPerbaikan, Selesai,
            SiapDiambil, TidakDiambil,
        };
        let exists = match (self, by) {
            // For an officer: taking a decision back; the database holds who may, and for how long.
            (Draf, Warga) | (PerluPerbaikan | Ditolak, Petugas) => matches!(to, Diajukan),
            (Diajukan, Petugas) => matches!(to, PerluPerbaikan | Disetujui | Ditolak),
            (PerluPerbaikan, Warga) => matches!(to, Diajukan | Dibatalkan),
            (PerluPerbaikan, Jam) => matches!(to, Kedaluwarsa),
            (Diajukan | Disetujui | MenungguBlangko, Warga) => matches!(to, Dibatalkan),
            (Disetujui, Petugas) => matches!(to, Dicetak | MenungguBlangko | Diajukan),
            (MenungguBlangko, Petugas) => matches!(to, Dicetak),
            (Dicetak, Petugas) => matches!(to, SiapDiambil | Disetujui),
            (SiapDiambil, Petugas) => matches!(to, Selesai | Disetujui),
            (SiapDiambil, Jam) => matches!(to, TidakDiambil),
            (TidakDiambil, Petugas) => matches!(to, Selesai | SiapDiambil | Disetujui),
            (TidakDiambil, Warga) => matches!(to, SiapDiambil),
            _ => false,
        };
        if exists { Ok(Step { from: self, to, by }) } else { Err(NoSuchStep { from: self, to, by }) }
    }

    /// Whether the case is on its way: sent, and neither handed over nor ended otherwise.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Draf | Self::Selesai | Self::Ditolak | Self::Dibatalkan | Self::Kedaluwarsa)
    }

    /// Whether the citizen may still cancel: until printing begins.
    #[must_use]
    pub fn may_cancel(self) -> bool {
        self.step(Self::Dibatalkan, Actor::Warga).is_ok()
    }

    /// Whether the appointment may be moved: at any time before pick-up.
    #[must_use]
    pub fn may_move(self) -> bool {
        self.is_open()
    }

    /// Whether the card lies at the counter, so that the next working day will do for fetching it.
    #[must_use]
    pub fn is_printed(self) -> bool {
        matches!(self, Self::SiapDiambil | Self::TidakDiambil)
    }
}
