//! Seats in a half hour: taking, keeping and freeing them.

use time::OffsetDateTime;

use super::{DbResult, Tx};
use crate::domain::{ids::ApplicationId, region::RegionCode};

/// A half hour at a counter.
#[derive(Clone, Copy, Debug)]
pub struct HalfHour<'a> {
    /// The counter.
    pub counter: &'a RegionCode,
    /// When it begins.
    pub starts_at: OffsetDateTime,
}

/// Refuses a place on a day on which the counter is closed.
pub const CLOSED: &str = "places_on_open_days";

/// Takes a seat for an application, or keeps the one it has there, and frees the one it had
/// elsewhere: until `held_until`, or firmly. Tells whether there was one.
///
/// The free seat is looked for in what this statement sees, so that nobody waits for a seat that
/// somebody else is leaving; who loses the race for a seat looks again.
///
/// # Errors
/// [`super::DbError`].
pub async fn take(
    tx: &mut Tx,
    application: ApplicationId,
    wish: HalfHour<'_>,
    held_until: Option<OffsetDateTime>,
    now: OffsetDateTime,
) -> DbResult<bool> {
    let counter = wish.counter.as_str();
    let kept = sqlx::query!(
        "update places set held_until = $4 where application_id = $1 and counter_code = $2 and starts_at = $3",
        application.uuid(),
        counter,
        wish.starts_at,
        held_until,
    );
    if kept.execute(tx.pg()).await?.rows_affected() == 1 {
        return Ok(true);
    }
    loop {
        let taken = sqlx::query_scalar!(
            r#"with free as (
                   select s.seat::smallint as seat from generate_series(1, (select places from counters where code = $1)) as s (seat)
                   where not exists (select from places p where p.counter_code = $1 and p.starts_at = $2 and p.seat = s.seat
                                     and (p.held_until is null or p.held_until > $5))
                   order by s.seat limit 1),
               won as (
                   insert into places (counter_code, starts_at, seat, application_id, held_until)
                   select $1, $2, seat, $3, $4 from free
                   on conflict (counter_code, starts_at, seat) do update
                       set application_id = excluded.application_id, held_until = excluded.held_until
                       where places.held_until <= $5
                   returning seat)
               select case when not exists (select from free) then 'full' when exists (select from won) then 'won' else 'lost' end as "outcome!""#,
            counter,
            wish.starts_at,
            application.uuid(),
            held_until,
            now,
        );
        match taken.fetch_one(tx.pg()).await?.as_str() {
            "won" => break,
            "full" => return Ok(false),
            _ => {}
        }
    }
    sqlx::query!(
        "delete from places where application_id = $1 and (counter_code, starts_at) <> ($2, $3)",
        application.uuid(),
        counter,
        wish.starts_at,
    )
    .execute(tx.pg())
    .await?;
    Ok(true)
}

/// Keeps the place of an application until then; if nobody keeps it for longer, it is free by itself.
///
/// # Errors
/// [`super::DbError`].
pub async fn hold(tx: &mut Tx, application: ApplicationId, until: OffsetDateTime) -> DbResult<()> {
    sqlx::query!("update places set held_until = $2 where application_id = $1", application.uuid(), until)
        .execute(tx.pg())
        .await?;
    Ok(())
}

/// Confirms the place that an application still has. Tells whether it has one.
///
/// # Errors
/// [`super::DbError`].
pub async fn confirm(tx: &mut Tx, application: ApplicationId) -> DbResult<bool> {
    let kept = sqlx::query!("update places set held_until = null where application_id = $1", application.uuid());
    Ok(kept.execute(tx.pg()).await?.rows_affected() == 1)
}

/// Frees whatever place an application has.
///
/// # Errors
/// [`super::DbError`].
pub async fn free(tx: &mut Tx, application: ApplicationId) -> DbResult<()> {
    sqlx::query!("delete from places where application_id = $1", application.uuid()).execute(tx.pg()).await?;
    Ok(())
}
