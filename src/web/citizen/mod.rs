//! Pages for a citizen who is logged in. Every record is loaded through what this citizen may see.

mod access;
mod account;
mod application;
mod calendar;
mod cancel;
mod category;
mod confirm;
mod email;
mod page;
mod papers;
mod phone;
mod receipt;
mod schedule;
mod service;
mod upload;
mod who;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use uuid::Uuid;

use super::{
    error::{WebError, WebResult},
    form::parameter,
    paths, receive,
    shell::Visit,
    state::AppState,
};
use crate::{
    db::{Conn, applications},
    domain::{
        application::Application,
        ids::{ApplicationId, PageId},
        status::Status,
        wizard::{self, WizardPage},
    },
};

/// Routes that need a log-in.
pub fn router() -> Router<AppState> {
    Router::new()
        .route(paths::PHONE, get(phone::get).post(phone::post))
        .route(paths::PHONE_CODE, get(phone::code).post(phone::finish))
        .route(paths::EMAIL, get(email::get).post(email::post))
        .route(paths::EMAIL_CODE, get(email::code).post(email::finish))
        .route(paths::EMAIL_REMOVAL, post(email::remove))
        .route(paths::SERVICE, get(service::get))
        .route(paths::WHO, get(who::get).post(who::post))
        .route(paths::APPLICATION, get(application::get))
        .route(paths::CATEGORY, get(category::get).post(category::post))
        .route(paths::PAPERS, get(papers::get).post(papers::post))
        .route(paths::UPLOAD, get(upload::get).post(upload::post).layer(DefaultBodyLimit::max(receive::LARGEST_BODY)))
        .route(paths::PAGE, get(page::get))
        .route(paths::PREVIEW, get(page::preview))
        .route(paths::SCHEDULE, get(schedule::get).post(schedule::post))
        .route(paths::CONFIRM, get(confirm::get).post(confirm::post))
        .route(paths::CANCEL, get(cancel::get).post(cancel::post))
        .route(paths::DISCARD, get(cancel::ask_discard).post(cancel::discard))
        .route(paths::CALENDAR, get(calendar::get))
        .route(paths::RECEIPT, get(receipt::get))
        .route(paths::RECEIPT_PDF, get(receipt::pdf))
        .route(paths::ACCOUNT, get(account::get))
        .route(paths::ACCESS, get(access::get))
        .route(paths::PASSWORD, post(account::change_password))
        .route(paths::SESSIONS, post(account::end_sessions))
}

/// What an address names. What is no id and no kind of paper at all is simply not found.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
struct InAddress {
    id: Uuid,
    page: Option<Uuid>,
}

impl InAddress {
    fn application(self) -> ApplicationId {
        self.id.into()
    }

    fn page(self) -> WebResult<PageId> {
        self.page.map(PageId::from).ok_or(WebError::NotFound)
    }
}

/// The identifiers in the address, or 404.
struct Address(InAddress);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Address {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> WebResult<Self> {
        let path = axum::extract::Path::<InAddress>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(ids)| Self(ids)).map_err(|_| WebError::NotFound)
    }
}

/// An application that this citizen may see.
async fn load(conn: &mut Conn, visit: &Visit, id: ApplicationId) -> WebResult<Application> {
    applications::find(conn, visit.citizen.reader(), id, visit.now).await?.ok_or(WebError::NotFound)
}

/// An application that this citizen filed, and so may change.
async fn load_own(conn: &mut Conn, visit: &Visit, id: ApplicationId) -> WebResult<Application> {
    let application = load(conn, visit, id).await?;
    if application.account == visit.citizen.id() { Ok(application) } else { Err(WebError::NotFound) }
}

/// A draft of the citizen's own, at a page that may be opened.
async fn load_draft(conn: &mut Conn, visit: &Visit, id: ApplicationId, page: WizardPage) -> WebResult<Application> {
    at_page(load_own(conn, visit, id).await?, page)
}

/// What is sent leads to its page; a jump ahead leads to the first page that is not answered.
fn at_page(application: Application, page: WizardPage) -> WebResult<Application> {
    if application.status != Status::Draf {
        return Err(WebError::Elsewhere(paths::application(application.id)));
    }
    let furthest = wizard::furthest(&application);
    if page > furthest { Err(WebError::Elsewhere(paths::wizard(furthest, application.id))) } else { Ok(application) }
}

/// The page after an answer: the next one, or the check page when the citizen came from there.
fn onward(next: WizardPage, id: ApplicationId, back_to_check: bool) -> String {
    paths::wizard(if back_to_check { WizardPage::Konfirmasi } else { next }, id)
}

/// Whether the citizen came from the check page.
fn came_from_check(query: Option<&str>) -> bool {
    parameter(query, "kembali").as_deref() == Some("konfirmasi")
}
