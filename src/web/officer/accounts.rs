//! `/petugas/loket/akun`: for somebody who stands at the counter, an account that somebody else opened is freed, or a lost
//! phone replaced. A NIK is posted, so that none stands in an address.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use uuid::Uuid;

use super::desk::{Desk, DeskShell};
use crate::{
    actions::desk_accounts::{self, AccountError},
    db::{Db, accounts::Account},
    domain::{ids::AccountId, nik::Nik, phone::Phone, resident::Resident},
    render::{dates, desk_words, words},
    web::{
        error::{WebError, WebResult},
        form::{Form, parameter},
        paths,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "officer/accounts.html")]
struct AccountsPage {
    shell: DeskShell,
    form: Form,
    found: Option<(Resident, Option<Account>)>,
    told: Option<&'static str>,
}

pub async fn get(desk: Desk, RawQuery(query): RawQuery) -> WebResult {
    desk.officer().workplace().ok_or(WebError::NotFound)?;
    let told = match parameter(query.as_deref(), "selesai").as_deref() {
        Some("dilepas") => Some(desk_words::ACCOUNT_FREED),
        Some("ponsel") => Some(desk_words::PHONE_CHANGED),
        _ => None,
    };
    Ok(AccountsPage { shell: desk.shell, form: Form::default(), found: None, told }.into_response())
}

/// "Cari".
pub async fn post(desk: Desk, State(db): State<Db>, mut form: Form) -> WebResult {
    desk.officer().workplace().ok_or(WebError::NotFound)?;
    let Some(nik) = form.read("nik", Nik::parse, words::nik) else { return Ok(refuse(desk, form, None)) };
    let found = desk_accounts::find(&db, &desk.on_duty, &nik, desk.now).await?;
    if found.is_none() {
        form.reject("nik", desk_words::RESIDENT_NOT_HERE);
        return Ok(refuse(desk, form, None));
    }
    Ok(AccountsPage { shell: desk.shell, form: Form::default(), found, told: None }.into_response())
}

/// "Lepas akun".
pub async fn free(desk: Desk, State(db): State<Db>, mut form: Form) -> WebResult {
    let id = account_in(&form)?;
    if !form.has("cek-akun", "identitas") {
        form.reject("cek-akun", desk_words::IDENTITY_UNCHECKED);
        return again(desk, &db, id, form).await;
    }
    done(desk_accounts::free(&db, &desk.on_duty, id, desk.now).await, "dilepas")
}

/// "Ganti nomor ponsel".
pub async fn change_phone(desk: Desk, State(db): State<Db>, mut form: Form) -> WebResult {
    let id = account_in(&form)?;
    let phone = form.read("ponsel", Phone::parse, words::phone);
    if !form.has("cek-ponsel", "identitas") {
        form.reject("cek-ponsel", desk_words::IDENTITY_UNCHECKED);
    }
    let Some(phone) = phone.filter(|_| form.problems().is_empty()) else { return again(desk, &db, id, form).await };
    done(desk_accounts::change_phone(&db, &desk.on_duty, id, &phone, desk.now).await, "ponsel")
}

fn account_in(form: &Form) -> WebResult<AccountId> {
    form.value("akun").parse::<Uuid>().map(AccountId::from).map_err(|_| WebError::NotFound)
}

fn done(outcome: Result<(), AccountError>, what: &str) -> WebResult {
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("{}?selesai={what}", paths::DESK_ACCOUNTS)).into_response()),
        Err(AccountError::NotFound) => Err(WebError::NotFound),
        Err(AccountError::Db(error)) => Err(error.into()),
    }
}

async fn again(desk: Desk, db: &Db, id: AccountId, form: Form) -> WebResult {
    match desk_accounts::account(db, &desk.on_duty, id).await {
        Ok(account) => Ok(refuse(desk, form, Some((account.resident.clone(), Some(account))))),
        Err(AccountError::NotFound) => Err(WebError::NotFound),
        Err(AccountError::Db(error)) => Err(error.into()),
    }
}

fn refuse(desk: Desk, form: Form, found: Option<(Resident, Option<Account>)>) -> axum::response::Response {
    (StatusCode::UNPROCESSABLE_ENTITY, AccountsPage { shell: desk.shell, form, found, told: None }).into_response()
}
