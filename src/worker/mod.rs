//! What happens without anybody asking: messages are handed on, cases whose time has come take their step, and
//! what is past its time is cleared away.
//! Every round is small and can be cut off anywhere.

pub mod clockwork;
mod messages;
mod sweep;

use std::time::Duration;

use crate::{adapters::clock::Clock, db::Db};

/// How often waiting messages are looked for.
const MESSAGES_EVERY: Duration = Duration::from_secs(2);
/// How often the clock looks for cases whose time has come.
const CLOCK_EVERY: Duration = Duration::from_mins(1);
/// How often what is past its time is cleared away.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// Works until it is dropped. Without a gateway messages go to the log, in development alone; in production
/// they wait.
pub async fn run(db: Db, clock: Clock, messages_to_log: bool) {
    let deliver = async {
        if messages_to_log {
            messages::hand_on_for_ever(&db, &clock, MESSAGES_EVERY).await;
        }
    };
    tokio::join!(deliver, clockwork::keep_for_ever(&db, &clock, CLOCK_EVERY), sweep::sweep_for_ever(&db, &clock, SWEEP_EVERY));
}
