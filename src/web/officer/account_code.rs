//! `/petugas/loket/akun/kode`: the code that was sent to the phone of somebody at the counter. They read it out, the officer types
//! it, and only then the phone is the account's. Which code it is, is known to the session alone.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use tower_sessions::Session;

use super::{
    accounts,
    desk::{Desk, DeskShell},
};
use crate::{
    actions::desk_accounts::{self, AccountError},
    adapters::passwords::Passwords,
    db::{Db, accounts::Account, codes::Errand},
    domain::{
        code::{Code, CodeError},
        ids::CodeId,
        phone::Phone,
    },
    render::{desk_words, words},
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths, told,
    },
};

/// Under this key a session keeps which code was asked for at the counter.
pub const CODE: &str = "kode_di_loket";

#[derive(Template, WebTemplate)]
#[template(path = "officer/account_code.html")]
struct CodePage {
    shell: DeskShell,
    form: Form,
    asked: CodeId,
    account: Account,
    /// Where the code went.
    phone: Phone,
    errand: Errand,
}

/// The page of the code that this session waits for, if it does.
async fn page(desk: &Desk, session: &Session, db: &Db) -> WebResult<Option<CodePage>> {
    let Some(asked) = session.get::<CodeId>(CODE).await? else { return Ok(None) };
    let under_way = desk_accounts::under_way(db, &desk.on_duty, asked).await?;
    Ok(under_way.map(|(account, phone, errand)| CodePage {
        shell: desk.shell.clone(),
        form: Form::default(),
        asked,
        account,
        phone,
        errand,
    }))
}

pub async fn get(desk: Desk, session: Session, State(db): State<Db>) -> WebResult {
    let page = page(&desk, &session, &db).await?;
    Ok(page.ok_or_else(|| WebError::Elsewhere(paths::DESK_ACCOUNTS.to_owned()))?.into_response())
}

/// "Ganti nomor ponsel" or "Lepas akun", with the code.
pub async fn post(
    desk: Desk,
    session: Session,
    State(db): State<Db>,
    State(passwords): State<Passwords>,
    mut form: Form,
) -> WebResult {
    // Whoever pressed twice is led on as after the first time.
    let Some(page) = page(&desk, &session, &db).await? else { return Ok(Redirect::to(paths::DESK_ACCOUNTS).into_response()) };
    let typed = form.read("kode", |text| Code::parse(text).ok_or(()), |()| words::CODE_EMPTY.to_owned());
    let outcome = match typed {
        _ if !form.is_about(Some(page.asked)) => Err(CodeError::OfAnother.into()),
        None => Err(CodeError::Wrong.into()),
        Some(code) => desk_accounts::finish(&db, &passwords, &desk.on_duty, page.asked, &code, desk.now).await,
    };
    match outcome {
        Ok(errand) => {
            session.remove_value(CODE).await?;
            let sentence = if errand == Errand::Replace { desk_words::PHONE_CHANGED } else { desk_words::ACCOUNT_FREED };
            Ok(told::lead_to(paths::DESK_ACCOUNTS, sentence))
        }
        Err(AccountError::Code(error)) => {
            form.reject("kode", words::code(error));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, CodePage { form, ..page }).into_response())
        }
        Err(AccountError::Changed) => {
            let mut form = Form::default();
            form.reject("ponsel-pemilik", desk_words::ACCOUNT_CHANGED);
            accounts::again(desk, &db, page.account.id, form).await
        }
        Err(error) => Err(error.into()),
    }
}
