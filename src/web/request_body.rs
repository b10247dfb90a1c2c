//! What a request brings is taken in before anybody acts on it: a form is waited for as a whole, and an upload that was
//! refused early is read on, so that the phone sees the page and not a connection that breaks off.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{sleep, timeout};

use super::{error_pages::Typed, form, receive};
use crate::db::call::Call;

/// How much of a refused upload is read on.
const READ_ON: u64 = 100 * 1024 * 1024;
/// Bytes a second that must come, less than a bad 3G connection gives.
const SLOWEST: u32 = 16 * 1024;

/// Waits for the whole form before anybody asks who sent it: a session that ends while its form is under way, slowly, has
/// ended when the form is acted on. Reads a refused upload on. And calls the service once more when nothing went wrong but
/// that a connection to the database was out of date.
pub async fn take_in(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let is_form = form::is_form(&parts.headers);
    let body = if is_form {
        match form::gather(body).await {
            Ok(bytes) => Brought::Form(bytes),
            Err(error) => return error.into_response(),
        }
    } else {
        let files = Files(Arc::new(Mutex::new(Upload { body, is_touched: false, is_read: false })));
        parts.extensions.insert(files.clone());
        Brought::Files(files)
    };
    let expects = parts.headers.contains_key(header::EXPECT);
    if let (Brought::Form(bytes), Some(Typed(typed))) = (&body, parts.extensions.get::<Typed>()) {
        typed.set(bytes.clone()).ok();
    }
    let response = call(parts, &body, next).await;
    if let Brought::Files(files) = body {
        files.read_on(expects).await;
    }
    response
}

/// Calls the service, twice if the first time met a connection out of date and stored nothing of what was sent. At most a try
/// at a password is counted once more than it was made.
async fn call(parts: Parts, body: &Brought, next: Next) -> Response {
    let (again, call) = (next.clone(), parts.extensions.get::<Arc<Call>>().cloned());
    let second = parts.clone();
    let response = next.run(Request::from_parts(parts, body.body())).await;
    let is_outdated = call.is_some_and(|call| call.met_outdated() && !call.may_have_stored());
    if response.status().is_server_error() && is_outdated && body.is_all_there() {
        return again.run(Request::from_parts(second, body.body())).await;
    }
    response
}

enum Brought {
    Form(Bytes),
    Files(Files),
}

impl Brought {
    fn body(&self) -> Body {
        match self {
            Self::Form(bytes) => Body::from(bytes.clone()),
            Self::Files(files) => Body::new(files.clone()),
        }
    }

    /// Whether a second call finds what the first one found.
    fn is_all_there(&self) -> bool {
        match self {
            Self::Form(_) => true,
            Self::Files(files) => !files.lock().is_touched,
        }
    }
}

/// A body that is read while it arrives, and is read on when it was refused before its end. An extension of every request that
/// brings files.
#[derive(Clone)]
pub struct Files(Arc<Mutex<Upload>>);

struct Upload {
    body: Body,
    is_touched: bool,
    is_read: bool,
}

impl Files {
    fn lock(&self) -> std::sync::MutexGuard<'_, Upload> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What arrives is no upload of a browser's: it is not read on.
    pub fn break_off(&self) {
        self.lock().is_read = true;
    }

    /// Reads on to the end, and tells whether all of it has come: a file may be complete and its form not.
    pub async fn ends_well(&self) -> bool {
        timeout(receive::WHOLE, self.clone().read_to_the_end()).await.unwrap_or(false)
    }

    /// Reads what is left of a refused upload and throws it away. A client that waits to be asked for it need not send it.
    async fn read_on(self, expects: bool) {
        let Upload { is_touched, is_read, .. } = *self.lock();
        if !is_read && (is_touched || !expects) {
            self.ends_well().await;
        }
    }

    /// Reads up to a hundred megabytes, as long as they do not come too slowly: nobody holds a connection by dribbling. Tells
    /// whether that was all, and it ended well.
    async fn read_to_the_end(mut self) -> bool {
        let mut patience = std::pin::pin!(sleep(receive::SILENCE));
        let mut length = 0;
        while length < READ_ON {
            let frame = tokio::select! {
                frame = self.frame() => frame,
                () = &mut patience => return false,
            };
            let Some(Ok(frame)) = frame else { return frame.is_none() };
            let arrived = u32::try_from(frame.data_ref().map_or(0, Bytes::len)).unwrap_or(u32::MAX);
            length += u64::from(arrived);
            let later = patience.deadline() + Duration::from_secs(1) * arrived / SLOWEST;
            patience.as_mut().reset(later);
        }
        false
    }
}

impl HttpBody for Files {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut upload = self.lock();
        upload.is_touched = true;
        let frame = std::task::ready!(Pin::new(&mut upload.body).poll_frame(cx));
        // An error is an end as well.
        upload.is_read |= !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        self.lock().body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::channel::Channel;
    use tokio::time::Instant;

    use super::*;

    /// Sends pieces of so many bytes, one a second; tells whether it was read to its end, and how many seconds that took.
    async fn reading(piece: usize, pieces: usize) -> (bool, u64) {
        let (mut sender, body) = Channel::<Bytes, axum::BoxError>::new(1);
        let files = Files(Arc::new(Mutex::new(Upload { body: Body::new(body), is_touched: false, is_read: false })));
        tokio::spawn(async move {
            for _ in 0..pieces {
                sleep(Duration::from_secs(1)).await;
                if sender.send_data(vec![0; piece].into()).await.is_err() {
                    return;
                }
            }
        });
        let begun = Instant::now();
        (files.ends_well().await, begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_phone_is_read_to_the_end_and_a_dribble_is_not() {
        assert_eq!(reading(17 * 1024, 590).await, (true, 590));
        assert_eq!(reading(1, 600).await, (false, 30));
        assert_eq!(reading(8 * 1024, 600).await, (false, 59));
        assert_eq!(reading(10 * 1024 * 1024, 60).await, (false, 10), "bounded in all");
    }
}
