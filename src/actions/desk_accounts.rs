//! Accounts at the counter, for somebody whose identity an officer has checked: taking back one that somebody else opened with
//! their NIK, and putting a new phone in place of a lost one. The new phone is proved by a code; the old number is told.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{MayCollide, OnDuty, ProofError, codes};
use crate::{
    adapters::passwords::{HashingError, Passwords},
    db::{
        Db, DbError, DbResult, Tx, accounts,
        accounts::{Account, Contact},
        cases,
        codes::{self as rows, Errand, Pending},
        events, messages, residents, sessions,
    },
    domain::{
        code::{Code, CodeError, Purpose},
        event::Deed,
        ids::{AccountId, CodeId, FactId},
        message::{MessageKind, Sms},
        nik::Nik,
        officer::{Family, Officer},
        phone::Phone,
        region::{Counter, RegionCode},
        resident::Resident,
    },
    render::sms,
};

/// Why nothing is done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// There is no such account, or not in the area of this officer's counter.
    #[error("no such account")]
    NotFound,
    /// It is of the officer's own family: a colleague does it.
    #[error("own family")]
    OwnFamily,
    /// Somebody did something with it since the officer saw it.
    #[error("changed meanwhile")]
    Changed,
    /// The phone is the account's already.
    #[error("the same phone")]
    SamePhone,
    /// Codes were asked for too often; the next one may be asked for then.
    #[error("too many codes")]
    TooManyCodes(OffsetDateTime),
    /// The code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The hasher.
    #[error(transparent)]
    Hashing(#[from] HashingError),
}

impl From<ProofError> for AccountError {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::TooMany(next) | ProofError::TooManyCodes(next) => Self::TooManyCodes(next),
            ProofError::Wrong => Self::Code(CodeError::Wrong),
            ProofError::Db(error) => Self::Db(error),
            ProofError::Hashing(error) => Self::Hashing(error),
        }
    }
}

impl MayCollide for AccountError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_collision())
    }
}

/// Whether an officer's counter is one of a resident's.
fn serves<'a>(officer: &'a Officer, kelurahan: &RegionCode) -> Option<&'a Counter> {
    officer.workplace().filter(|counter| kelurahan.counters().contains(&counter.code))
}

/// A resident of the counter's area, with their account if they have one.
///
/// # Errors
/// [`DbError`].
pub async fn find(db: &Db, by: &OnDuty, nik: &Nik) -> DbResult<Option<(Resident, Option<Account>)>> {
    let mut conn = db.read().await?;
    let resident = residents::by_nik(&mut conn, nik).await?;
    let Some(resident) = resident.filter(|resident| serves(&by.officer, &resident.civil.kelurahan).is_some()) else {
        return Ok(None);
    };
    let account = accounts::of_nik(&mut conn, nik).await?;
    Ok(Some((resident, account)))
}

/// The account with this identifier, if it is one of the counter's area.
///
/// # Errors
/// [`AccountError`].
pub async fn account(db: &Db, by: &OnDuty, id: AccountId) -> Result<Account, AccountError> {
    let account = accounts::by_id(&mut db.read().await?, id).await?;
    account.filter(|account| serves(&by.officer, &account.resident.civil.kelurahan).is_some()).ok_or(AccountError::NotFound)
}

/// Asks for the code that proves the phone of whoever stands at the counter, sent to it: for another phone in an account, or for an
/// account that is to be taken from whoever opened it.
///
/// # Errors
/// [`AccountError`].
pub async fn ask(
    db: &Db,
    by: &OnDuty,
    id: AccountId,
    phone: &Phone,
    errand: Errand,
    now: OffsetDateTime,
) -> Result<CodeId, AccountError> {
    until_undisturbed!(async {
        let (mut tx, account, counter) = begin(db, by, id).await?;
        match errand {
            Errand::Replace if account.contact.phone == *phone => return Err(AccountError::SamePhone),
            Errand::Free(mark) if account.password_mark != mark => return Err(AccountError::Changed),
            _ => {}
        }
        let pending = Pending::AtCounter { account: id, phone: phone.clone(), errand };
        let code = codes::ask_at_counter(&mut tx, phone, &pending, counter, &by.from, now).await?;
        tx.commit().await?;
        Ok(code)
    })
}

