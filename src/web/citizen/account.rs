//! `/akun`: telephone, e-mail, password, other sessions.

use askama::Template;
use askama_web::WebTemplate;
use axum::{extract::State, http::StatusCode, response::IntoResponse};

use crate::{
    actions::{ProofError, account},
    adapters::passwords::Passwords,
    db::{Db, sessions, sessions::LivingSession},
    domain::password::NewPassword,
    render::{dates, mail, words},
    web::{
        error::{WebResult, too_many},
        form::Form,
        paths,
        shell::{PASSWORD, Shell, Visit},
        told,
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
    refusal: Option<String>,
}

pub async fn get(visit: Visit, State(db): State<Db>) -> WebResult {
    Ok(page(&db, visit, Form::default(), None).await?.into_response())
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
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&db, visit, form, None).await?).into_response());
    };
    let present = form.value("sandi_sekarang").to_owned();
    match account::change_password(&db, &passwords, &visit.citizen, visit.session.id(), &present, &new, visit.now).await {
        Ok(mark) => {
            visit.session.insert(PASSWORD, mark).await?;
            Ok(told::lead_to(paths::ACCOUNT, words::PASSWORD_CHANGED))
        }
        Err(ProofError::Wrong) => {
            form.reject("sandi_sekarang", words::PRESENT_PASSWORD_WRONG);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&db, visit, form, None).await?).into_response())
        }
        Err(ProofError::TooMany(next)) => {
            let now = visit.now;
            let refused = page(&db, visit, form, Some(words::too_many(next))).await?;
            Ok(too_many(refused, next, now))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn end_sessions(visit: Visit, State(db): State<Db>) -> WebResult {
    account::end_sessions(&db, &visit.citizen, visit.now).await?;
    visit.session.flush().await?;
    Ok(told::lead_to(paths::LOGIN, words::LOGGED_OUT))
}

async fn page(db: &Db, visit: Visit, form: Form, refusal: Option<String>) -> WebResult<AccountPage> {
    let account = &visit.citizen.account;
    let sessions = sessions::of_account(&mut db.read().await?, account.id, visit.session.id().as_ref(), visit.now).await?;
    Ok(AccountPage {
        name: account.resident.civil.name.as_str().to_owned(),
        phone: account.contact.phone.masked(),
        email: account.contact.email.as_ref().map(|email| email.as_str().to_owned()),
        email_is_proved: account.email_is_proved,
        sessions,
        form,
        refusal,
        shell: visit.shell,
    })
}
