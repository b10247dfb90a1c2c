//! `/registrasi`: opening an account.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use tower_sessions::Session;

use super::code;

use crate::{
    actions::{
        ProofError,
        registration::{self, Registration},
    },
    adapters::{clock::Clock, passwords::Passwords},
    db::Db,
    domain::{
        calendar::day_of,
        nik::{KkNumber, Nik},
        own_data::OwnData,
        password::NewPassword,
        person::{Email, FullName},
        phone::Phone,
        typed_date,
    },
    render::{mail, words},
    web::{
        error::{WebResult, too_many},
        form::Form,
        middleware::Origin,
        paths,
        shell::Shell,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "public/register.html")]
struct RegisterPage {
    shell: Shell,
    form: Form,
    /// A sentence about the whole form rather than one field.
    refusal: Option<Refusal>,
}

enum Refusal {
    Mismatch,
    TooMany(String),
}

pub async fn get(shell: Shell) -> impl IntoResponse {
    RegisterPage { shell, form: Form::default(), refusal: None }
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
    let Some(typed) = read(&mut form, day_of(now)) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, RegisterPage { shell, form, refusal: None }).into_response());
    };
    match registration::ask(&db, &passwords, &typed, &from, now).await {
        Ok(id) => {
            session.insert(code::REGISTRATION, id).await?;
            Ok(Redirect::to(paths::REGISTER_CODE).into_response())
        }
        Err(ProofError::Wrong) => {
            let page = RegisterPage { shell, form, refusal: Some(Refusal::Mismatch) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(ProofError::TooMany(next)) => {
            let refusal = Some(Refusal::TooMany(words::too_many(next)));
            Ok(too_many(RegisterPage { shell, form, refusal }, next, now))
        }
        Err(ProofError::TooManyCodes(next)) => {
            let refusal = Some(Refusal::TooMany(words::code_too_many(next, now)));
            Ok(too_many(RegisterPage { shell, form, refusal }, next, now))
        }
        Err(error) => Err(error.into()),
    }
}

fn read(form: &mut Form, today: time::Date) -> Option<Registration> {
    let nik = form.read("nik", Nik::parse, words::nik);
    let kk_number = form.read("nomor_kk", KkNumber::parse, words::kk_number);
    if let (Some(nik), Some(kk_number)) = (&nik, &kk_number)
        && nik.as_str() == kk_number.as_str()
    {
        form.reject("nomor_kk", words::KK_SAME_AS_NIK);
    }
    let name = form.read("nama", FullName::parse, words::name);
    let typed = form.value("tanggal_lahir").to_owned();
    let birth_date = form.read(
        "tanggal_lahir",
        |text| typed_date::parse_past(text, today),
        |error| words::date("tanggal lahir", &typed, error),
    );
    let phone = form.read("ponsel", Phone::parse, words::phone);
    let optional = |text: &str| if text.trim().is_empty() { Ok(None) } else { Email::parse(text).map(Some) };
    let email = form.read("email", optional, |()| words::EMAIL.to_owned());
    let own = OwnData {
        nik: nik.as_ref(),
        kk_number: kk_number.as_ref(),
        name: name.as_ref(),
        birth_date,
        phone: phone.as_ref(),
        username: None,
    };
    let password = form.read("sandi", |typed| NewPassword::parse(typed)?.foreign_to(&own), words::password);
    if !form.problems().is_empty() {
        return None;
    }
    Some(Registration {
        nik: nik?,
        kk_number: kk_number?,
        name: name?,
        birth_date: birth_date?,
        phone: phone?,
        email: email?,
        password: password?,
    })
}
