//! Pages for everybody.

mod check;
mod code;
mod contact;
mod home;
mod login;
mod machines;
mod privacy;
mod ready;
mod recovery;
mod register;
mod report;
mod track;

use axum::{
    Router,
    routing::{get, post},
};

use super::{paths, state::AppState};

/// Routes that need no log-in.
pub fn router() -> Router<AppState> {
    Router::new()
        .route(paths::HOME, get(home::get))
        .route(paths::REGISTER, get(register::get).post(register::post))
        .route(paths::REGISTER_CODE, get(code::get).post(code::post))
        .route(paths::REGISTER_CODE_AGAIN, post(code::again))
        .route(paths::RECOVERY, get(recovery::get).post(recovery::post))
        .route(paths::RECOVERY_CODE, get(recovery::code).post(recovery::finish))
        .route(paths::LOGIN, get(login::get).post(login::post))
        .route(paths::LOGOUT, post(login::log_out))
        .route(paths::TRACK, get(track::get).post(track::post))
        .route(paths::CHECK, get(check::get))
        .route(paths::CONTACT, get(contact::get))
        .route(paths::PRIVACY, get(privacy::get))
        .route(paths::READY, get(ready::get))
        .route(paths::ROBOTS, get(machines::robots))
        .route(paths::SECURITY, get(machines::security))
        .route(paths::CHANGE_PASSWORD, get(machines::change_password))
        .route(paths::SMS_REPORT, get(report::get))
}
