//! HTTP only: by audience, with paths, forms, page context, errors and middleware. Reads call db,
//! changes call actions.

mod after_login;
mod assets;
mod citizen;
mod error;
mod error_pages;
mod file_name;
mod form;
pub mod metrics;
mod middleware;
mod officer;
pub mod paths;
mod picture;
mod public;
mod receive;
mod request_body;
mod sealed_cookie;
pub mod server;
mod shell;
pub mod state;
mod told;
mod unsent;

use std::sync::Arc;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
};
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer};
use tower_sessions::{
    Expiry, SessionManagerLayer,
    cookie::{Key, SameSite},
    service::PrivateCookie,
};

use self::{error::WebError, state::AppState};
use crate::db::sessions::{Audience, Sessions};

/// The whole service. Citizens and officers have a cookie each, and neither opens the other's pages.
pub fn router(state: AppState) -> Router {
    let desk = officer::router()
        .layer(CsrfLayer::new())
        .layer(from_fn(middleware::says_where_from))
        .layer(from_fn(request_body::take_in))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(error_pages::mark_answered))
        .layer(sessions(&state, Audience::Petugas))
        .layer(from_fn_with_state(state.clone(), unsent::keep))
        .layer(from_fn(error_pages::at_the_desk));
    Router::new()
        .merge(public::router())
        .merge(citizen::router())
        .merge(assets::router())
        // Named, so that it stays the one that answers for addresses of nobody when the desk joins.
        .fallback(|| async { WebError::NotFound })
        .layer(CsrfLayer::new())
        .layer(from_fn(middleware::says_where_from))
        .layer(from_fn(request_body::take_in))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(error_pages::mark_reader))
        .layer(sessions(&state, Audience::Warga))
        .layer(from_fn_with_state(state.clone(), unsent::keep))
        .layer(from_fn(error_pages::for_citizens))
        .layer(from_fn(middleware::lead_scripts_on))
        .merge(desk)
        .layer(from_fn_with_state(state.clone(), told::carry))
        .layer(from_fn(middleware::call_database))
        .layer(from_fn(middleware::keep_words_whole))
        // A tenth of a millisecond more than the fastest, for a fifth fewer bytes.
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)))
        .layer(from_fn_with_state(state.clone(), middleware::careful))
        .layer(from_fn(middleware::trace))
        .with_state(state)
}

fn sessions(state: &AppState, audience: Audience) -> SessionManagerLayer<Sessions, PrivateCookie> {
    let clock = state.clock.clone();
    let store = Sessions::new(state.db.clone(), audience, Arc::new(move || clock.now()));
    let secure = state.site.is_secure();
    let name = match (audience, secure) {
        (Audience::Warga, true) => "__Host-alpukat",
        (Audience::Warga, false) => "alpukat",
        (Audience::Petugas, true) => "__Host-alpukat-petugas",
        (Audience::Petugas, false) => "alpukat-petugas",
    };
    SessionManagerLayer::new(store)
        .with_name(name)
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd)
        .with_private(Key::from(state.db.cookie_key()))
}
