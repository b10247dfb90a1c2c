//! What is written down for good: who did what, to whose case, when, from where.

use time::OffsetDateTime;

use super::{
    ids::{AccountId, ApplicationId},
    status::{Actor, Status},
};

/// Who takes part in an event, and from where.
#[derive(Clone, Debug)]
pub struct Witness {
    /// In which role.
    pub actor: Actor,
    /// The account that acts, for a citizen.
    pub account: Option<AccountId>,
    /// The network address it came from; nothing for the clock.
    pub from: Option<String>,
}

/// One step in the history of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When it happened.
    pub at: OffsetDateTime,
    /// Where the case stood.
    pub from: Status,
    /// Where it went.
    pub to: Status,
    /// In which role somebody took the step.
    pub by: Actor,
}

/// What happened outside a case's steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// An account was opened.
    Registered,
    /// Somebody logged in.
    LoggedIn,
    /// A password was changed.
    PasswordChanged,
    /// All other sessions were ended.
    SessionsEnded,
    /// An appointment was moved by the citizen.
    Moved(ApplicationId),
}

impl Deed {
    /// The code in the event table.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Registered => "registrasi",
            Self::LoggedIn => "masuk",
            Self::PasswordChanged => "ganti_kata_sandi",
            Self::SessionsEnded => "akhiri_sesi",
            Self::Moved(_) => "ubah_jadwal",
        }
    }

    /// The case it belongs to, if any.
    #[must_use]
    pub fn application(self) -> Option<ApplicationId> {
        match self {
            Self::Moved(application) => Some(application),
            _ => None,
        }
    }
}
