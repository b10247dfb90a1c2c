//! `/petugas/loket/akun`: for somebody who stands at the counter, an account that somebody else opened is freed, or a lost
//! phone replaced. A NIK is posted, so that none stands in an address.

use askama::Template;
use askama_web::WebTemplate;
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use time::Date;
use uuid::Uuid;

use super::desk::{Desk, DeskShell};
use crate::{
    actions::desk_accounts::{self, AccountError},
    adapters::passwords::Passwords,
    db::{Db, accounts::Account},
    domain::{calendar::day_of, ids::AccountId, nik::Nik, phone::Phone, resident::Resident},
    render::{dates, desk_words, words},
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths, told,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "officer/accounts.html")]
struct AccountsPage {
    shell: DeskShell,
    form: Form,
    found: Option<(Resident, Option<Account>)>,
    today: Date,
}

impl AccountsPage {
    /// What is known of a resident without an account.
    fn without(&self, resident: &Resident) -> &'static str {
        if resident.civil.may_have_account(self.today) { desk_words::MAY_REGISTER } else { desk_words::MAY_NOT_REGISTER }
    }
}

pub async fn get(desk: Desk) -> WebResult {
    desk.officer().workplace().ok_or(WebError::NotFound)?;
    Ok(AccountsPage { shell: desk.shell, form: Form::default(), found: None, today: day_of(desk.now) }.into_response())
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
    Ok(AccountsPage { shell: desk.shell, form: Form::default(), found, today: day_of(desk.now) }.into_response())
}

/// "Lepas akun".
pub async fn free(desk: Desk, State(db): State<Db>, State(passwords): State<Passwords>, mut form: Form) -> WebResult {
    let id = account_in(&form)?;
    let mark = form.value("tanda").parse::<i64>().map_err(|_| WebError::NotFound)?;
    let Some(phone) = checked(&mut form, "ponsel-pemilik", "cek-akun") else { return again(desk, &db, id, form).await };
    let outcome = desk_accounts::free(&db, &passwords, &desk.on_duty, id, mark, &phone, desk.now).await;
    done(desk, &db, id, form, outcome, desk_words::ACCOUNT_FREED).await
}

/// "Ganti nomor ponsel".
pub async fn change_phone(desk: Desk, State(db): State<Db>, mut form: Form) -> WebResult {
    let id = account_in(&form)?;
    let Some(phone) = checked(&mut form, "ponsel", "cek-ponsel") else { return again(desk, &db, id, form).await };
    let outcome = desk_accounts::change_phone(&db, &desk.on_duty, id, &phone, desk.now).await;
    done(desk, &db, id, form, outcome, desk_words::PHONE_CHANGED).await
}

/// The phone that was typed, once identity was checked.
fn checked(form: &mut Form, field: &str, tick: &str) -> Option<Phone> {
    let phone = form.read(field, Phone::parse, words::phone);
    if !form.has(tick, "identitas") {
        form.reject(tick, desk_words::IDENTITY_UNCHECKED);
    }
    phone.filter(|_| form.problems().is_empty())
}

fn account_in(form: &Form) -> WebResult<AccountId> {
    form.value("akun").parse::<Uuid>().map(AccountId::from).map_err(|_| WebError::NotFound)
}

async fn done(
    desk: Desk,
    db: &Db,
    id: AccountId,
    mut form: Form,
    outcome: Result<(), AccountError>,
    sentence: &str,
) -> WebResult {
    match outcome {
        Ok(()) => Ok(told::lead_to(paths::DESK_ACCOUNTS, sentence)),
        Err(AccountError::OwnFamily) => {
            form.reject("nik", desk_words::OWN_FAMILY_ACCOUNT);
            again(desk, db, id, form).await
        }
        Err(AccountError::NotFound) => Err(WebError::NotFound),
        Err(AccountError::Db(error)) => Err(error.into()),
        Err(AccountError::Hashing(error)) => Err(WebError::Broken(error.into())),
    }
}

async fn again(desk: Desk, db: &Db, id: AccountId, form: Form) -> WebResult {
    match desk_accounts::account(db, &desk.on_duty, id).await {
        Ok(account) => Ok(refuse(desk, form, Some((account.resident.clone(), Some(account))))),
        Err(AccountError::Db(error)) => Err(error.into()),
        Err(_) => Err(WebError::NotFound),
    }
}

fn refuse(desk: Desk, form: Form, found: Option<(Resident, Option<Account>)>) -> axum::response::Response {
    (StatusCode::UNPROCESSABLE_ENTITY, AccountsPage { shell: desk.shell, form, found, today: day_of(desk.now) }).into_response()
}
