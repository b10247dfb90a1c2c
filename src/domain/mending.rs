//! What was returned, and how it is mended: the named documents only, in time.

use time::{Date, Duration, OffsetDateTime, Time};

use super::{
    application::Application,
    calendar::{day_of, moment},
    category::DocumentKind,
    event::{Explanation, Fault},
    limits,
};

/// A return that waits for its citizen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mending {
    /// Which documents, and what is wrong with each.
    pub why: Explanation,
    /// When it was returned.
    pub returned_at: OffsetDateTime,
}

impl Mending {
    /// The last day on which it may be sent in again.
    #[must_use]
    pub fn until(&self) -> Date {
        day_of(self.returned_at + Duration::days(limits::MENDING_DAYS))
    }

    /// The end of that day in Jakarta.
    #[must_use]
    pub fn ends_at(&self) -> OffsetDateTime {
        moment(self.until(), Time::MIDNIGHT) + Duration::days(1)
    }

    /// Whether it may still be mended.
    #[must_use]
    pub fn is_open(&self, now: OffsetDateTime) -> bool {
        now < self.ends_at()
    }

    /// Whether a page of a document arrived after the return.
    #[must_use]
    pub fn is_mended(&self, application: &Application, kind: DocumentKind) -> bool {
        application.documents.iter().any(|document| document.kind == kind && document.received_at > self.returned_at)
    }

    /// The named documents of which nothing new has arrived.
    #[must_use]
    pub fn missing(&self, application: &Application) -> Vec<DocumentKind> {
        let named = self.why.faults.iter().map(|(kind, _)| *kind);
        named.filter(|kind| !self.is_mended(application, *kind)).collect()
    }

    /// Whether the first new file takes the place of the returned pages; pages that were missing are added.
    #[must_use]
    pub fn replaces(&self, kind: DocumentKind) -> bool {
        self.why.fault_of(kind) != Some(Fault::HalamanKurang)
    }
}
