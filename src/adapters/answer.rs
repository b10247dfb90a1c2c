//! What came of handing a message over, to the SMS gateway or to the mail server.

use std::time::Duration;

use crate::domain::message::Cause;

/// What was said to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// They have it.
    Accepted,
    /// They will never take it.
    Refused(Cause),
    /// They may take it later; or they have it, and the answer was lost.
    Later {
        /// Why not now.
        cause: Cause,
        /// The status, where there was an answer.
        status: Option<u16>,
        /// How long they want to be left alone.
        pause: Duration,
    },
}

impl Answer {
    /// Later, whenever we like.
    #[must_use]
    pub fn later(cause: Cause, status: Option<u16>) -> Self {
        Self::Later { cause, status, pause: Duration::ZERO }
    }
}
