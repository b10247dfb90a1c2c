//! Forms as they were sent: what was typed is kept, each field with the sentence that mends it.

use std::{fmt, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::error::WebError;
use crate::domain::ids::CodeId;
use crate::domain::typed_text;

/// No form of ours is larger; uploads have a way of their own.
const MAX_BYTES: usize = 64 * 1024;
/// How long a phone may take to send one.
const MAX_TIME: Duration = Duration::from_secs(20);

/// A sentence about one field.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The field's name and element id.
    pub field: String,
    /// What to do.
    pub sentence: String,
}

/// What was typed, and what is wrong with it.
#[derive(Clone, Default)]
pub struct Form {
    values: Vec<(String, String)>,
    problems: Vec<Problem>,
}

impl Form {
    /// A form with these values in it.
    #[must_use]
    pub fn with(values: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self { values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(), problems: Vec::new() }
    }

    /// A form that was sent like this.
    #[must_use]
    pub fn of(values: Vec<(String, String)>) -> Self {
        Self { values, problems: Vec::new() }
    }

    /// What stands in a field.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Whether a box or radio is chosen.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(known, chosen)| known == name && chosen == value)
    }

    /// The sentence about a field, if something is wrong with it.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.field == name).map(|problem| problem.sentence.as_str())
    }

    /// Every value of a field that may be sent more than once.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Everything that is wrong, in the order of the form.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether a page of a code is about the code that was asked for last: a second tab may have asked for another meanwhile.
    #[must_use]
    pub fn is_about(&self, asked: Option<CodeId>) -> bool {
        let shown = self.value("permintaan");
        shown.is_empty() || asked.is_none_or(|asked| asked.to_string() == shown)
    }

    /// Notes that something is wrong with a field; the first sentence about it stands.
    pub fn reject(&mut self, field: &str, sentence: impl Into<String>) {
        if self.error(field).is_none() {
            self.problems.push(Problem { field: field.to_owned(), sentence: sentence.into() });
        }
    }

    /// Reads a field, noting what is wrong with it.
    pub fn read<T, E>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
        words: impl FnOnce(E) -> String,
    ) -> Option<T> {
        match parse(self.value(field)) {
            Ok(value) => Some(value),
            Err(error) => {
                self.reject(field, words(error));
                None
            }
        }
    }
}

impl fmt::Debug for Form {
    /// What was typed is nobody's business in a log.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Form")
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = WebError;

    async fn from_request(request: Request, _: &S) -> Result<Self, WebError> {
        if !is_form(request.headers()) {
            return Err(WebError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        Ok(Self { values: pairs(&gather(request.into_body()).await?), problems: Vec::new() })
    }
}

/// Whether a request brings a form without files, or nothing.
pub fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("application/x-www-form-urlencoded") || kind.is_empty()
}

/// All of a form, once it has arrived.
///
/// # Errors
/// When it is too large (413), too slow (408) or breaks off (400).
pub async fn gather(body: Body) -> Result<Bytes, WebError> {
    match timeout(MAX_TIME, Limited::new(body, MAX_BYTES).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(WebError::Status(StatusCode::PAYLOAD_TOO_LARGE)),
        Ok(Err(_)) => Err(WebError::Status(StatusCode::BAD_REQUEST)),
        Err(_) => Err(WebError::Status(StatusCode::REQUEST_TIMEOUT)),
    }
}

/// The fields of a form or query, passwords too, as every page reads them ([`typed_text::clean`]).
pub fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).map(|(name, value)| (name.into_owned(), typed_text::clean(&value))).collect()
}

/// The parameters of an address.
pub fn parameters(query: Option<&str>) -> impl Iterator<Item = (String, String)> {
    pairs(query.unwrap_or_default().as_bytes()).into_iter()
}

/// A parameter of the address, unless it is empty.
pub fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let found = parameters(query).find(|(known, _)| known == name);
    found.map(|(_, value)| value).filter(|value| !value.is_empty())
}
