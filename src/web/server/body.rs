//! What comes in and goes out over a connection: a request's body that tells when it is not whole, and an answer's body that
//! keeps the connection marked as at work.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};

use super::AtWork;

/// Whether a connection has ended.
#[derive(Clone, Default)]
pub(super) struct Gone(Arc<AtomicBool>);

/// Says so when it is dropped.
pub(super) struct TellGone(Gone);

impl Gone {
    pub(super) fn on_drop(&self) -> TellGone {
        TellGone(self.clone())
    }
}

impl Drop for TellGone {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
    }
}

/// A request's body that ends well only when all of it has come. Hyper's own ends as if all were well when its connection is
/// dropped; half a form must not be acted on.
pub(super) struct IncomingWhole {
    body: Incoming,
    /// How many bytes are still to come; unknown of one that is sent in chunks.
    left: Option<u64>,
    gone: Gone,
}

impl IncomingWhole {
    pub(super) fn of(body: Incoming, gone: Gone) -> Self {
        Self { left: body.size_hint().exact(), body, gone }
    }

    /// Whether this end is the end of the body. That of one in chunks cannot be told from a connection's end, once that has
    /// come.
    fn is_whole(&self) -> bool {
        self.left.map_or_else(|| !self.gone.0.load(Ordering::Acquire), |left| left == 0)
    }
}

impl HttpBody for IncomingWhole {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            let length = frame.data_ref().map_or(0, |data| u64::try_from(data.len()).unwrap_or(u64::MAX));
            self.left = self.left.map(|left| left.saturating_sub(length));
        }
        Poll::Ready(match frame {
            None if !self.is_whole() => Some(Err(axum::Error::new("the client left before the end of the body"))),
            frame => frame.map(|frame| frame.map_err(axum::Error::new)),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body, which keeps the mark of a request in flight as long as it is being sent.
pub(super) struct AtWorkBody {
    body: Body,
    _at_work: Option<AtWork>,
}

impl AtWorkBody {
    pub(super) fn of(body: Body, at_work: Option<AtWork>) -> Self {
        Self { body, _at_work: at_work }
    }
}

impl HttpBody for AtWorkBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
