//! One error type at the edge. A single layer turns whatever went wrong into a page that says what
//! to do next, never the cause; the cause is logged once, here.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use time::OffsetDateTime;

use super::{middleware::RequestId, officer::DeskShell, paths, shell::Shell};
use crate::{
    actions::{ProofError, codes::FinishError},
    db::DbError,
    domain::code::CodeError,
    render::receipt::ReceiptError,
};

/// Why a handler has no page.
#[derive(Debug)]
pub enum WebError {
    /// There is nothing, or nothing that this reader may see.
    NotFound,
    /// Somewhere else is the place to be.
    Elsewhere(String),
    /// A refusal that the status alone explains.
    Status(StatusCode),
    /// The database.
    Db(DbError),
    /// The disk has no room for an upload, or is closed.
    Disk(std::io::Error),
    /// Something of ours is broken.
    Broken(anyhow::Error),
}

/// What a handler answers.
pub type WebResult<T = Response> = Result<T, WebError>;

impl From<DbError> for WebError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<ProofError> for WebError {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Db(error) => Self::Db(error),
            ProofError::Hashing(error) => Self::Broken(error.into()),
            ProofError::Wrong => Self::Status(StatusCode::UNPROCESSABLE_ENTITY),
            ProofError::TooMany(_) | ProofError::TooManyCodes(_) => Self::Status(StatusCode::TOO_MANY_REQUESTS),
        }
    }
}

impl From<std::io::Error> for WebError {
    fn from(error: std::io::Error) -> Self {
        Self::Broken(error.into())
    }
}

impl From<ReceiptError> for WebError {
    fn from(error: ReceiptError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<tower_sessions::session::Error> for WebError {
    fn from(error: tower_sessions::session::Error) -> Self {
        match error {
            tower_sessions::session::Error::Store(_) => Self::Status(StatusCode::SERVICE_UNAVAILABLE),
            other @ tower_sessions::session::Error::SerdeJson(_) => Self::Broken(other.into()),
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
            Self::Elsewhere(to) => Redirect::to(&to).into_response(),
            Self::Status(status) => status.into_response(),
            Self::Db(error) if error.is_passing() => {
                tracing::warn!(%error, "the database is away or busy");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
            Self::Db(error) => {
                tracing::error!(%error, "the database refused");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
            Self::Disk(error) => {
                tracing::error!(%error, "an upload cannot be kept on disk");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
            Self::Broken(error) => {
                tracing::error!(error = format!("{error:#}"), "a request failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// What a code came to: what is wrong with the code itself belongs on its page, all else on an error page.
pub fn of_the_code(outcome: Result<(), FinishError>) -> WebResult<Result<(), CodeError>> {
    match outcome {
        Ok(()) => Ok(Ok(())),
        Err(FinishError::Code(error)) => Ok(Err(error)),
        Err(FinishError::Db(error)) => Err(error.into()),
        Err(FinishError::Hashing(error)) => Err(WebError::Broken(error.into())),
    }
}

/// A limit on wrong answers was reached: the page with its form, 429, and when to come back.
pub fn too_many(page: impl IntoResponse, next: OffsetDateTime, now: OffsetDateTime) -> Response {
    let seconds = (next - now).whole_seconds().max(0) + 1;
    let mut response = (StatusCode::TOO_MANY_REQUESTS, page).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

#[derive(Template, WebTemplate)]
#[template(path = "error/page.html")]
struct ErrorPage {
    shell: Shell,
    status: u16,
    request_id: String,
}

/// Gives every refusal without a page of its own one in our layout.
pub async fn dress(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let session = request.extensions().get::<tower_sessions::Session>().cloned();
    let response = next.run(request).await;
    if is_dressed(&response) {
        return response;
    }
    let status = response.status();
    // Asking for the session costs a statement, which a broken database would not answer.
    let shell = match session {
        Some(session) if status.is_client_error() => Shell::of(&session).await.unwrap_or_default(),
        _ => Shell::default(),
    };
    let page = ErrorPage { shell, status: status.as_u16(), request_id: id.to_string() };
    with_headers_of(&response, (status, page).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "error/desk.html")]
struct DeskErrorPage {
    shell: DeskShell,
    status: u16,
    request_id: String,
}

/// The same in the layout of the desk, alike for whoever asks.
pub async fn dress_desk(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    if is_dressed(&response) {
        return response;
    }
    let status = response.status();
    let page = DeskErrorPage { shell: DeskShell::default(), status: status.as_u16(), request_id: id.to_string() };
    with_headers_of(&response, (status, page).into_response())
}

fn is_dressed(response: &Response) -> bool {
    let status = response.status();
    let has_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let for_machines = response.extensions().get::<ForMachines>().is_some();
    has_page || for_machines || !(status.is_client_error() || status.is_server_error())
}

fn with_headers_of(bare: &Response, mut dressed: Response) -> Response {
    for name in [header::ALLOW, header::RETRY_AFTER, header::CONNECTION] {
        if let Some(value) = bare.headers().get(&name) {
            dressed.headers_mut().insert(name, value.clone());
        }
    }
    if dressed.status() == StatusCode::SERVICE_UNAVAILABLE {
        dressed.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    }
    dressed
}

/// Marks an answer that machines read and that is not to become a page.
#[derive(Clone, Copy, Debug)]
pub struct ForMachines;
