//! Closing a day of a counter: its bookings move to the next free places, in one act.

use time::{Date, Duration, OffsetDateTime, Time};

use super::{MayCollide, OnDuty, appointment};
use crate::{
    db::{
        Conn, Db, DbError, DbResult, applications,
        days::{self, Stretch},
        events, schedule,
    },
    domain::{
        calendar::{Holidays, day_of, moment},
        event::Deed,
        ids::ApplicationId,
        region::RegionCode,
    },
};

/// Why a day is not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// Whoever asks serves at no counter, or the day is over.
    #[error("no such day")]
    NotFound,
    /// It is closed already, for this reason.
    #[error("closed already")]
    Already(String),
    /// Other bookings than were shown: so many there are now.
    #[error("other bookings")]
    Changed(usize),
    /// Within the days that are looked at there are not enough free places.
    #[error("no place")]
    NoPlace,
    /// Somebody booked while the day was being closed.
    #[error("disturbed")]
    Disturbed,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayCollide for CloseError {
    fn is_collision(&self) -> bool {
        match self {
            Self::Disturbed => true,
            Self::Db(error) => error.is_collision(),
            _ => false,
        }
    }
}

/// A day in Jakarta, at a counter.
#[must_use]
pub fn whole(counter: &RegionCode, day: Date) -> Stretch<'_> {
    let from = moment(day, Time::MIDNIGHT);
    Stretch { counter, from, to: from + Duration::days(1) }
}

/// Whether a day can be closed: a working day from today to the last that is offered to anybody today.
#[must_use]
pub fn may_be_closed(day: Date, holidays: &Holidays, now: OffsetDateTime) -> bool {
    let today = day_of(now);
    let last = holidays.pickup_days(today, true).last().copied();
    holidays.is_working_day(day) && day >= today && last.is_some_and(|last| day <= last)
}

/// Opens a day again that was closed. Whoever was moved stays where they are. Tells whether it was closed.
///
/// # Errors
/// [`CloseError`].
pub async fn open(db: &Db, by: &OnDuty, day: Date, now: OffsetDateTime) -> Result<bool, CloseError> {
    let counter = &by.officer.workplace().ok_or(CloseError::NotFound)?.code;
    if day < day_of(now) {
        return Err(CloseError::NotFound);
    }
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        events::hold_chain(&mut tx, counter).await?;
        let was_closed = days::open(&mut tx, counter, day).await?;
        if was_closed {
            events::add_deed(&mut tx, &Deed::DayOpened(day), &by.witness(), now).await?;
        }
        tx.commit().await?;
        Ok(was_closed)
    })
}

/// How many bookings would move.
///
/// # Errors
/// [`DbError`].
pub async fn booked(conn: &mut Conn, counter: &RegionCode, day: Date) -> DbResult<usize> {
    Ok(days::booked(conn, whole(counter, day)).await?.len())
}

/// Closes a day, if it has as many bookings as were shown. Gives how many moved.
///
/// # Errors
/// [`CloseError`].
pub async fn close(
    db: &Db,
    by: &OnDuty,
    day: Date,
    reason: &str,
    shown: usize,
    now: OffsetDateTime,
) -> Result<usize, CloseError> {
    let counter = &by.officer.workplace().ok_or(CloseError::NotFound)?.code;
    let holidays = schedule::holidays(&mut db.read().await?).await?;
    if !may_be_closed(day, &holidays, now) {
        return Err(CloseError::NotFound);
    }
    let stretch = whole(counter, day);
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let ids = days::booked(&mut tx, stretch).await?;
        // Cases first, in an order, then the chain, then the counter: as everywhere.
        let mut ordered: Vec<ApplicationId> = ids.clone();
        ordered.sort_unstable();
        let mut cases = std::collections::HashMap::new();
        for id in ordered {
            let case = applications::lock_in_scope(&mut tx, &by.officer.scope(), id, now).await?;
            cases.insert(id, case.ok_or(CloseError::Disturbed)?);
        }
        events::hold_chain(&mut tx, counter).await?;
        days::lock_counter(&mut tx, counter).await?;
        if days::booked(&mut tx, stretch).await? != ids {
            return Err(CloseError::Disturbed);
        }
        if let Some(reason) = days::closed_for(&mut tx, counter, day).await? {
            return Err(CloseError::Already(reason));
        }
        days::close(&mut tx, stretch, day, reason).await?;
        if ids.len() != shown {
            return Err(CloseError::Changed(ids.len()));
        }
        events::add_deed_with(&mut tx, &Deed::DayClosed(day), Some(reason), &by.witness(), now).await?;
        let first = holidays.working_days_after(day).next().ok_or(CloseError::NoPlace)?;
        for case in ids.iter().filter_map(|id| cases.get(id)) {
            if !appointment::move_on(&mut tx, case, first, &by.witness(), now).await? {
                return Err(CloseError::NoPlace);
            }
        }
        tx.commit().await?;
        Ok(ids.len())
    })
}
