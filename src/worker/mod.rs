//! What happens without anybody asking: messages are handed on, cases whose time has come take their step, and
//! what is past its time is cleared away.
//! Every round is small and can be cut off anywhere.

pub mod clockwork;
pub mod messages;
mod sweep;

use std::time::Duration;

use self::messages::Outlet;
use crate::{adapters::clock::Clock, db::Db};

/// How often the clock looks for cases whose time has come.
const CLOCK_EVERY: Duration = Duration::from_mins(1);
/// How often what is past its time is cleared away.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// Works until it is dropped. Without an outlet messages wait.
pub async fn run(db: Db, clock: Clock, outlet: Option<Outlet>) {
    let deliver = async {
        if let Some(outlet) = &outlet {
            messages::deliver_for_ever(&db, &clock, outlet).await;
        }
    };
    tokio::join!(deliver, clockwork::keep_for_ever(&db, &clock, CLOCK_EVERY), sweep::sweep_for_ever(&db, &clock, SWEEP_EVERY));
}
