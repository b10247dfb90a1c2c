//! Choosing and moving the half hour in which a card is fetched.

use time::{Date, Duration, OffsetDateTime};

use super::{Citizen, MayCollide, notice};
use crate::{
    db::{
        Conn, Db, DbError, DbResult, Tx, applications, appointments, drafts, events,
        places::{self, HalfHour},
        schedule::{self, Schedule},
    },
    domain::{
        application::{Application, Appointment, Claim},
        calendar::{self, Holidays, Slot, day_of},
        event::{By, Deed, Witness},
        ids::ApplicationId,
        limits,
        region::RegionCode,
        status::{Actor, Status},
    },
    render::sms::Notice,
};

/// How many half hours are offered in place of one that is full.
const ALTERNATIVES: usize = 3;

/// Why a half hour is not given.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// There is no such application, or it can no longer be moved.
    #[error("no such application")]
    NotFound,
    /// The half hour is not offered: another counter, another day, or closed.
    #[error("not offered")]
    NotOffered,
    /// It was moved too often today.
    #[error("too often")]
    TooOften,
    /// Every place is taken; these are the nearest free ones.
    #[error("full")]
    Full(Vec<Slot>),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayCollide for SlotError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_collision())
    }
}

/// The counters that may be chosen: those of the resident's kelurahan; on a move the one it has.
#[must_use]
pub fn counters(application: &Application) -> Vec<RegionCode> {
    match &application.appointment {
        Some(appointment) if application.status != Status::Draf => vec![appointment.counter.code.clone()],
        _ => application.civil().kelurahan.counters(),
    }
}

/// The counters of an application with their calendars.
///
/// # Errors
/// [`DbError`].
pub async fn schedule(conn: &mut Conn, application: &Application, now: OffsetDateTime) -> DbResult<Schedule> {
    schedule::of_counters(conn, &counters(application), application.id, now).await
}

/// The days on which this application's card may be fetched.
#[must_use]
pub fn days(schedule: &Schedule, status: Status, now: OffsetDateTime) -> Vec<Date> {
    schedule.holidays.pickup_days(day_of(now), status.is_printed())
}

/// Whether a half hour is offered, and the nearest free ones if it is not or no longer.
pub(super) fn offered(schedule: &Schedule, status: Status, wish: HalfHour<'_>, now: OffsetDateTime) -> (bool, Vec<Slot>) {
    let days = days(schedule, status, now);
    let Some((_, calendar)) = schedule.counters.iter().find(|(counter, _)| counter.code == *wish.counter) else {
        return (false, Vec::new());
    };
    let day = day_of(wish.starts_at);
    let exists = days.contains(&day) && calendar.slots(day).iter().any(|slot| slot.starts_at == wish.starts_at);
    let mut nearest = calendar.nearest(wish.starts_at, &days, ALTERNATIVES + 1);
    nearest.retain(|slot| slot.starts_at != wish.starts_at);
    nearest.truncate(ALTERNATIVES);
    (exists, nearest)
}

/// Holds a place for a draft for 15 minutes, or moves the appointment of a sent application at once.
///
/// # Errors
/// [`SlotError`].
pub async fn choose(
    db: &Db,
    citizen: &Citizen,
    id: ApplicationId,
    wish: HalfHour<'_>,
    now: OffsetDateTime,
) -> Result<(), SlotError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let application = applications::lock_own(&mut tx, citizen.id(), id, now).await?.ok_or(SlotError::NotFound)?;
        let is_draft = application.status == Status::Draf;
        if !is_draft && !application.status.may_move() {
            return Err(SlotError::NotFound);
        }
        if !is_draft && events::moves(&mut tx, id, now - Duration::days(1)).await? >= limits::MOVES_A_DAY {
            return Err(SlotError::TooOften);
        }
        let held_until = is_draft.then(|| now + limits::HOLD);
        give(&mut tx, &application, wish, held_until, &citizen.witness(), now).await?;
        Ok(tx.commit().await?)
    })
}

