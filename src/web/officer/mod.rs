//! The desk: pages for officers who have shown both steps. Every case is loaded through what its officer
//! may see; what they may not see does not exist.

mod desk;
mod factor;
mod login;
mod queue;

use axum::{
    Router,
    routing::{get, post},
};

pub use self::desk::DeskShell;
use super::{paths, state::AppState};

/// Under this key a session keeps which officer has shown their password, but not yet the second factor.
const HALF_WAY: &str = "half_way";

/// The routes of the desk.
pub fn router() -> Router<AppState> {
    Router::new()
        .route(paths::DESK_LOGIN, get(login::get).post(login::post))
        .route(paths::DESK_FACTOR, get(factor::get).post(factor::post))
        .route(paths::DESK_LOGOUT, post(login::log_out))
        .route(paths::QUEUE, get(queue::get).post(queue::post))
}
