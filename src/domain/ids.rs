//! One type for each kind of identifier, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh random identifier; it tells neither order nor time.
            #[must_use]
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }

            /// The bare value, for the database and for sealing.
            #[must_use]
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(out)
            }
        }
    )+};
}

impl FactId {
    /// The fact that a case is to be fetched at a moment: the same for the same appointment, another when it moves.
    #[must_use]
    pub fn of_appointment(application: ApplicationId, starts_at: OffsetDateTime) -> Self {
        Self(Uuid::new_v5(&application.uuid(), &starts_at.unix_timestamp().to_be_bytes()))
    }

    /// What happens to an account on a day, however often.
    #[must_use]
    pub fn of_day(account: AccountId, day: Date) -> Self {
        Self(Uuid::new_v5(&account.uuid(), &day.to_julian_day().to_be_bytes()))
    }
}

id! {
    /// A row of the population registry.
    ResidentId,
    /// A citizen's account.
    AccountId,
    /// One application for a card.
    ApplicationId,
    /// One stored page of a document.
    PageId,
    /// Somebody who works at the desk.
    OfficerId,
    /// A row of the event table: what happened once.
    FactId,
    /// A message to a phone; the gateway knows it by this.
    MessageId,
    /// A code that somebody asked for.
    CodeId,
    /// A print run.
    RunId,
    /// A row of the ledger of blanks.
    BlankId,
}
