//! What the clock does to cases: each is one fact, and whatever cuts it off leaves the rest for the next round.

use time::{Duration, OffsetDateTime, Time};

use super::{appointment, notice};
use crate::{
    db::{
        Conn, Db, DbError, DbResult, applications,
        clockwork::{self, Seen},
        events, places, schedule,
    },
    domain::{
        application::Application,
        calendar::{self, Holidays, day_of, moment},
        event::{By, Deed, Witness},
        ids::ApplicationId,
        limits,
        status::{Actor, Status},
    },
    render::sms::Notice,
};

/// Scans that are erased together.
const AT_ONCE: i64 = 50;

/// Does a deed with every case that is due, a few at a time. One that fails is told in the log and passed over until the next
/// round; a database that is away ends the round. Tells how many were done.
macro_rules! with_each {
    ($db:expr, $due:expr, $deed:expr) => {{
        let (mut seen, mut done) = ($crate::db::clockwork::Seen::default(), 0);
        loop {
            let due: Vec<ApplicationId> = $due(&mut $db.read().await?, &seen).await?;
            if due.is_empty() {
                break Ok(done);
            }
            for id in due {
                seen.add(id);
                match until_undisturbed!($deed(id)) {
                    Ok(is_done) => done += usize::from(is_done),
                    Err(error) if error.is_passing() => return Err(error),
                    Err(error) => tracing::error!(%error, case = %id, "the clock cannot do anything with a case"),
                }
            }
        }
    }};
}
pub(super) use with_each;

/// Ends returns that were not mended by the end of the seventh day, and frees their places. Tells how many.
///
/// # Errors
/// [`DbError`].
pub async fn expire_returns(db: &Db, now: OffsetDateTime) -> DbResult<usize> {
    let before = moment(day_of(now - Duration::days(limits::MENDING_DAYS)), Time::MIDNIGHT);
    with_each!(db, async |conn: &mut Conn, seen: &Seen| clockwork::unmended(conn, before, seen).await, async |id| expire(
        db, id, before, now
    )
    .await)
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
    with_each!(db, async |conn: &mut Conn, seen: &Seen| clockwork::uncollected(conn, before, seen).await, async |id| miss(
        db, id, before, now
    )
    .await)
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

/// Moves cases whose card is not printed and whose appointment is near; one that waits for its citizen gives its place
/// up. Tells how many.
///
/// # Errors
/// [`DbError`].
pub async fn move_late(db: &Db, now: OffsetDateTime) -> DbResult<usize> {
    let holidays = schedule::holidays(&mut db.read().await?).await?;
    let before = calendar::too_near_before(now, &holidays);
    with_each!(db, async |conn: &mut Conn, seen: &Seen| clockwork::too_early(conn, before, seen).await, async |id| move_one(
        db, id, &holidays, now
    )
    .await)
}

async fn move_one(db: &Db, id: ApplicationId, holidays: &Holidays, now: OffsetDateTime) -> DbResult<bool> {
    let mut tx = db.begin().await?;
    let is_unprinted = |case: &Application| case.status.is_open() && !case.status.is_printed();
    let Some(case) = clockwork::lock(&mut tx, id, now).await?.filter(is_unprinted) else { return Ok(false) };
    if appointment::near(&case, holidays, now).is_none() {
        return Ok(false);
    }
    let witness = Witness { by: By::Clock, from: None };
    if case.status == Status::PerluPerbaikan {
        places::free(&mut tx, id).await?;
        events::add_deed(&mut tx, &Deed::PlaceGivenUp(id), &witness, now).await?;
    } else if !appointment::move_if_near(&mut tx, &case, holidays, &witness, now).await? {
        return Ok(false);
    }
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
