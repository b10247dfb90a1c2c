//! One call of the service as the database sees it: how long it may still wait, whether it may have stored something, and
//! whether it met a connection that had become out of date.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

tokio::task_local! {
    static CALL: Arc<Call>;
}

/// How long whoever makes no call, such as a worker or a command, waits for one answer of the database. The server itself
/// gives a statement up earlier; this ends the waiting for a server that says nothing at all.
const PATIENCE_ELSEWHERE: Duration = Duration::from_mins(1);

/// Time that has passed since some moment.
type Elapsed = dyn Fn() -> Duration + Send + Sync;

/// A call. What runs within it shares its patience.
pub struct Call {
    patience: Duration,
    elapsed: Box<Elapsed>,
    /// Microseconds that were spent waiting.
    waited: AtomicU64,
    may_have_stored: AtomicBool,
    met_outdated: AtomicBool,
}

impl Call {
    /// A call that may wait so long for the database, all its waiting together; `elapsed` runs.
    pub fn new(patience: Duration, elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            patience,
            elapsed: Box::new(elapsed),
            waited: AtomicU64::default(),
            may_have_stored: AtomicBool::default(),
            met_outdated: AtomicBool::default(),
        })
    }

    /// Runs a future within this call. What it spawns is not within it.
    pub async fn run<T>(self: Arc<Self>, future: impl Future<Output = T>) -> T {
        CALL.scope(self, future).await
    }

    /// Whether something that somebody sent was stored, or was about to be when the database fell silent.
    #[must_use]
    pub fn may_have_stored(&self) -> bool {
        self.may_have_stored.load(Ordering::Relaxed)
    }

    /// Whether a statement failed only because its connection was out of date. By then a new one is at hand.
    #[must_use]
    pub fn met_outdated(&self) -> bool {
        self.met_outdated.load(Ordering::Relaxed)
    }

    fn left(&self) -> Duration {
        self.patience.saturating_sub(Duration::from_micros(self.waited.load(Ordering::Relaxed)))
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Call")
    }
}

/// Notes that from here on something may be stored.
pub(super) fn may_store() {
    CALL.try_with(|call| call.may_have_stored.store(true, Ordering::Relaxed)).ok();
}

/// Notes that a connection was out of date.
pub(super) fn met_outdated() {
    CALL.try_with(|call| call.met_outdated.store(true, Ordering::Relaxed)).ok();
}

/// Some waiting for the database, counted from here until it is dropped.
pub(super) struct Waiting {
    call: Option<(Arc<Call>, Duration)>,
}

impl Waiting {
    pub(super) fn begin() -> Self {
        let call = CALL.try_with(Arc::clone).ok();
        Self { call: call.map(|call| (Arc::clone(&call), (call.elapsed)())) }
    }

    /// How long it may last.
    pub(super) fn limit(&self) -> Duration {
        self.call.as_ref().map_or(PATIENCE_ELSEWHERE, |(call, _)| call.left())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((call, begun)) = &self.call {
            let spent = (call.elapsed)().saturating_sub(*begun);
            call.waited.fetch_add(u64::try_from(spent.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }
}

/// Waits for the database as long as the call may.
pub(super) async fn wait<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let waiting = Waiting::begin();
    tokio::time::timeout(waiting.limit(), answer).await.unwrap_or_else(|_| Err(silent()))
}

/// The database has not answered in time.
pub(super) fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the database does not answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_waiting_of_a_call_comes_out_of_one_patience() {
        let begun = tokio::time::Instant::now();
        let call = Call::new(Duration::from_secs(10), move || begun.elapsed());
        let seconds = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
        let answer = |takes| async move {
            seconds(takes).await;
            Ok(())
        };
        Arc::clone(&call)
            .run(async {
                wait(answer(6)).await.unwrap();
                // Other work takes nothing of it.
                seconds(60).await;
                wait(answer(3)).await.unwrap();
                let from = begun.elapsed();
                assert!(wait(answer(3)).await.is_err());
                assert_eq!(begun.elapsed(), from + Duration::from_secs(1));
                assert!(wait(answer(1)).await.is_err());
            })
            .await;
        assert!(!call.may_have_stored());
    }
}
