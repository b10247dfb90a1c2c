//! Handing messages on. Without a gateway each becomes a line of the log.

use std::time::Duration;

use crate::{
    adapters::clock::Clock,
    db::{Db, DbResult, messages},
};

/// Messages of one round.
const AT_ONCE: i64 = 100;

pub(super) async fn hand_on_for_ever(db: &Db, clock: &Clock, every: Duration) {
    let mut every = tokio::time::interval(every);
    loop {
        every.tick().await;
        if let Err(error) = hand_on(db, clock).await {
            tracing::warn!(%error, "could not hand messages on; trying again later");
        }
    }
}

async fn hand_on(db: &Db, clock: &Clock) -> DbResult<()> {
    let mut tx = db.begin().await?;
    let waiting = messages::take_waiting(&mut tx, AT_ONCE, clock.now()).await?;
    tx.commit().await?;
    for sms in waiting {
        tracing::info!("sms ke={} teks=\"{}\"", sms.phone.logged(), sms.text);
    }
    Ok(())
}
