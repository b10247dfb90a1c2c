//! `/akun/ponsel`: another phone for the account, proved by a code that is sent to it.

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
        phone::Phone,
    },
    render::words,
    web::{
        error::{WebError, WebResult, of_the_code, too_many},
        form::Form,
        paths,
        shell::{Shell, Visit},
        told,
    },
};

/// Under this key a session keeps which change of phone waits for its code.
const PHONE: &str = "ponsel_baru";

#[derive(Template, WebTemplate)]
#[template(path = "citizen/phone.html")]
struct PhonePage {
    shell: Shell,
    form: Form,
    phone: String,
    refusal: Option<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "citizen/phone_code.html")]
struct PhoneCodePage {
    shell: Shell,
    form: Form,
    /// Which code this page is about.
    asked: Option<CodeId>,
    /// The new number, masked.
    phone: String,
}

pub async fn get(visit: Visit) -> WebResult {
    Ok(page(visit, Form::default(), None).into_response())
}

fn page(visit: Visit, form: Form, refusal: Option<String>) -> PhonePage {
    PhonePage { phone: visit.citizen.account.contact.phone.masked(), shell: visit.shell, form, refusal }
}

/// "Kirim kode".
pub async fn post(visit: Visit, State(db): State<Db>, State(passwords): State<Passwords>, mut form: Form) -> WebResult {
    let phone = form.read("ponsel", Phone::parse, words::phone);
    if form.value("sandi_sekarang").is_empty() {
        form.reject("sandi_sekarang", words::LOGIN_PASSWORD_EMPTY);
    }
    let Some(phone) = phone.filter(|_| form.problems().is_empty()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(visit, form, None)).into_response());
    };
    let (present, now) = (form.value("sandi_sekarang").to_owned(), visit.now);
    match account::ask_phone(&db, &passwords, &visit.citizen, &present, &phone, now).await {
        Ok(id) => {
            visit.session.insert(PHONE, id).await?;
            Ok(Redirect::to(paths::PHONE_CODE).into_response())
        }
        Err(ProofError::Wrong) => {
            form.reject("sandi_sekarang", words::PRESENT_PASSWORD_WRONG);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(visit, form, None)).into_response())
        }
        Err(ProofError::TooMany(next)) => Ok(too_many(page(visit, form, Some(words::too_many(next))), next, now)),
        Err(ProofError::TooManyCodes(next)) => Ok(too_many(page(visit, form, Some(words::code_too_many(next, now))), next, now)),
        Err(error) => Err(error.into()),
    }
}

/// What stands in the session, and the number it is about.
async fn under_way(db: &Db, visit: &Visit) -> WebResult<Option<(CodeId, String)>> {
    let Some(id) = visit.session.get::<CodeId>(PHONE).await? else { return Ok(None) };
    match codes::pending(&mut db.read().await?, id, Purpose::Ponsel).await? {
        Some(Pending::Phone { account, phone }) if account == visit.citizen.id() => Ok(Some((id, phone.masked()))),
        _ => Ok(None),
    }
}

pub async fn code(visit: Visit, State(db): State<Db>) -> WebResult {
    let Some((id, phone)) = under_way(&db, &visit).await? else { return Err(WebError::Elsewhere(paths::PHONE.to_owned())) };
    Ok(PhoneCodePage { shell: visit.shell, form: Form::default(), asked: Some(id), phone }.into_response())
}

/// "Lanjut".
pub async fn finish(visit: Visit, State(db): State<Db>, mut form: Form) -> WebResult {
    let known = under_way(&db, &visit).await?;
    let (id, phone) = known.map_or((None, String::new()), |(id, phone)| (Some(id), phone));
    let typed = form.read("kode", |text| Code::parse(text).ok_or(()), |()| words::CODE_EMPTY.to_owned());
    let outcome = match (id, typed) {
        _ if !form.is_about(id) => Err(CodeError::OfAnother),
        (None, _) => Err(CodeError::Gone),
        (Some(_), None) => Err(CodeError::Wrong),
        (Some(id), Some(code)) => of_the_code(account::finish_phone(&db, &visit.citizen, id, &code, visit.now).await)?,
    };
    match outcome {
        Ok(()) => {
            visit.session.remove::<CodeId>(PHONE).await?;
            Ok(told::lead_to(paths::ACCOUNT, words::PHONE_CHANGED))
        }
        Err(error) => {
            form.reject("kode", words::code(error));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, PhoneCodePage { shell: visit.shell, form, asked: id, phone }).into_response())
        }
    }
}
