//! HTTP only: by audience, with paths, forms, page context, errors and middleware. Reads call db,
//! changes call actions.

mod assets;
mod citizen;
mod error;
mod form;
mod middleware;
pub mod paths;
mod public;
mod receive;
pub mod server;
mod shell;
pub mod state;

use std::sync::Arc;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
};
use tower_http::{CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer};
use tower_sessions::{
    Expiry, SessionManagerLayer,
    cookie::{Key, SameSite},
};

use self::state::AppState;
use crate::db::sessions::Sessions;

/// The whole service.
pub fn router(state: AppState) -> Router {
    let clock = state.clock.clone();
    let store = Sessions::new(state.db.clone(), Arc::new(move || clock.now()));
    let secure = state.site.is_secure();
    let sessions = SessionManagerLayer::new(store)
        .with_name(if secure { "__Host-alpukat" } else { "alpukat" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd)
        .with_private(Key::from(state.db.cookie_key()));
    Router::new()
        .merge(public::router())
        .merge(citizen::router())
        .merge(assets::router())
        .layer(CatchPanicLayer::new())
        .layer(CsrfLayer::new())
        .layer(from_fn(error::dress))
        .layer(sessions)
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(state.clone(), middleware::careful))
        .layer(from_fn(middleware::trace))
        .with_state(state)
}
