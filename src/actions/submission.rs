//! "Ya": a draft becomes an application with a number; and taking it back.

use time::{Date, OffsetDateTime};

use super::{Citizen, MayCollide, appointment, notice};
use crate::{
    db::{
        Db, DbError,
        applications::{self, ONE_OPEN, RECEIPT_NUMBER, Submission},
        drafts,
        places::{self, HalfHour},
    },
    domain::{
        application::Application,
        calendar::{Slot, day_of},
        ids::ApplicationId,
        receipt::{CheckCode, ReceiptNumber},
        status::{Actor, Status},
        wizard::{self, WizardPage},
    },
    render::sms::Notice,
};

/// Why nothing is sent.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// There is no such application.
    #[error("no such application")]
    NotFound,
    /// A page is not answered, or no longer fits what the registry says.
    #[error("incomplete")]
    Incomplete(WizardPage),
    /// Another application for the same resident is in progress since this day; the place is free again.
    #[error("in progress")]
    Open(Date),
    /// Other answers are stored than those that were shown.
    #[error("changed")]
    Changed,
    /// The half hour is full; these are the nearest free ones.
    #[error("full")]
    Full(Vec<Slot>),
    /// The half hour is no longer offered: too near, past, or closed; these are the nearest free ones.
    #[error("not offered")]
    NotOffered(Vec<Slot>),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayCollide for SubmitError {
    /// A receipt number that is taken is a collision too: the next try draws another.
    fn is_collision(&self) -> bool {
        // A day that was closed a moment ago is seen to be closed by the next try.
        let passes = |error: &DbError| matches!(error.constraint(), Some(RECEIPT_NUMBER | places::CLOSED));
        matches!(self, Self::Db(error) if error.is_collision() || passes(error))
    }
}

/// Sends a draft: its number, the copy of the registry, its first step and its place are one fact.
/// Sending again what is sent changes nothing; whether it was sent now is told. `shown` is the [`Application::version`] of what
/// the page showed; without one, whatever is stored is sent.
///
/// # Errors
/// [`SubmitError`].
pub async fn submit(
    db: &Db,
    citizen: &Citizen,
    id: ApplicationId,
    shown: Option<&str>,
    now: OffsetDateTime,
) -> Result<bool, SubmitError> {
    match until_undisturbed!(try_submit(db, citizen, id, shown, now)) {
        Err(SubmitError::Db(error)) if error.constraint() == Some(ONE_OPEN) => {
            let mut tx = db.begin().await?;
            places::free(&mut tx, id).await?;
            let draft = applications::find(&mut tx, citizen.reader(), id, now).await?.ok_or(SubmitError::NotFound)?;
            let since = applications::open_since(&mut tx, draft.resident_id()).await?;
            tx.commit().await?;
            Err(SubmitError::Open(day_of(since.unwrap_or(now))))
        }
        outcome => outcome,
    }
}

async fn try_submit(
    db: &Db,
    citizen: &Citizen,
    id: ApplicationId,
    shown: Option<&str>,
    now: OffsetDateTime,
) -> Result<bool, SubmitError> {
    let mut tx = db.begin().await?;
    let draft = applications::lock_own(&mut tx, citizen.id(), id, now).await?.ok_or(SubmitError::NotFound)?;
    if draft.status != Status::Draf {
        return Ok(false);
    }
    if shown.is_some_and(|shown| shown != draft.version()) {
        return Err(SubmitError::Changed);
    }
    let furthest =
        if draft.resident.hindrance(day_of(now)).is_some() { WizardPage::Keterangan } else { wizard::furthest(&draft) };
    let step = draft.status.step(Status::Diajukan, Actor::Warga);
    let (Some(wish), Some(category), WizardPage::Konfirmasi, Ok(step)) = (&draft.appointment, draft.category, furthest, step)
    else {
        return Err(SubmitError::Incomplete(furthest));
    };
    let wish = HalfHour { counter: &wish.counter.code, starts_at: wish.starts_at };
    let schedule = appointment::schedule(&mut tx, &draft, now).await?;
    let (exists, nearest) = appointment::offered(&schedule, Status::Draf, wish, now);
    if !exists {
        return Err(SubmitError::NotOffered(nearest));
    }
    let mut details = draft.details.clone();
    details.letter = draft.letter().cloned();
    details.civil = Some(draft.resident.civil.clone());
    let submission = Submission {
        number: ReceiptNumber::from_values(rand::random()),
        code: CheckCode::from_bits(rand::random()),
        details: &details,
    };
    drafts::drop_unneeded(&mut tx, id, category).await?;
    let Some(fact) = applications::submit(&mut tx, id, step, &submission, &citizen.witness(), now).await? else {
        return Ok(false);
    };
    let sent = Application { receipt_number: Some(submission.number), ..draft.clone() };
    notice::owe(&mut tx, &sent, &Notice::Submitted, fact, now).await?;
    // The place comes last: everybody else waits for its row only until this commits.
    if !places::take(&mut tx, id, wish, None, now).await? {
        return Err(SubmitError::Full(nearest));
    }
    tx.commit().await?;
    Ok(true)
}

/// Why an application is not cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// There is no such application.
    #[error("no such application")]
    NotFound,
    /// It has gone too far.
    #[error("too late")]
    Late(Box<Application>),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayCollide for CancelError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_collision())
    }
}

/// Cancels a sent application and frees its place. Cancelling twice is cancelling once.
///
/// # Errors
/// [`CancelError`].
pub async fn cancel(db: &Db, citizen: &Citizen, id: ApplicationId, now: OffsetDateTime) -> Result<(), CancelError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let application = applications::lock_own(&mut tx, citizen.id(), id, now).await?.ok_or(CancelError::NotFound)?;
        if application.status == Status::Dibatalkan {
            return Ok(());
        }
        let Ok(step) = application.status.step(Status::Dibatalkan, Actor::Warga) else {
            return Err(CancelError::Late(Box::new(application)));
        };
        let fact = applications::take_step(&mut tx, id, step, &citizen.witness(), now).await?.ok_or(CancelError::NotFound)?;
        notice::owe(&mut tx, &application, &Notice::Cancelled(now), fact, now).await?;
        places::free(&mut tx, id).await?;
        Ok(tx.commit().await?)
    })
}
