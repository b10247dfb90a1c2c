//! Verbs: each is one transaction, with its rule from the domain, its rows through db, and its
//! history. Who acts is a type.

/// Tries a transaction again while it collides with another; the database undid it, so nothing is
/// done twice.
macro_rules! until_undisturbed {
    ($attempt:expr) => {{
        let mut tries = 1;
        loop {
            match $attempt.await {
                Err(error) if tries < $crate::actions::TRIES && $crate::actions::MayCollide::is_collision(&error) => tries += 1,
                outcome => break outcome,
            }
        }
    }};
}

pub mod account;
pub mod appointment;
pub mod clockwork;
pub mod codes;
pub mod day;
pub mod decision;
pub mod delivery;
pub mod desk_accounts;
pub mod desk_login;
pub mod draft;
pub mod handover;
pub mod lease;
pub mod login;
pub mod mending;
mod notice;
pub mod printing;
pub mod recovery;
pub mod registration;
pub mod reminder;
pub mod search;
pub mod submission;
pub mod undo;
pub mod upload;
pub mod viewing;

use time::OffsetDateTime;

use crate::{
    adapters::passwords::HashingError,
    db::{
        Db, DbError,
        accounts::Account,
        applications::Reader,
        wrong_answers::{self, Try},
    },
    domain::{
        event::{By, Witness},
        ids::AccountId,
        officer::Officer,
        resident::Resident,
    },
};

/// How often a transaction that collided with another is tried before giving up.
const TRIES: usize = 5;

/// Why what somebody typed does not prove who they are.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// It does not match; one answer for every reason.
    #[error("no match")]
    Wrong,
    /// Too many tries; the next one may be made then.
    #[error("too many tries")]
    TooMany(OffsetDateTime),
    /// Codes were asked for too often; the next one may be asked for then.
    #[error("too many codes")]
    TooManyCodes(OffsetDateTime),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The hasher.
    #[error(transparent)]
    Hashing(#[from] HashingError),
}

/// Counts a try if it was wrong and takes it back if it was right or broke off: trouble of ours makes nobody's answer a wrong
/// one. What cannot even be taken back is forgotten after a while.
async fn settle<T>(db: &Db, attempt: Try, outcome: Result<T, ProofError>) -> Result<T, ProofError> {
    match &outcome {
        Ok(_) => wrong_answers::take_back(&mut db.read().await?, attempt).await?,
        Err(ProofError::Wrong) => wrong_answers::confirm(&mut db.read().await?, attempt).await?,
        Err(_) => {
            let taken_back = async { wrong_answers::take_back(&mut db.read().await?, attempt).await };
            taken_back.await.ok();
        }
    }
    outcome
}

/// A citizen who is logged in and acts.
#[derive(Clone, Debug)]
pub struct Citizen {
    /// Their account, with the resident it is bound to.
    pub account: Account,
    /// The network address they come from.
    pub from: String,
}

impl Citizen {
    /// The account.
    #[must_use]
    pub fn id(&self) -> AccountId {
        self.account.id
    }

    /// The resident they are.
    #[must_use]
    pub fn resident(&self) -> &Resident {
        &self.account.resident
    }

    /// What they may read.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader { account: self.account.id, resident: self.account.resident.id }
    }

    /// How they stand in history.
    #[must_use]
    pub fn witness(&self) -> Witness {
        Witness { by: By::Citizen(self.account.id), from: Some(self.from.clone()) }
    }
}

/// An officer who is logged in, with both steps, and acts.
#[derive(Clone, Debug)]
pub struct OnDuty {
    /// Who.
    pub officer: Officer,
    /// The network address they come from.
    pub from: String,
}

impl OnDuty {
    /// How they stand in history.
    #[must_use]
    pub fn witness(&self) -> Witness {
        let office = self.officer.counter.as_ref().map(|counter| counter.code.clone());
        Witness { by: By::Officer(self.officer.id, office), from: Some(self.from.clone()) }
    }
}

/// An error behind which a collision of transactions may stand.
trait MayCollide {
    fn is_collision(&self) -> bool;
}

impl MayCollide for DbError {
    fn is_collision(&self) -> bool {
        Self::is_collision(self)
    }
}
