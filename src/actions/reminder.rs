//! Reminding: the day before the appointment, and once more when a card has lain at the counter for a week.

use time::{Duration, OffsetDateTime, Time};

use super::{clockwork::with_each, notice};
use crate::{
    db::{
        Conn, Db, DbResult,
        clockwork::{self, Seen},
    },
    domain::{
        application::Application,
        calendar::{WIB, day_of, moment},
        ids::{ApplicationId, FactId},
        limits,
        status::Status,
    },
    render::sms::Notice,
};

/// Reminds whoever is to come tomorrow, and whoever did not come for a week, at a decent hour. Tells how many.
///
/// # Errors
/// [`crate::db::DbError`].
pub async fn remind(db: &Db, now: OffsetDateTime) -> DbResult<usize> {
    if !limits::REMINDING.contains(&now.to_offset(WIB).hour()) {
        return Ok(0);
    }
    let today = moment(day_of(now), Time::MIDNIGHT);
    let tomorrow = today + Duration::days(1);
    let end = tomorrow + Duration::days(1);
    let deed = async |id| remind_of(db, id, tomorrow, now).await;
    let of_tomorrow: DbResult<usize> =
        with_each!(db, async |conn: &mut Conn, seen: &Seen| clockwork::to_remind(conn, tomorrow, end, today, seen).await, deed);
    let left_there: DbResult<usize> = with_each!(
        db,
        async |conn: &mut Conn, seen: &Seen| clockwork::still_there(conn, now - limits::STILL_THERE, seen).await,
        deed
    );
    Ok(of_tomorrow? + left_there?)
}

async fn remind_of(db: &Db, id: ApplicationId, tomorrow: OffsetDateTime, now: OffsetDateTime) -> DbResult<bool> {
    let mut tx = db.begin().await?;
    let Some(case) = clockwork::lock(&mut tx, id, now).await? else { return Ok(false) };
    let Some((notice, fact)) = due(&case, tomorrow) else { return Ok(false) };
    notice::owe(&mut tx, &case, &notice, fact, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// What is still to be said, now that nobody else can change the case: it may have been handed over or moved meanwhile.
fn due(case: &Application, tomorrow: OffsetDateTime) -> Option<(Notice<'_>, FactId)> {
    let place = case.appointment.as_ref()?;
    match case.status {
        Status::SiapDiambil if (tomorrow..tomorrow + Duration::days(1)).contains(&place.starts_at) => {
            let notice = Notice::Reminder(&place.counter, place.starts_at, case.category?);
            Some((notice, FactId::of_appointment(case.id, place.starts_at)))
        }
        Status::TidakDiambil => Some((Notice::StillThere(&place.counter), case.history.last()?.fact)),
        _ => None,
    }
}
