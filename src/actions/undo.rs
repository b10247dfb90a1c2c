//! "Urungkan": whoever approved, returned or refused a case takes that back, within a minute.

use time::OffsetDateTime;

use super::{
    MayCollide, OnDuty, appointment,
    decision::{DecisionError, Late},
};
use crate::{
    db::{Db, DbError, DbResult, Tx, applications, leases, messages, places},
    domain::{
        application::Application,
        calendar::day_of,
        ids::ApplicationId,
        limits,
        status::{Actor, Status},
    },
};

/// Why a decision is not taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no such case, or not for this officer.
    #[error("no such case")]
    NotFound,
    /// The minute is over, and its messages may have left.
    #[error("too late")]
    TooLate,
    /// The last step was another one, or somebody else's.
    #[error("followed by another step")]
    Followed(Box<Late>),
    /// The resident has another application in progress, filed since.
    #[error("filed anew")]
    FiledAnew,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayCollide for UndoError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_collision())
    }
}

/// Takes a decision back: the case waits again where it waited, its messages are removed unsent, its appointment is the old one,
/// and the officer holds it. Taking it back twice is taking it back once.
///
/// # Errors
/// [`UndoError`].
pub async fn undo(db: &Db, by: &OnDuty, id: ApplicationId, now: OffsetDateTime) -> Result<(), UndoError> {
    let outcome = until_undisturbed!(try_undo(db, by, id, now));
    match outcome {
        Err(UndoError::Db(error)) if error.constraint() == Some(applications::ONE_OPEN) => Err(UndoError::FiledAnew),
        outcome => outcome,
    }
}

async fn try_undo(db: &Db, by: &OnDuty, id: ApplicationId, now: OffsetDateTime) -> Result<(), UndoError> {
    let mut tx = db.begin().await?;
    let scope = by.officer.scope();
    let case = applications::lock_in_scope(&mut tx, &scope, id, now).await?.ok_or(UndoError::NotFound)?;
    let last = case.history.last().ok_or(UndoError::NotFound)?;
    if last.officer == Some(by.officer.id) && last.is_undoing() && case.status == Status::Diajukan {
        return Ok(());
    }
    if !last.is_decision() || last.officer != Some(by.officer.id) {
        return match DecisionError::late(&mut tx, &case).await? {
            DecisionError::Late(late) => Err(UndoError::Followed(late)),
            _ => Err(UndoError::NotFound),
        };
    }
    if now >= last.at + limits::UNDO || !messages::take_back(&mut tx, last.fact).await? {
        return Err(UndoError::TooLate);
    }
    let step = case.status.step(Status::Diajukan, Actor::Petugas).map_err(|_| UndoError::NotFound)?;
    let done = applications::undo_step(&mut tx, id, step, case.sent_at(), &by.witness(), now).await?;
    done.ok_or(DbError::Impossible("a case that moved while it was locked"))?;
    keep_appointment(&mut tx, by, &case, now).await?;
    leases::take(&mut tx, id, by.officer.id, now).await?;
    Ok(tx.commit().await?)
}

/// The half hour of a case is its own again. Only where it was lost meanwhile, because the day was closed or came too near, is
/// the next free one taken, and told.
async fn keep_appointment(tx: &mut Tx, by: &OnDuty, case: &Application, now: OffsetDateTime) -> DbResult<()> {
    if places::confirm(tx, case.id).await? {
        return Ok(());
    }
    let Some(old) = &case.appointment else { return Ok(()) };
    if !appointment::move_on(tx, case, day_of(old.starts_at), &by.witness(), now).await? {
        tracing::warn!(counter = %old.counter.code, case = %case.id, "no free place for a case that is open again");
    }
    Ok(())
}