/// What a code that was asked for at this counter would do, while it can: with which account, and which phone it proves.
///
/// # Errors
/// [`AccountError`].
pub async fn under_way(db: &Db, by: &OnDuty, code: CodeId) -> Result<Option<(Account, Phone, Errand)>, AccountError> {
    let pending = rows::pending(&mut db.read().await?, code, Purpose::Ponsel).await?;
    let Some(Pending::AtCounter { account: id, phone, errand }) = pending else { return Ok(None) };
    Ok(Some((account(db, by, id).await?, phone, errand)))
}

/// Puts the proven phone into the account, and tells the old one; a wrong code is counted.
///
/// # Errors
/// [`AccountError`].
pub async fn finish(
    db: &Db,
    passwords: &Passwords,
    by: &OnDuty,
    code: CodeId,
    typed: &Code,
    now: OffsetDateTime,
) -> Result<Errand, AccountError> {
    let (account, _, errand) = under_way(db, by, code).await?.ok_or(CodeError::Gone)?;
    // A password that nobody knows, made before anything is locked.
    let hash = match errand {
        Errand::Free(_) => passwords.hash(&format!("{}{}", Uuid::new_v4(), Uuid::new_v4())).await?,
        Errand::Replace => String::new(),
    };
    until_undisturbed!(async {
        let (mut tx, account, counter) = begin(db, by, account.id).await?;
        let outcome = rows::attempt(&mut tx, code, Purpose::Ponsel, typed, now).await?;
        let Ok(Pending::AtCounter { phone, .. }) = &outcome else {
            tx.commit().await?;
            return Err(outcome.err().unwrap_or(CodeError::Gone).into());
        };
        let (deed, kind) = match errand {
            Errand::Replace => {
                replace(&mut tx, &account, phone).await?;
                (Deed::PhoneChanged(account.id), MessageKind::PonselDiganti)
            }
            Errand::Free(mark) if mark == account.password_mark => {
                free(&mut tx, &account, &hash, phone).await?;
                (Deed::AccountFreed(account.id), MessageKind::AkunDilepas)
            }
            // Somebody did something with the account since the officer saw it.
            Errand::Free(_) => return Err(AccountError::Changed),
        };
        sessions::end_all(&mut tx, account.id, None, now).await?;
        let fact = events::add_deed(&mut tx, &deed, &by.witness(), now).await?;
        tell(&mut tx, &account.contact.phone, kind, counter, fact, now).await?;
        tx.commit().await?;
        Ok(errand)
    })
}

/// Puts another phone in place of an account's, also for notices about open cases that went to the old one. Whoever is
/// logged in with the account is logged out: the lost phone may be among them.
async fn replace(tx: &mut Tx, account: &Account, phone: &Phone) -> DbResult<()> {
    accounts::change_phone(tx, account, phone).await?;
    accounts::change_phone_of_cases(tx, account.id, Some(&account.contact.phone), phone).await
}

/// Takes an account from whoever opened it, and gives it to whoever stands at the counter: its password opens nothing any
/// more, its sessions end, and codes and all notices go to their phone, with which they make a password of their own ("Lupa
/// kata sandi?"). What was filed with it stays, and is theirs.
async fn free(tx: &mut Tx, account: &Account, hash: &str, phone: &Phone) -> DbResult<()> {
    accounts::set_password(tx, account.id, hash).await?;
    // The e-mail address was that of whoever opened it.
    accounts::change_contact(tx, account.id, &Contact { phone: phone.clone(), email: None }, false).await?;
    accounts::change_phone_of_cases(tx, account.id, None, phone).await
}

/// Locks an account of the counter's area that is not of the officer's own family.
async fn begin<'a>(db: &Db, by: &'a OnDuty, id: AccountId) -> Result<(Tx, Account, &'a Counter), AccountError> {
    let mut tx = db.begin().await?;
    accounts::lock(&mut tx, id).await?;
    let account = accounts::by_id(&mut tx, id).await?.ok_or(AccountError::NotFound)?;
    let counter = serves(&by.officer, &account.resident.civil.kelurahan).ok_or(AccountError::NotFound)?;
    if cases::family_of(&mut tx, account.resident.id, None, by.officer.id).await? == Family::TheirOwn {
        return Err(AccountError::OwnFamily);
    }
    Ok((tx, account, counter))
}

async fn tell(tx: &mut Tx, phone: &Phone, kind: MessageKind, at: &Counter, fact: FactId, now: OffsetDateTime) -> DbResult<()> {
    let sms = Sms { phone: phone.clone(), text: sms::account_text(kind, at, now) };
    messages::owe(tx, None, kind, fact, &sms, now).await
}
