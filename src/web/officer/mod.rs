//! The desk: pages for officers who have shown both steps. Every case is loaded through what its officer
//! may see; what they may not see does not exist.

mod account_code;
mod accounts;
mod case;
mod counter;
mod day;
mod decide;
mod desk;
mod explain;
mod factor;
mod filter;
mod found;
mod history;
mod login;
mod messages;
mod numbers;
mod offer;
mod place;
mod printing;
mod queue;
mod run;
mod viewer;
mod withdrawn;

use axum::{
    Router,
    extract::{FromRequestParts, Path},
    http::request::Parts,
    routing::{get, post},
};
use uuid::Uuid;

pub use self::desk::DeskShell;
use super::{
    error::{WebError, WebResult},
    paths,
    state::AppState,
};
use crate::domain::ids::{ApplicationId, PageId};

/// Under this key a session keeps which officer has shown their password, but not yet the second factor.
const HALF_WAY: &str = "half_way";

/// Under this key it keeps where the log-in leads on to.
const THEN: &str = "then";

/// The routes of the desk.
pub fn router() -> Router<AppState> {
    Router::new()
        .route(paths::DESK_LOGIN, get(login::get).post(login::post))
        .route(paths::DESK_FACTOR, get(factor::get).post(factor::post))
        .route(paths::DESK_LOGOUT, post(login::log_out))
        .route(paths::QUEUE, get(queue::get).post(queue::post))
        .route(paths::CASE, get(case::get))
        .route(paths::CASE_PAGE, get(case::picture))
        .route(paths::LEASE, post(decide::take))
        .route(paths::RELEASE, post(decide::release))
        .route(paths::SKIP, post(decide::skip))
        .route(paths::UNDO, post(decide::undo))
        .route(paths::NUMBERS, post(numbers::show))
        .route(paths::APPROVAL, post(decide::approve))
        .route(paths::RETURN, post(decide::send_back))
        .route(paths::REFUSAL, post(decide::refuse))
        .route(paths::PRINTING, get(printing::get).post(printing::post))
        .route(paths::BLANKS, post(printing::blanks))
        .route(paths::RUN, get(run::get))
        .route(paths::RUN_RESULT, post(run::post))
        .route(paths::COUNTER, get(counter::get).post(counter::post))
        .route(paths::HANDOVER, post(counter::hand_over))
        .route(paths::MISPRINT, post(counter::misprint))
        .route(paths::OFFER, get(offer::get).post(offer::post))
        .route(paths::WITHDRAWN, get(withdrawn::get))
        .route(paths::DESK_ACCOUNTS, get(accounts::get).post(accounts::post))
        .route(paths::ACCOUNT_RELEASE, post(accounts::free))
        .route(paths::ACCOUNT_PHONE, post(accounts::change_phone))
        .route(paths::ACCOUNT_CODE, get(account_code::get).post(account_code::post))
        .route(paths::MESSAGES, get(messages::get))
        .route(paths::SEND_AGAIN, post(messages::send_again))
        .route(paths::TELEPHONED, post(messages::telephoned))
        .route(paths::TODAY, get(day::today))
        .route(paths::DAY, get(day::get))
        .route(paths::DAY_CLOSING, post(day::close))
        .route(paths::DAY_OPENING, post(day::open))
}

/// The case in the address, or 404.
struct Case(ApplicationId);

impl<S: Send + Sync> FromRequestParts<S> for Case {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> WebResult<Self> {
        let path = Path::<Uuid>::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id.into())).map_err(|_| WebError::NotFound)
    }
}

/// The case and its stored page in the address, or 404.
struct StoredPage(ApplicationId, PageId);

impl<S: Send + Sync> FromRequestParts<S> for StoredPage {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> WebResult<Self> {
        let path = Path::<(Uuid, Uuid)>::from_request_parts(parts, state).await;
        path.map(|Path((id, page))| Self(id.into(), page.into())).map_err(|_| WebError::NotFound)
    }
}
