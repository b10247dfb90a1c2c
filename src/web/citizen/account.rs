//! `/akun`: telephone, e-mail, password, other sessions.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};

use crate::{
    actions::{ProofError, account},
    adapters::passwords::Passwords,
    db::{Db, sessions, sessions::LivingSession},
    domain::password::NewPassword,
    render::{dates, mail, words},
    web::{
        error::{WebResult, too_many},
        form::{Form, parameter},
        paths,
        shell::{PASSWORD, Shell, Visit},
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/account.html")]
struct AccountPage {
    shell: Shell,
    name: String,
    phone: String,
    email: Option<String>,
    email_is_proved: bool,
    sessions: Vec<LivingSession>,
    form: Form,
    /// What was done just before.
    told: Option<&'static str>,
    refusal: Option<String>,
}

pub async fn get(visit: Visit, State(db): State<Db>, RawQuery(query): RawQuery) -> WebResult {
    let asked = |name| parameter(query.as_deref(), name).is_some();
    let told = match parameter(query.as_deref(), "email").as_deref() {
        Some("terbukti") => Some(mail::CHANGED),
        Some("dihapus") => Some(mail::REMOVED),
        _ if asked("sandi") => Some(words::PASSWORD_CHANGED),
        _ => asked("ponsel").then_some(words::PHONE_CHANGED),
    };
    Ok(page(&db, visit, Form::default(), told, None).await?.into_response())
}

pub async fn change_password(
    visit: Visit,
    State(db): State<Db>,
    State(passwords): State<Passwords>,
    mut form: Form,
) -> WebResult {
    if form.value("sandi_sekarang").is_empty() {
        form.reject("sandi_sekarang", words::LOGIN_PASSWORD_EMPTY);
    }
    let own = visit.citizen.account.own_data();
    let new = form.read("sandi_baru", |typed| NewPassword::parse(typed)?.foreign_to(&own), words::password);
    let Some(new) = new.filter(|_| form.problems().is_empty()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&db, visit, form, None, None).await?).into_response());
    };
    let present = form.value("sandi_sekarang").to_owned();
    match account::change_password(&db, &passwords, &visit.citizen, visit.session.id(), &present, &new, visit.now).await {
        Ok(mark) => {
            visit.session.insert(PASSWORD, mark).await?;
            Ok(Redirect::to(&format!("{}?sandi=diganti", paths::ACCOUNT)).into_response())
        }
        Err(ProofError::Wrong) => {
            form.reject("sandi_sekarang", words::PRESENT_PASSWORD_WRONG);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&db, visit, form, None, None).await?).into_response())
        }
        Err(ProofError::TooMany(next)) => {
            let now = visit.now;
            let refused = page(&db, visit, form, None, Some(words::too_many(next))).await?;
            Ok(too_many(refused, next, now))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn end_sessions(visit: Visit, State(db): State<Db>) -> WebResult<Redirect> {
    account::end_sessions(&db, &visit.citizen, visit.now).await?;
    visit.session.flush().await?;
    Ok(Redirect::to(&format!("{}?keluar=1", paths::LOGIN)))
}

async fn page(db: &Db, visit: Visit, form: Form, told: Option<&'static str>, refusal: Option<String>) -> WebResult<AccountPage> {
    let account = &visit.citizen.account;
    let sessions = sessions::of_account(&mut db.read().await?, account.id, visit.session.id().as_ref(), visit.now).await?;
    Ok(AccountPage {
        name: account.resident.civil.name.as_str().to_owned(),
        phone: account.contact.phone.masked(),
        email: account.contact.email.as_ref().map(|email| email.as_str().to_owned()),
        email_is_proved: account.email_is_proved,
        sessions,
        form,
        told,
        refusal,
        shell: visit.shell,
    })
}
