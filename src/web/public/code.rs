//! `/registrasi/kode`: the code that proves the phone and opens the account. Which registration it finishes is known to the
//! session alone.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use tower_sessions::Session;

use crate::{
    actions::{ProofError, registration},
    adapters::clock::{Beat, Clock},
    db::{
        Db,
        codes::{self, Pending},
    },
    domain::{
        code::{Code, CodeError, Purpose},
        ids::CodeId,
    },
    render::words,
    web::{
        error::{WebError, WebResult, of_the_code, too_many},
        form::Form,
        middleware::Origin,
        paths,
        shell::Shell,
        told,
    },
};

/// Under this key a session keeps which registration waits for its code.
pub const REGISTRATION: &str = "registrasi";

#[derive(Template, WebTemplate)]
#[template(path = "public/code.html")]
struct CodePage {
    shell: Shell,
    form: Form,
    /// Which registration this page is about.
    asked: Option<CodeId>,
    /// To which number the code went, masked; as it was typed, whether or not one was sent.
    phone: String,
    refusal: Option<String>,
}

/// What stands in the session, and the number that was typed.
async fn under_way(db: &Db, session: &Session) -> WebResult<Option<(CodeId, String)>> {
    let Some(id) = session.get::<CodeId>(REGISTRATION).await? else { return Ok(None) };
    match codes::pending(&mut db.read().await?, id, Purpose::Registrasi).await? {
        Some(Pending::Registration { contact, .. }) => Ok(Some((id, contact.phone.masked()))),
        _ => Ok(None),
    }
}

pub async fn get(session: Session, shell: Shell, State(db): State<Db>) -> WebResult {
    let Some((id, phone)) = under_way(&db, &session).await? else { return Err(WebError::Elsewhere(paths::REGISTER.to_owned())) };
    Ok(CodePage { shell, form: Form::default(), asked: Some(id), phone, refusal: None }.into_response())
}

pub async fn post(
    session: Session,
    shell: Shell,
    State(db): State<Db>,
    State(clock): State<Clock>,
    Origin(from): Origin,
    mut form: Form,
) -> WebResult {
    let known = under_way(&db, &session).await?;
    let (id, phone) = known.map_or((None, String::new()), |(id, phone)| (Some(id), phone));
    let typed = form.read("kode", |text| Code::parse(text).ok_or(()), |()| words::CODE_EMPTY.to_owned());
    let outcome = match (id, typed) {
        _ if !form.is_about(id) => Err(CodeError::OfAnother),
        (None, _) => Err(CodeError::Gone),
        (Some(_), None) => Err(CodeError::Wrong),
        (Some(id), Some(code)) => of_the_code(registration::finish(&db, id, &code, &from, clock.now()).await)?,
    };
    match outcome {
        Ok(()) => {
            session.remove::<CodeId>(REGISTRATION).await?;
            Ok(told::lead_to(paths::LOGIN, words::REGISTERED))
        }
        Err(error) => {
            form.reject("kode", words::code(error));
            let page = CodePage { shell, form, asked: id, phone, refusal: None };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// "Kirim kode baru".
pub async fn again(
    session: Session,
    shell: Shell,
    State(db): State<Db>,
    State(clock): State<Clock>,
    Origin(from): Origin,
) -> WebResult {
    let (now, beat) = (clock.now(), Beat::begin());
    let Some((id, phone)) = under_way(&db, &session).await? else { return Ok(Redirect::to(paths::REGISTER).into_response()) };
    let outcome = registration::ask_again(&db, id, &from, now).await;
    // Writing a message takes a moment longer than writing none; the answer leaves at the same time.
    beat.end().await;
    match outcome {
        Ok(id) => {
            session.insert(REGISTRATION, id).await?;
            Ok(told::lead_to(paths::REGISTER_CODE, words::CODE_SENT_AGAIN))
        }
        Err(ProofError::TooManyCodes(next)) => {
            let refusal = Some(words::code_too_many(next, now));
            Ok(too_many(CodePage { shell, form: Form::default(), asked: Some(id), phone, refusal }, next, now))
        }
        Err(ProofError::Wrong) => Ok(Redirect::to(paths::REGISTER).into_response()),
        Err(error) => Err(error.into()),
    }
}
