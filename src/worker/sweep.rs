//! Clearing away what nobody needs any more.

use std::time::Duration;

use crate::{
    adapters::clock::Clock,
    db::{Db, housekeeping},
};

pub(super) async fn sweep_for_ever(db: &Db, clock: &Clock, every: Duration) {
    let mut every = tokio::time::interval(every);
    loop {
        every.tick().await;
        let swept = async { housekeeping::sweep(&mut db.read().await?, clock.now()).await };
        if let Err(error) = swept.await {
            tracing::warn!(%error, "could not clear away what is past its time; trying again later");
        }
    }
}
