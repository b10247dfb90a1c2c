//! An application for a card: what has been answered so far, and what was sent.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::{Date, OffsetDateTime};

use super::{
    category::{Category, DocumentKind},
    event::HistoryEntry,
    ids::{AccountId, ApplicationId, PageId, ResidentId},
    limits,
    phone::Phone,
    receipt::{CheckCode, ReceiptNumber},
    region::Counter,
    resident::{CivilRecord, Resident},
    status::Status,
};

/// The police's letter of loss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its number.
    pub number: String,
    /// The police station that issued it.
    pub office: String,
    /// Its date.
    pub date: Date,
}

impl Letter {
    /// Longest number and office that are kept, in characters.
    pub const FIELD_LENGTH: usize = 80;

    /// The age in days, where it is old enough for a warning.
    #[must_use]
    pub fn old(&self, today: Date) -> Option<i64> {
        let days = (today - self.date).whole_days();
        (days > limits::LETTER_DAYS).then_some(days)
    }
}

/// What is sealed in an application's row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Where notices about this application go.
    pub phone: Option<Phone>,
    /// The police's letter, for `hilang`.
    pub letter: Option<Letter>,
    /// The registry's row as it was when "Ya" was pressed.
    pub civil: Option<CivilRecord>,
}

/// How far one document has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentSummary {
    /// Which document.
    pub kind: DocumentKind,
    /// Stored pages in their order, at least one.
    pub pages: Vec<PageId>,
    /// When the last page arrived.
    pub received_at: OffsetDateTime,
}

/// One stored page, without its picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPage {
    /// Its identifier.
    pub id: PageId,
    /// Which document it belongs to.
    pub kind: DocumentKind,
    /// Its number within the document, from 1.
    pub number: usize,
    /// Size of the stored JPEG in bytes.
    pub bytes: usize,
    /// When it arrived.
    pub received_at: OffsetDateTime,
}

/// A half hour at a counter, and how firmly it is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Where.
    pub counter: Counter,
    /// When it begins.
    pub starts_at: OffsetDateTime,
    /// The claim on a seat; it is gone when the hold ran out and somebody else came.
    pub claim: Claim,
}

/// The claim on a seat in a half hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// None: only the wish is known.
    None,
    /// Held until then, for a draft.
    Held(OffsetDateTime),
    /// Confirmed.
    Firm,
}

/// An application as its filer sees it.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its identifier.
    pub id: ApplicationId,
    /// The account that filed it.
    pub account: AccountId,
    /// Where it stands.
    pub status: Status,
    /// The reason, once chosen.
    pub category: Option<Category>,
    /// The documents ticked as ready.
    pub papers: Vec<DocumentKind>,
    /// Telephone, letter and, once sent, the copy of the registry.
    pub details: Details,
    /// The resident it is about, as the registry knows them today.
    pub resident: Resident,
    /// The name of the kelurahan where the resident lives, or lived when it was sent.
    pub kelurahan: String,
    /// The chosen place and time.
    pub appointment: Option<Appointment>,
    /// The number on the receipt, once sent.
    pub receipt_number: Option<ReceiptNumber>,
    /// The code behind the receipt's QR, once sent.
    pub check_code: Option<CheckCode>,
    /// When the last answer was stored.
    pub answered_at: OffsetDateTime,
    /// When it was first sent.
    pub submitted_at: Option<OffsetDateTime>,
    /// What has been uploaded, in the order of the category's form.
    pub documents: Vec<DocumentSummary>,
    /// Documents of a draft that were uploaded for another category than it has now. They are kept until "Ya", and count again
    /// when their category does.
    pub set_aside: Vec<DocumentKind>,
    /// Its steps, oldest first.
    pub history: Vec<HistoryEntry>,
    /// Until when an officer holds it, if one does now.
    pub leased_until: Option<OffsetDateTime>,
    /// Since when another application for the same resident is in progress, of a draft.
    pub overtaken_since: Option<OffsetDateTime>,
}

impl Application {
    /// The person as the case shows them: the copy once sent, the registry before.
    #[must_use]
    pub fn civil(&self) -> &CivilRecord {
        self.details.civil.as_ref().unwrap_or(&self.resident.civil)
    }

