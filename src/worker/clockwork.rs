//! The clock's rounds: returns that ran out, cards that nobody fetched, appointments before the card is there, scans past
//! their time.

use std::time::Duration;

use time::OffsetDateTime;

use crate::{
    actions::{clockwork, reminder},
    adapters::clock::Clock,
    db::{Db, DbResult},
};

pub(super) async fn keep_for_ever(db: &Db, clock: &Clock, every: Duration) {
    let mut every = tokio::time::interval(every);
    loop {
        every.tick().await;
        if let Err(error) = keep(db, clock.now()).await {
            tracing::warn!(%error, "the clock could not finish its round; trying again later");
        }
    }
}

/// One round: everything that is due at this moment.
///
/// # Errors
/// [`crate::db::DbError`]; what was done by then stays done.
pub async fn keep(db: &Db, now: OffsetDateTime) -> DbResult<()> {
    clockwork::expire_returns(db, now).await?;
    clockwork::mark_uncollected(db, now).await?;
    clockwork::move_late(db, now).await?;
    reminder::remind(db, now).await?;
    while clockwork::erase_scans(db, now).await? > 0 {}
    Ok(())
}
