//! The sentence about what was just done, on the page that a form leads to. It comes sealed in a cookie that this page takes
//! away: no address makes a page say what never happened, and nobody reads it twice.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Method, StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use tower_sessions::cookie::time::Duration;

use super::{sealed_cookie::SealedCookie, state::AppState};

/// A page that takes longer to come says nothing any more.
const KEPT: Duration = Duration::minutes(1);

/// A sentence, and the page that says it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Telling {
    page: String,
    sentence: String,
}

/// What the page is to say of the form before it.
#[derive(Clone, Debug, Default)]
pub struct Told(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Told {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<Telling>().map(|telling| telling.sentence.clone())))
    }
}

/// Leads on to a page that says what was done.
pub fn lead_to(page: &str, sentence: impl Into<String>) -> Response {
    let path = page.split(['?', '#']).next().unwrap_or_default().to_owned();
    let mut response = Redirect::to(page).into_response();
    response.extensions_mut().insert(Telling { page: path, sentence: sentence.into() });
    response
}

/// Carries such sentences from an answer to the page it leads to.
pub async fn carry(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let cookie = SealedCookie::named("alpukat-kabar", &state);
    let is_looking = request.method() == Method::GET;
    let brought = if is_looking { cookie.open::<Telling>(request.headers()) } else { None };
    let brought = brought.filter(|telling| telling.page == request.uri().path());
    let is_said = brought.is_some();
    if let Some(telling) = brought {
        request.extensions_mut().insert(telling);
    }
    let mut response = next.run(request).await;
    if let Some(telling) = response.extensions_mut().remove::<Telling>() {
        cookie.give(&telling, KEPT, &mut response);
    } else if is_said && response.status() == StatusCode::OK {
        cookie.take_away(&mut response);
    }
    response
}
