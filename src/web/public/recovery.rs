//! `/lupa-kata-sandi`: a code to the phone of the account, and a new password. Pages and times are alike with and without
//! an account.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use tower_sessions::Session;

use crate::{
    actions::{ProofError, recovery},
    adapters::{
        clock::{Beat, Clock},
        passwords::Passwords,
    },
    db::Db,
    domain::{
        code::{Code, CodeError},
        ids::CodeId,
        nik::Nik,
        password::NewPassword,
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

/// Under this key a session keeps which recovery waits for its code.
const RECOVERY: &str = "pemulihan";

#[derive(Template, WebTemplate)]
#[template(path = "public/recovery.html")]
struct RecoveryPage {
    shell: Shell,
    form: Form,
    refusal: Option<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "public/recovery_code.html")]
struct NewPasswordPage {
    shell: Shell,
    form: Form,
    /// Which code this page is about.
    asked: Option<CodeId>,
}

pub async fn get(shell: Shell) -> impl IntoResponse {
    RecoveryPage { shell, form: Form::default(), refusal: None }
}

/// "Kirim kode".
pub async fn post(
    session: Session,
    shell: Shell,
    State(db): State<Db>,
    State(clock): State<Clock>,
    Origin(from): Origin,
    mut form: Form,
) -> WebResult {
    let (now, beat) = (clock.now(), Beat::begin());
    let Some(nik) = form.read("nik", Nik::parse, words::nik) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, RecoveryPage { shell, form, refusal: None }).into_response());
    };
    let outcome = recovery::ask(&db, &nik, &from, now).await;
    let answer = match outcome {
        Ok(id) => {
            session.insert(RECOVERY, id).await?;
            Redirect::to(paths::RECOVERY_CODE).into_response()
        }
        Err(ProofError::TooManyCodes(next)) => {
            let refusal = Some(words::code_too_many(next, now));
            too_many(RecoveryPage { shell, form, refusal }, next, now)
        }
        Err(error) => return Err(error.into()),
    };
    // Writing a message takes a moment longer than writing none; the answer leaves at the same time.
    beat.end().await;
    Ok(answer)
}

pub async fn code(session: Session, shell: Shell) -> WebResult {
    match session.get::<CodeId>(RECOVERY).await? {
        asked @ Some(_) => Ok(NewPasswordPage { shell, form: Form::default(), asked }.into_response()),
        None => Err(WebError::Elsewhere(paths::RECOVERY.to_owned())),
    }
}

/// "Ganti kata sandi".
pub async fn finish(
    session: Session,
    shell: Shell,
    State(db): State<Db>,
    State(clock): State<Clock>,
    State(passwords): State<Passwords>,
    Origin(from): Origin,
    mut form: Form,
) -> WebResult {
    let code = form.read("kode", |text| Code::parse(text).ok_or(()), |()| words::CODE_EMPTY.to_owned());
    let password = form.read("sandi", NewPassword::parse, words::password);
    let id = session.get::<CodeId>(RECOVERY).await?;
    let outcome = match (id, code.zip(password)) {
        _ if !form.is_about(id) => Err(CodeError::OfAnother),
        (None, _) => Err(CodeError::Gone),
        // What can be mended without the code costs no try.
        (Some(_), None) => {
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, NewPasswordPage { shell, form, asked: id }).into_response());
        }
        (Some(id), Some((code, password))) => {
            of_the_code(recovery::finish(&db, &passwords, id, &code, &password, &from, clock.now()).await)?
        }
    };
    match outcome {
        Ok(Ok(())) => {
            session.flush().await?;
            Ok(told::lead_to(paths::LOGIN, words::PASSWORD_RECOVERED))
        }
        Ok(Err(error)) => {
            form.reject("sandi", words::password(error));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, NewPasswordPage { shell, form, asked: id }).into_response())
        }
        Err(error) => {
            form.reject("kode", words::code(error));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, NewPasswordPage { shell, form, asked: id }).into_response())
        }
    }
}
