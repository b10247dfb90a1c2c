//! Accounts at the counter, for somebody whose identity an officer has checked: taking back one that somebody else opened with
//! their NIK, and putting a new phone in place of a lost one. The old number is told.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{MayCollide, OnDuty};
use crate::{
    adapters::passwords::{HashingError, Passwords},
    db::{
        Db, DbError, DbResult, Tx, accounts,
        accounts::{Account, Contact},
        cases, events, messages, residents, sessions,
    },
    domain::{
        event::Deed,
        ids::{AccountId, FactId},
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
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The hasher.
    #[error(transparent)]
    Hashing(#[from] HashingError),
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

/// A resident of the counter's area, with their account if they have one. Who was looked for is written down, sealed.
///
/// # Errors
/// [`DbError`].
pub async fn find(db: &Db, by: &OnDuty, nik: &Nik, now: OffsetDateTime) -> DbResult<Option<(Resident, Option<Account>)>> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let found =
            residents::by_nik(&mut tx, nik).await?.filter(|resident| serves(&by.officer, &resident.civil.kelurahan).is_some());
        let account = match &found {
            Some(_) => accounts::of_nik(&mut tx, nik).await?,
            None => None,
        };
        events::add_deed_with(&mut tx, &Deed::Searched, Some(nik.as_str()), &by.witness(), now).await?;
        tx.commit().await?;
        Ok::<_, DbError>(found.map(|resident| (resident, account)))
    })
}

/// The account with this identifier, if it is one of the counter's area.
///
/// # Errors
/// [`AccountError`].
pub async fn account(db: &Db, by: &OnDuty, id: AccountId) -> Result<Account, AccountError> {
    let account = accounts::by_id(&mut db.read().await?, id).await?;
    account.filter(|account| serves(&by.officer, &account.resident.civil.kelurahan).is_some()).ok_or(AccountError::NotFound)
}

/// Takes an account from whoever opened it, and gives it to whoever stands at the counter: its password opens nothing any
/// more, its sessions end, and codes and all notices go to their phone, with which they make a password of their own ("Lupa
/// kata sandi?"). What was filed with it stays, and is theirs. Nothing happens when somebody did anything with the account
/// since the officer saw it (`mark`): so pressing twice is pressing once.
///
/// # Errors
/// [`AccountError`].
pub async fn free(
    db: &Db,
    passwords: &Passwords,
    by: &OnDuty,
    id: AccountId,
    mark: i64,
    phone: &Phone,
    now: OffsetDateTime,
) -> Result<(), AccountError> {
    // A password that nobody knows.
    let hash = passwords.hash(&format!("{}{}", Uuid::new_v4(), Uuid::new_v4())).await?;
    until_undisturbed!(async {
        let (mut tx, account, counter) = begin(db, by, id).await?;
        if account.password_mark != mark {
            return Ok(());
        }
        accounts::set_password(&mut tx, id, &hash).await?;
        // The e-mail address was that of whoever opened it.
        accounts::change_contact(&mut tx, id, &Contact { phone: phone.clone(), email: None }, false).await?;
        accounts::change_phone_of_cases(&mut tx, id, None, phone).await?;
        sessions::end_all(&mut tx, id, None, now).await?;
        let fact = events::add_deed(&mut tx, &Deed::AccountFreed(id), &by.witness(), now).await?;
        tell(&mut tx, &account.contact.phone, MessageKind::AkunDilepas, counter, fact, now).await?;
        Ok(tx.commit().await?)
    })
}

/// Puts another phone in place of an account's, also for notices about open cases that went to the old one. Whoever is
/// logged in with the account is logged out: the lost phone may be among them.
///
/// # Errors
/// [`AccountError`].
pub async fn change_phone(db: &Db, by: &OnDuty, id: AccountId, phone: &Phone, now: OffsetDateTime) -> Result<(), AccountError> {
    until_undisturbed!(async {
        let (mut tx, account, counter) = begin(db, by, id).await?;
        let old = account.contact.phone.clone();
        if old == *phone {
            return Ok(());
        }
        accounts::change_phone(&mut tx, &account, phone).await?;
        accounts::change_phone_of_cases(&mut tx, id, Some(&old), phone).await?;
        sessions::end_all(&mut tx, id, None, now).await?;
        let fact = events::add_deed(&mut tx, &Deed::PhoneChanged(id), &by.witness(), now).await?;
        tell(&mut tx, &old, MessageKind::PonselDiganti, counter, fact, now).await?;
        Ok(tx.commit().await?)
    })
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
