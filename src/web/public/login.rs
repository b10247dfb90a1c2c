//! `/masuk` and `/keluar`: a citizen comes in and goes.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Extension,
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use tower_sessions::Session;

use crate::{
    actions::{ProofError, login},
    adapters::{clock::Clock, passwords::Passwords},
    db::{Db, sessions},
    domain::nik::Nik,
    render::words,
    web::{
        after_login,
        error::{WebResult, too_many},
        form::{Form, pairs},
        middleware::Origin,
        paths,
        shell::{PASSWORD, SINCE, Shell},
        told,
        unsent::Unsent,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "public/login.html")]
struct LoginPage {
    shell: Shell,
    form: Form,
    /// Where to go afterwards.
    then: String,
    note: Note,
}

/// What stands above the form.
enum Note {
    None,
    /// A page was asked for that needs a log-in.
    Needed,
    /// The log-in was refused, and why.
    Refused(String),
}

impl LoginPage {
    fn is_refused(&self) -> bool {
        matches!(self.note, Note::Refused(_))
    }
}

pub async fn get(mut shell: Shell, RawQuery(query): RawQuery, unsent: Option<Extension<Unsent>>) -> WebResult {
    let query = pairs(query.unwrap_or_default().as_bytes());
    let value = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    // Where something is told, it says why.
    let note = if value("ke").is_some() && shell.told.is_none() { Note::Needed } else { Note::None };
    let then = after_login::allowed(value("ke").unwrap_or_default()).to_owned();
    if shell.signed_in {
        return Ok(Redirect::to(&then).into_response());
    }
    shell.unsent = unsent.map(|unsent| unsent.before_login());
    Ok(LoginPage { shell, form: Form::default(), then, note }.into_response())
}

pub async fn post(
    session: Session,
    shell: Shell,
    State(db): State<Db>,
    State(clock): State<Clock>,
    State(passwords): State<Passwords>,
    Origin(from): Origin,
    mut form: Form,
) -> WebResult {
    let now = clock.now();
    let then = after_login::allowed(form.value("ke")).to_owned();
    let nik = form.read("nik", Nik::parse, words::nik);
    if form.value("sandi").is_empty() {
        form.reject("sandi", words::LOGIN_PASSWORD_EMPTY);
    }
    let Some(nik) = nik.filter(|_| form.problems().is_empty()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, LoginPage { shell, form, then, note: Note::None }).into_response());
    };
    match login::log_in(&db, &passwords, &nik, form.value("sandi"), &from, now).await {
        Ok((account, mark)) => {
            // A new id, so that one known before the log-in opens nothing.
            session.cycle_id().await?;
            session.insert(sessions::ACCOUNT, account).await?;
            session.insert(PASSWORD, mark).await?;
            session.insert(SINCE, now.unix_timestamp()).await?;
            Ok(Redirect::to(&then).into_response())
        }
        Err(ProofError::Wrong) => {
            let note = Note::Refused(words::LOGIN_WRONG.to_owned());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, LoginPage { shell, form, then, note }).into_response())
        }
        Err(ProofError::TooMany(next)) => {
            let note = Note::Refused(words::too_many(next));
            Ok(too_many(LoginPage { shell, form, then, note }, next, now))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn log_out(session: Session) -> WebResult {
    session.flush().await?;
    Ok(told::lead_to(paths::LOGIN, words::LOGGED_OUT))
}
