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
use tokio::time::timeout;

use super::{error_pages::Typed, form, receive};
use crate::db::call::Call;

/// How much of a refused upload is read on.
const READ_ON: u64 = 100 * 1024 * 1024;
/// How long that may take in all: about as long as the upload itself might have taken.
const READ_ON_FOR: Duration = Duration::from_mins(10);

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

/// Calls the service, twice if the first time met a connection out of date and left nothing behind.
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
        let mut files = self.clone();
        let reading = async {
            let mut length = 0;
            while length < READ_ON {
                match files.frame().await {
                    Some(Ok(frame)) => length += frame.data_ref().map_or(0, |data| data.len() as u64),
                    end => return end.is_none(),
                }
            }
            false
        };
        timeout(receive::SILENCE, reading).await.unwrap_or(false)
    }

    /// Reads what is left and throws it away. A client that waits to be asked for it need not send it.
    async fn read_on(mut self, expects: bool) {
        let Upload { is_touched, is_read, .. } = *self.lock();
        if is_read || expects && !is_touched {
            return;
        }
        let reading = async {
            let mut length = 0;
            while length < READ_ON {
                let Ok(Some(Ok(frame))) = timeout(receive::SILENCE, self.frame()).await else { break };
                length += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
        };
        timeout(READ_ON_FOR, reading).await.ok();
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
