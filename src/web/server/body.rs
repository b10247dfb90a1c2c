//! What comes in and goes out over a connection: a request's body that tells when it is not whole, and an answer's body that
//! keeps the connection marked as at work.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::AtWork;

/// A request's body that ends well only when as many bytes have come as its head promised: half a form must not be acted on.
/// Of one that is sent in chunks, hyper itself tells an end from a connection that has gone (from version 1.12 on).
pub(super) struct Promised<B> {
    body: B,
    /// How many bytes are still to come, where the head says so.
    left: Option<u64>,
}

impl<B: HttpBody> Promised<B> {
    pub(super) fn of(body: B) -> Self {
        Self { left: body.size_hint().exact(), body }
    }
}

impl<B> HttpBody for Promised<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            let length = frame.data_ref().map_or(0, |data| u64::try_from(data.len()).unwrap_or(u64::MAX));
            self.left = self.left.map(|left| left.saturating_sub(length));
        }
        Poll::Ready(match frame {
            None if self.left.is_some_and(|left| left > 0) => {
                Some(Err(axum::Error::new("the client left before the end of the body")))
            }
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

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    /// Promises so many bytes, and gives these.
    struct Given(u64, Vec<&'static [u8]>);

    impl HttpBody for Given {
        type Data = Bytes;
        type Error = axum::BoxError;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
            let piece = (!self.1.is_empty()).then(|| self.1.remove(0));
            Poll::Ready(piece.map(|piece| Ok(Frame::data(Bytes::from_static(piece)))))
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.0)
        }
    }

    #[tokio::test]
    async fn a_body_that_is_shorter_than_promised_ends_badly() {
        for (promised, given, is_whole) in
            [(8, vec![&b"abcd"[..], b"efgh"], true), (0, vec![], true), (8, vec![b"abcd"], false), (1, vec![], false)]
        {
            let read = Promised::of(Given(promised, given.clone())).collect().await;
            assert_eq!(read.is_ok(), is_whole, "{given:?} of {promised}");
        }
    }
}