/// Gives a case the half hour that somebody chose, if it is offered and has a place.
pub(super) async fn give(
    tx: &mut Tx,
    application: &Application,
    wish: HalfHour<'_>,
    held_until: Option<OffsetDateTime>,
    witness: &Witness,
    now: OffsetDateTime,
) -> Result<(), SlotError> {
    let schedule = schedule(tx, application, now).await?;
    let (exists, nearest) = offered(&schedule, application.status, wish, now);
    if !exists {
        return Err(SlotError::NotOffered);
    }
    settle(tx, application, wish, witness, now).await?;
    match places::take(tx, application.id, wish, held_until, now).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(SlotError::Full(nearest)),
        // The day was closed a moment ago.
        Err(error) if error.constraint() == Some(places::CLOSED) => Err(SlotError::NotOffered),
        Err(error) => Err(error.into()),
    }
}

/// Writes the new half hour down, and tells whoever has sent the case.
async fn settle(
    tx: &mut Tx,
    application: &Application,
    wish: HalfHour<'_>,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<()> {
    let is_there = |old: &Appointment| old.starts_at == wish.starts_at && old.claim == Claim::Firm;
    let already_there = application.appointment.as_ref().is_some_and(is_there);
    let actor = if matches!(witness.by, By::Officer(..)) { Actor::Petugas } else { Actor::Warga };
    let mut fact = None;
    if let (Status::TidakDiambil, Ok(step)) = (application.status, application.status.step(Status::SiapDiambil, actor)) {
        fact = applications::take_step(tx, application.id, step, witness, now).await?;
    } else if application.status != Status::Draf && !already_there {
        fact = Some(events::add_deed(tx, &Deed::Moved(application.id), witness, now).await?);
    }
    if let (Some(fact), Some(old)) = (fact, &application.appointment) {
        let ready = application.category.filter(|_| application.status.is_printed());
        notice::owe(tx, application, &Notice::Moved(&old.counter, wish.starts_at, ready), fact, now).await?;
    }
    drafts::set_slot(tx, application.id, wish.counter, wish.starts_at, now).await?;
    if let Some(fact) = fact {
        appointments::note(tx, application.id, fact).await?;
    }
    Ok(())
}

/// The appointment of a case, where it is firm and so near that its card can hardly be printed in time, as
/// [`calendar::too_near_before`] says.
pub(super) fn near<'a>(case: &'a Application, holidays: &Holidays, now: OffsetDateTime) -> Option<&'a Appointment> {
    let firm = case.appointment.as_ref().filter(|place| place.claim == Claim::Firm);
    firm.filter(|place| place.starts_at < calendar::too_near_before(now, holidays))
}

/// Moves a case whose card is not printed and whose appointment is near. Tells whether it moved; it stays, too,
/// while its counter has no free place.
pub(super) async fn move_if_near(
    tx: &mut Tx,
    case: &Application,
    holidays: &Holidays,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<bool> {
    let Some(near) = near(case, holidays, now) else { return Ok(false) };
    let first = calendar::day_after_late(near.starts_at, now, holidays);
    let has_moved = move_on(tx, case, first, witness, now).await?;
    if !has_moved {
        tracing::warn!(counter = %near.counter.code, case = %case.id, "no free place for a case that is late");
    }
    Ok(has_moved)
}

/// How many working days ahead a place is looked for when a case is moved by nobody's wish.
const DAYS_AHEAD: usize = 90;

/// Moves a sent case to the first free place of its counter from a day on, and tells its citizen. Tells whether there was
/// one.
pub(super) async fn move_on(
    tx: &mut Tx,
    application: &Application,
    first: Date,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<bool> {
    let schedule = schedule(tx, application, now).await?;
    let Some((counter, calendar)) = schedule.counters.first() else { return Ok(false) };
    // Before any place, as when somebody submits: otherwise the two would wait for each other.
    events::hold_chain(tx, &counter.code).await?;
    let before = first.previous_day().unwrap_or(first);
    let days = schedule.holidays.working_days_after(before).take(DAYS_AHEAD);
    for slot in days.flat_map(|day| calendar.slots(day)).filter(|slot| slot.free > 0 && slot.starts_at > now) {
        let wish = HalfHour { counter: &counter.code, starts_at: slot.starts_at };
        // Somebody may have been faster since the schedule was read.
        if places::take(tx, application.id, wish, None, now).await? {
            settle(tx, application, wish, witness, now).await?;
            return Ok(true);
        }
    }
    Ok(false)
}
