//! What the clock does to cases: each is one fact, and whatever cuts it off leaves the rest for the next round.

use time::{Duration, OffsetDateTime, Time};

use super::notice;
use crate::{
    db::{Db, DbError, DbResult, applications, clockwork, places},
    domain::{
        application::Application,
        calendar::{day_of, moment},
        event::{By, Witness},
        ids::ApplicationId,
        limits,
        status::{Actor, Status},
    },
    render::sms::Notice,
};

/// Cases of one round.
const AT_ONCE: i64 = 50;

/// Ends returns that were not mended by the end of the seventh day, and frees their places. Tells how many.
///
/// # Errors
/// [`DbError`].
pub async fn expire_returns(db: &Db, now: OffsetDateTime) -> DbResult<usize> {
    let before = moment(day_of(now - Duration::days(limits::MENDING_DAYS)), Time::MIDNIGHT);
    let due = clockwork::unmended(&mut db.read().await?, before, AT_ONCE).await?;
    let mut done = 0;
    for id in due {
        done += usize::from(until_undisturbed!(expire(db, id, before, now))?);
    }
    Ok(done)
}

async fn expire(db: &Db, id: ApplicationId, before: OffsetDateTime, now: OffsetDateTime) -> DbResult<bool> {
    let mut tx = db.begin().await?;
    let case = clockwork::lock(&mut tx, id, now).await?;
    let is_due =
        |case: &Application| case.status == Status::PerluPerbaikan && case.history.last().is_some_and(|last| last.at < before);
    let Some(case) = case.filter(is_due) else { return Ok(false) };
    step(&mut tx, &case, Status::Kedaluwarsa, &Notice::Expired, now).await?;
    places::free(&mut tx, id).await?;
    tx.commit().await?;
    Ok(true)
}

/// Marks the cards that nobody fetched by the end of their day. Tells how many.
///
/// # Errors
/// [`DbError`].
pub async fn mark_uncollected(db: &Db, now: OffsetDateTime) -> DbResult<usize> {
    let before = moment(day_of(now), Time::MIDNIGHT);
    let due = clockwork::uncollected(&mut db.read().await?, before, AT_ONCE).await?;
    let mut done = 0;
    for id in due {
        done += usize::from(until_undisturbed!(miss(db, id, before, now))?);
    }
    Ok(done)
}

async fn miss(db: &Db, id: ApplicationId, before: OffsetDateTime, now: OffsetDateTime) -> DbResult<bool> {
    let mut tx = db.begin().await?;
    let Some(case) = clockwork::lock(&mut tx, id, now).await?.filter(|case| case.status == Status::SiapDiambil) else {
        return Ok(false);
    };
    // Moved meanwhile to a day ahead.
    let Some(missed) = case.appointment.as_ref().filter(|appointment| appointment.starts_at < before) else { return Ok(false) };
    step(&mut tx, &case, Status::TidakDiambil, &Notice::NotCollected(&missed.counter), now).await?;
    tx.commit().await?;
    Ok(true)
}

async fn step(tx: &mut crate::db::Tx, case: &Application, to: Status, notice: &Notice<'_>, now: OffsetDateTime) -> DbResult<()> {
    let step = case.status.step(to, Actor::Jam).map_err(|_| DbError::Impossible("a step that the clock does not take"))?;
    let witness = Witness { by: By::Clock, from: None };
    let fact = applications::take_step(tx, case.id, step, &witness, now).await?;
    let fact = fact.ok_or(DbError::Impossible("a case that moved while it was locked"))?;
    notice::owe(tx, case, notice, fact, now).await
}

/// Erases the scans of applications that ended 30 days ago, never before an appointment ahead. Tells how many
/// pages.
///
/// # Errors
/// [`DbError`].
pub async fn erase_scans(db: &Db, now: OffsetDateTime) -> DbResult<u64> {
    clockwork::erase_scans(&mut db.read().await?, now - limits::SCANS, now, AT_ONCE).await
}
