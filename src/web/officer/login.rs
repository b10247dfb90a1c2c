//! `/petugas/masuk` and `/petugas/keluar`: the first step into the desk, and the way out.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use tower_sessions::Session;

use super::{HALF_WAY, THEN, desk::DeskShell};
use crate::{
    actions::{ProofError, desk_login},
    adapters::{
        clock::{Beat, Clock},
        passwords::Passwords,
    },
    db::{Db, sessions},
    domain::ids::OfficerId,
    render::{desk_words, words},
    web::{
        after_login,
        error::{WebResult, too_many},
        form::{Form, parameter},
        middleware::Origin,
        paths,
        shell::{PASSWORD, SINCE},
        told::{self, Told},
        unsent::Unsent,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "officer/login.html")]
struct LoginPage {
    shell: DeskShell,
    form: Form,
    /// Why the log-in was refused.
    refused: Option<String>,
    /// Where it leads on to.
    then: String,
    /// What becomes of a form that came too late.
    unsent: Option<&'static str>,
}

impl LoginPage {
    fn with(form: Form, refused: Option<String>) -> Self {
        let then = after_login::allowed_at_the_desk(form.value("ke")).to_owned();
        Self { shell: DeskShell::default(), form, refused, then, unsent: None }
    }
}

pub async fn get(session: Session, Told(told): Told, unsent: Option<Extension<Unsent>>, RawQuery(query): RawQuery) -> WebResult {
    let form = Form::with([("ke", parameter(query.as_deref(), "ke").unwrap_or_default())]);
    let page = LoginPage::with(form, None);
    if session.get::<OfficerId>(sessions::OFFICER).await?.is_some() {
        return Ok(Redirect::to(&page.then).into_response());
    }
    let shell = DeskShell { told, ..DeskShell::default() };
    Ok(LoginPage { shell, unsent: unsent.map(|unsent| unsent.before_login()), ..page }.into_response())
}

pub async fn post(
    session: Session,
    State(db): State<Db>,
    State(clock): State<Clock>,
    State(passwords): State<Passwords>,
    Origin(from): Origin,
    mut form: Form,
) -> WebResult {
    let (now, beat) = (clock.now(), Beat::begin());
    for (field, sentence) in [("nama", desk_words::NAME_EMPTY), ("sandi", words::LOGIN_PASSWORD_EMPTY)] {
        if form.value(field).trim().is_empty() {
            form.reject(field, sentence);
        }
    }
    if !form.problems().is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, LoginPage::with(form, None)).into_response());
    }
    match desk_login::name_oneself(&db, &passwords, form.value("nama"), form.value("sandi"), &from, now).await {
        Ok((officer, mark)) => {
            // A new id, and nothing of a session before: one known earlier opens nothing.
            session.clear().await;
            session.cycle_id().await?;
            session.insert(HALF_WAY, officer).await?;
            session.insert(THEN, after_login::allowed_at_the_desk(form.value("ke"))).await?;
            session.insert(PASSWORD, mark).await?;
            session.insert(SINCE, now.unix_timestamp()).await?;
            Ok(Redirect::to(paths::DESK_FACTOR).into_response())
        }
        Err(ProofError::Wrong) => {
            // That somebody known was refused is written down, which takes a moment; the answer leaves at the same time.
            beat.end().await;
            let page = LoginPage::with(form, Some(desk_words::LOGIN_WRONG.to_owned()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(ProofError::TooMany(next)) => Ok(too_many(LoginPage::with(form, Some(words::too_many(next))), next, now)),
        Err(error) => Err(error.into()),
    }
}

pub async fn log_out(session: Session) -> WebResult {
    session.flush().await?;
    Ok(told::lead_to(paths::DESK_LOGIN, desk_words::LEFT))
}
