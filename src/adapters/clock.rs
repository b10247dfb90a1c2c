//! The only place where the time is read.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use time::{Duration, OffsetDateTime};

/// How long something took, for the log.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since then.
    #[must_use]
    pub fn elapsed(self) -> std::time::Duration {
        self.0.elapsed()
    }

    /// Full milliseconds since then.
    #[must_use]
    pub fn milliseconds(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A beat at which an answer leaves, however long was worked on it.
#[derive(Clone, Copy, Debug)]
pub struct Beat(tokio::time::Instant);

impl Beat {
    /// Longer than anything that is hidden behind it takes.
    const LENGTH: std::time::Duration = std::time::Duration::from_millis(100);

    /// Begins now.
    #[must_use]
    pub fn begin() -> Self {
        Self(tokio::time::Instant::now())
    }

    /// Waits for the end of the beat, or of the next one.
    pub async fn end(self) {
        let mut end = self.0 + Self::LENGTH;
        while end < tokio::time::Instant::now() {
            end += Self::LENGTH;
        }
        tokio::time::sleep_until(end).await;
    }
}

/// A clock that runs, perhaps from another moment than now, or stands where a test puts it.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Running { ahead: Duration },
    Standing(Arc<Mutex<OffsetDateTime>>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::Running { ahead: Duration::ZERO })
    }

    /// A clock that shows `moment` now and runs on.
    #[must_use]
    pub fn running_from(moment: OffsetDateTime) -> Self {
        Self(Kind::Running { ahead: moment - OffsetDateTime::now_utc() })
    }

    /// A clock that stands still until it is set; its copies stand and move with it.
    #[must_use]
    pub fn standing_at(moment: OffsetDateTime) -> Self {
        Self(Kind::Standing(Arc::new(Mutex::new(moment))))
    }

    /// The time, to the microsecond, as PostgreSQL keeps it.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        let now = match &self.0 {
            Kind::Running { ahead } => OffsetDateTime::now_utc() + *ahead,
            Kind::Standing(moment) => *moment.lock().unwrap_or_else(PoisonError::into_inner),
        };
        now.replace_microsecond(now.microsecond()).unwrap_or(now)
    }

    /// Puts a standing clock elsewhere; a running one goes on.
    pub fn set(&self, to: OffsetDateTime) {
        if let Kind::Standing(moment) = &self.0 {
            *moment.lock().unwrap_or_else(PoisonError::into_inner) = to;
        }
    }

    /// Moves a standing clock on.
    pub fn advance(&self, by: Duration) {
        self.set(self.now() + by);
    }
}
