//! What happens without anybody asking: messages are handed on, cases whose time has come take their step, and
//! what is past its time is cleared away.
//! Every round is small and can be cut off anywhere.

pub mod clockwork;
pub mod messages;
mod sweep;

use std::time::Duration;

use tokio::{sync::watch, time::timeout};

use self::messages::Outlet;
use crate::{adapters::clock::Clock, db::Db};

/// How often the clock looks for cases whose time has come.
const CLOCK_EVERY: Duration = Duration::from_mins(1);
/// How often what is past its time is cleared away.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// How long a stop waits for messages in hand: a gateway that does not answer is given up a little earlier.
const FINISH: Duration = Duration::from_secs(12);

/// Tells a loop that it should end.
#[derive(Clone, Debug)]
struct Stop(watch::Receiver<bool>);

impl Stop {
    fn is_near(&self) -> bool {
        *self.0.borrow()
    }

    async fn near(&mut self) {
        // Whoever could say so is gone: then it is time as well.
        self.0.wait_for(|near| *near).await.ok();
    }
}

/// Works until `stop` is ready; messages that are in hand then are finished, so that none is handed on a second time. Without an
/// outlet for their channel messages wait.
pub async fn run(db: Db, clock: Clock, outlets: impl IntoIterator<Item = Outlet>, stop: impl Future<Output = ()>) {
    let (says, stopping) = watch::channel(false);
    let deliver = messages::deliver_until(&db, &clock, outlets.into_iter().collect(), Stop(stopping));
    let rounds = async {
        tokio::join!(clockwork::keep_for_ever(&db, &clock, CLOCK_EVERY), sweep::sweep_for_ever(&db, &clock, SWEEP_EVERY));
    };
    let (mut deliver, mut rounds, mut stop) = (Box::pin(deliver), Box::pin(rounds), std::pin::pin!(stop));
    let mut delivers = true;
    loop {
        tokio::select! {
            () = &mut deliver, if delivers => delivers = false,
            () = &mut rounds => {}
            () = &mut stop => break,
        }
    }
    // A round in the middle of something is undone at once: it would hold its locks while nobody works on it.
    drop(rounds);
    says.send_replace(true);
    if delivers && timeout(FINISH, deliver).await.is_err() {
        tracing::warn!("messages were still in hand at the stop; they go on when their lease is over");
    }
}
