//! `/akun/email`: an e-mail address for notices, proved by a code that is sent to it; changed, and removed.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};

use crate::{
    actions::{ProofError, account},
    adapters::passwords::Passwords,
    db::{
        Db,
        codes::{self, Pending},
    },
    domain::{
        code::{Code, CodeError, Purpose},
        ids::CodeId,
        person::Email,
    },
    render::{mail, words},
    web::{
        error::{WebError, WebResult, of_the_code, too_many},
        form::Form,
        paths,
        shell::{Shell, Visit},
        told,
    },
};

/// Under this key a session keeps which address waits for its code.
const EMAIL: &str = "email_baru";

#[derive(Template, WebTemplate)]
#[template(path = "citizen/email.html")]
struct EmailPage {
    shell: Shell,
    form: Form,
    /// The account's address.
    email: Option<String>,
    is_proved: bool,
    /// Why no code is sent now: a heading and a sentence.
    refusal: Option<(&'static str, String)>,
}

#[derive(Template, WebTemplate)]
#[template(path = "citizen/email_code.html")]
struct EmailCodePage {
    shell: Shell,
    form: Form,
    /// Which code this page is about.
    asked: Option<CodeId>,
    /// The address, in full: whoever typed it looks for a slip.
    email: String,
}

pub async fn get(visit: Visit) -> WebResult {
    let account = &visit.citizen.account;
    let unproved = account.contact.email.as_ref().filter(|_| !account.email_is_proved);
    let form = Form::with(unproved.map(|email| ("email", email.as_str().to_owned())));
    Ok(page(visit, form, None).into_response())
}

fn page(visit: Visit, form: Form, refusal: Option<(&'static str, String)>) -> EmailPage {
    let account = &visit.citizen.account;
    let email = account.contact.email.as_ref().map(|email| email.as_str().to_owned());
    EmailPage { email, is_proved: account.email_is_proved, shell: visit.shell, form, refusal }
}

/// "Kirim kode": here for any address, and on `/akun` for the one that stands there.
pub async fn post(visit: Visit, State(db): State<Db>, State(passwords): State<Passwords>, mut form: Form) -> WebResult {
    if !visit.shell.sends_email {
        let refusal = Some(("Belum dapat dibuktikan", mail::NO_CODE.to_owned()));
        return Ok((StatusCode::CONFLICT, page(visit, form, refusal)).into_response());
    }
    let email = form.read("email", Email::parse, |()| mail::EMAIL.to_owned());
    let account = &visit.citizen.account;
    let is_known = email.is_some() && account.contact.email == email;
    if is_known && account.email_is_proved {
        form.reject("email", mail::ALREADY_PROVED);
    }
    if form.value("sandi_sekarang").is_empty() && !is_known {
        form.reject("sandi_sekarang", words::LOGIN_PASSWORD_EMPTY);
    }
    let Some(email) = email.filter(|_| form.problems().is_empty()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(visit, form, None)).into_response());
    };
    let (present, now) = (form.value("sandi_sekarang").to_owned(), visit.now);
    let wait = |sentence| Some(("Tunggu sebentar", sentence));
    match account::ask_email(&db, &passwords, &visit.citizen, &present, &email, now).await {
        Ok(id) => {
            visit.session.insert(EMAIL, id).await?;
            Ok(Redirect::to(paths::EMAIL_CODE).into_response())
        }
        Err(ProofError::Wrong) => {
            form.reject("sandi_sekarang", words::PRESENT_PASSWORD_WRONG);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(visit, form, None)).into_response())
        }
        Err(ProofError::TooMany(next)) => Ok(too_many(page(visit, form, wait(words::too_many(next))), next, now)),
        Err(ProofError::TooManyCodes(next)) => Ok(too_many(page(visit, form, wait(words::code_too_many(next, now))), next, now)),
        Err(error) => Err(error.into()),
    }
}

/// What stands in the session, and the address it is about.
async fn under_way(db: &Db, visit: &Visit) -> WebResult<Option<(CodeId, String)>> {
    let Some(id) = visit.session.get::<CodeId>(EMAIL).await? else { return Ok(None) };
    match codes::pending(&mut db.read().await?, id, Purpose::Email).await? {
        Some(Pending::Email { account, email }) if account == visit.citizen.id() => Ok(Some((id, email.as_str().to_owned()))),
        _ => Ok(None),
    }
}

pub async fn code(visit: Visit, State(db): State<Db>) -> WebResult {
    let Some((id, email)) = under_way(&db, &visit).await? else { return Err(WebError::Elsewhere(paths::EMAIL.to_owned())) };
    Ok(EmailCodePage { shell: visit.shell, form: Form::default(), asked: Some(id), email }.into_response())
}

/// "Lanjut".
pub async fn finish(visit: Visit, State(db): State<Db>, mut form: Form) -> WebResult {
    let known = under_way(&db, &visit).await?;
    let (id, email) = known.map_or((None, String::new()), |(id, email)| (Some(id), email));
    let typed = form.read("kode", |text| Code::parse(text).ok_or(()), |()| mail::CODE_EMPTY.to_owned());
    let outcome = match (id, typed) {
        _ if !form.is_about(id) => Err(CodeError::OfAnother),
        (None, _) => Err(CodeError::Gone),
        (Some(_), None) => Err(CodeError::Wrong),
        (Some(id), Some(code)) => of_the_code(account::finish_email(&db, &visit.citizen, id, &code, visit.now).await)?,
    };
    match outcome {
        Ok(()) => {
            visit.session.remove::<CodeId>(EMAIL).await?;
            Ok(told::lead_to(paths::ACCOUNT, mail::CHANGED))
        }
        Err(error) => {
            form.reject("kode", words::code(error));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, EmailCodePage { shell: visit.shell, form, asked: id, email }).into_response())
        }
    }
}

/// "Hapus email". A code that is under way is of no use any more.
pub async fn remove(visit: Visit, State(db): State<Db>) -> WebResult {
    account::remove_email(&db, &visit.citizen, visit.now).await?;
    visit.session.remove::<CodeId>(EMAIL).await?;
    Ok(told::lead_to(paths::ACCOUNT, mail::REMOVED))
}