    /// Stored pages of a document.
    #[must_use]
    pub fn pages(&self, kind: DocumentKind) -> usize {
        self.documents.iter().find(|document| document.kind == kind).map_or(0, |document| document.pages.len())
    }

    /// Required documents of which no page is stored.
    #[must_use]
    pub fn missing(&self) -> Vec<DocumentKind> {
        let required = self.category.map_or(&[][..], Category::required);
        required.iter().copied().filter(|kind| self.pages(*kind) == 0).collect()
    }

    /// Whether the page about papers and telephone is answered for the chosen category.
    #[must_use]
    pub fn papers_answered(&self) -> bool {
        self.category.is_some_and(|category| {
            category.required().iter().all(|kind| self.papers.contains(kind))
                && self.details.phone.is_some()
                && (!category.needs_letter() || self.details.letter.is_some())
        })
    }

    /// The police's letter, where the category has one; an answer to another category does not count.
    #[must_use]
    pub fn letter(&self) -> Option<&Letter> {
        self.details.letter.as_ref().filter(|_| self.category.is_some_and(Category::needs_letter))
    }

    /// What of a draft would be left out if it were sent now: documents of another category, and the police's letter.
    #[must_use]
    pub fn leaves_out(&self) -> Vec<DocumentKind> {
        let mut kinds = self.set_aside.clone();
        let letter = DocumentKind::SuratKehilangan;
        if self.details.letter.is_some() && self.category.is_some() && self.letter().is_none() && !kinds.contains(&letter) {
            kinds.push(letter);
        }
        kinds
    }

    /// A digest of everything that the check page shows. Whoever says "Ya" to other answers than those that are stored is shown
    /// what there is now.
    #[must_use]
    pub fn version(&self) -> String {
        let place = self.appointment.as_ref().map(|place| (place.counter.code.as_str(), place.starts_at.unix_timestamp()));
        let pages: Vec<_> = self.documents.iter().map(|document| (document.kind, &document.pages)).collect();
        let shown = (self.category.map(Category::code), &self.details.phone, self.letter(), self.civil(), place, pages);
        let text = serde_json::to_vec(&shown).unwrap_or_default();
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
    }

    /// When it was last sent in by whoever filed it. The promise counts from here: a decision that was taken back changes nothing.
    #[must_use]
    pub fn sent_at(&self) -> OffsetDateTime {
        let sent = self.history.iter().rev().find(|entry| entry.to == Status::Diajukan && !entry.is_undoing());
        sent.map(|entry| entry.at).or(self.submitted_at).unwrap_or(self.answered_at)
    }

    /// Its steps without those that an officer took back.
    #[must_use]
    pub fn standing_steps(&self) -> Vec<&HistoryEntry> {
        let mut steps = Vec::new();
        for entry in &self.history {
            if entry.is_undoing() {
                steps.pop();
            } else {
                steps.push(entry);
            }
        }
        steps
    }

    /// The decision that can still be taken back, by whoever took it.
    #[must_use]
    pub fn fresh_decision(&self, now: OffsetDateTime) -> Option<&HistoryEntry> {
        self.history.last().filter(|last| last.is_decision() && now < last.at + limits::UNDO)
    }

    /// The half hour in which the card is to be fetched: of a case under way whose place is firm. There is none once the case
    /// has ended, once its day went by, or when a returned case had to give its place up.
    #[must_use]
    pub fn pickup(&self) -> Option<&Appointment> {
        let is_ahead = self.status.is_open() && self.status != Status::TidakDiambil;
        self.appointment.as_ref().filter(|appointment| is_ahead && appointment.claim == Claim::Firm)
    }

    /// The identifier of the resident it is about.
    #[must_use]
    pub fn resident_id(&self) -> ResidentId {
        self.resident.id
    }
}

/// An application in progress for a resident, as others of the family may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCase {
    /// The application.
    pub application: ApplicationId,
    /// The account that filed it.
    pub account: AccountId,
    /// When it was first sent.
    pub since: OffsetDateTime,
}
