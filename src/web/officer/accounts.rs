//! `/petugas/loket/akun`: for somebody who stands at the counter, an account that somebody else opened is freed, or a lost
//! phone replaced. A NIK is posted and leads to an address without it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use time::Date;
use tower_sessions::Session;
use uuid::Uuid;

use super::{
    account_code::CODE,
    desk::{Desk, DeskShell},
    found,
};
use crate::{
    actions::{
        desk_accounts::{self, AccountError},
        search,
    },
    db::{Db, accounts::Account, codes::Errand},
    domain::{calendar::day_of, ids::AccountId, nik::Nik, phone::Phone, resident::Resident},
    render::{dates, desk_words, words},
    web::{
        error::{WebError, WebResult, too_many},
        form::Form,
        paths,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "officer/accounts.html")]
struct AccountsPage {
    shell: DeskShell,
    form: Form,
    found: Option<(Resident, Option<Account>)>,
    /// Whether the search in the address is over.
    is_over: bool,
    today: Date,
}

impl AccountsPage {
    fn of(desk: Desk, form: Form, found: Option<(Resident, Option<Account>)>) -> Self {
        Self { today: day_of(desk.now), shell: desk.shell, form, found, is_over: false }
    }

    /// What is known of a resident without an account.
    fn without(&self, resident: &Resident) -> &'static str {
        if resident.civil.may_have_account(self.today) { desk_words::MAY_REGISTER } else { desk_words::MAY_NOT_REGISTER }
    }
}

pub async fn get(desk: Desk, session: Session, State(db): State<Db>, RawQuery(query): RawQuery) -> WebResult {
    desk.officer().workplace().ok_or(WebError::NotFound)?;
    let Some(search) = found::asked(query.as_deref()) else {
        return Ok(AccountsPage::of(desk, Form::default(), None).into_response());
    };
    let found = match found::open::<Nik>(&session, &db, search, desk.now).await? {
        Some(nik) => desk_accounts::find(&db, &desk.on_duty, &nik).await?,
        None => None,
    };
    let is_over = found.is_none();
    Ok(AccountsPage { is_over, ..AccountsPage::of(desk, Form::default(), found) }.into_response())
}

/// "Cari": who was looked for is written down, sealed.
pub async fn post(desk: Desk, session: Session, State(db): State<Db>, mut form: Form) -> WebResult {
    desk.officer().workplace().ok_or(WebError::NotFound)?;
    let Some(nik) = form.read("nik", Nik::parse, words::nik) else { return Ok(refuse(desk, form, None)) };
    search::note(&db, &desk.on_duty, nik.as_str(), desk.now).await?;
    if desk_accounts::find(&db, &desk.on_duty, &nik).await?.is_none() {
        form.reject("nik", desk_words::RESIDENT_NOT_HERE);
        return Ok(refuse(desk, form, None));
    }
    let search = found::keep(&session, &db, &nik, desk.now).await?;
    Ok(Redirect::to(&paths::found(paths::DESK_ACCOUNTS, search)).into_response())
}

/// "Lepas akun".
pub async fn free(desk: Desk, session: Session, State(db): State<Db>, form: Form) -> WebResult {
    let mark = form.value("tanda").parse::<i64>().map_err(|_| WebError::NotFound)?;
    ask(desk, &session, &db, form, "ponsel-pemilik", "cek-akun", Errand::Free(mark)).await
}

/// "Ganti nomor ponsel".
pub async fn change_phone(desk: Desk, session: Session, State(db): State<Db>, form: Form) -> WebResult {
    ask(desk, &session, &db, form, "ponsel", "cek-ponsel", Errand::Replace).await
}

/// Sends a code to the phone that was typed, once identity was checked.
async fn ask(desk: Desk, session: &Session, db: &Db, mut form: Form, field: &str, tick: &str, errand: Errand) -> WebResult {
    let id = form.value("akun").parse::<Uuid>().map(AccountId::from).map_err(|_| WebError::NotFound)?;
    let phone = form.read(field, Phone::parse, words::phone);
    if !form.has(tick, "identitas") {
        form.reject(tick, desk_words::IDENTITY_UNCHECKED);
    }
    let Some(phone) = phone.filter(|_| form.problems().is_empty()) else { return again(desk, db, id, form).await };
    match desk_accounts::ask(db, &desk.on_duty, id, &phone, errand, desk.now).await {
        Ok(code) => {
            session.insert(CODE, code).await?;
            return Ok(Redirect::to(paths::ACCOUNT_CODE).into_response());
        }
        Err(AccountError::TooManyCodes(next)) => {
            form.reject(field, words::code_too_many(next, desk.now));
            let (now, page) = (desk.now, page(desk, db, id, form).await?);
            return Ok(too_many(page, next, now));
        }
        Err(AccountError::OwnFamily) => form.reject("nik", desk_words::OWN_FAMILY_ACCOUNT),
        Err(AccountError::SamePhone) => form.reject(field, desk_words::PHONE_SAME),
        Err(AccountError::Changed) => form.reject(field, desk_words::ACCOUNT_CHANGED),
        Err(error) => return Err(error.into()),
    }
    again(desk, db, id, form).await
}

impl From<AccountError> for WebError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Db(error) => error.into(),
            AccountError::Hashing(error) => Self::Broken(error.into()),
            _ => Self::NotFound,
        }
    }
}

async fn page(desk: Desk, db: &Db, id: AccountId, form: Form) -> WebResult<AccountsPage> {
    let account = desk_accounts::account(db, &desk.on_duty, id).await?;
    Ok(AccountsPage::of(desk, form, Some((account.resident.clone(), Some(account)))))
}

/// The page of an account again, with what is wrong.
pub async fn again(desk: Desk, db: &Db, id: AccountId, form: Form) -> WebResult {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(desk, db, id, form).await?).into_response())
}

fn refuse(desk: Desk, form: Form, found: Option<(Resident, Option<Account>)>) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, AccountsPage::of(desk, form, found)).into_response()
}
