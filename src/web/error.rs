//! One error type at the edge. The cause is logged once, here; what people see are the error pages, which never tell it.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use time::OffsetDateTime;

use super::told;
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
    /// The same, and that page says why.
    ElsewhereBecause(String, &'static str),
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
            Self::ElsewhereBecause(to, why) => told::lead_to(&to, why),
            Self::Status(status @ StatusCode::TOO_MANY_REQUESTS) => (status, [(header::RETRY_AFTER, "60")]).into_response(),
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
pub fn of_the_code<T>(outcome: Result<T, FinishError>) -> WebResult<Result<T, CodeError>> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
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

/// Marks an answer that machines read and that is not to become a page.
#[derive(Clone, Copy, Debug)]
pub struct ForMachines;
