//! Accounts at the counter, for somebody whose identity an officer has checked: freeing one that somebody else opened with
//! their NIK, and putting a new phone in place of a lost one. The old number is told.

use time::OffsetDateTime;

use super::{MayCollide, OnDuty};
use crate::{
    db::{Db, DbError, DbResult, Tx, accounts, accounts::Account, events, messages, residents, sessions},
    domain::{
        event::Deed,
        ids::{AccountId, FactId},
        message::{MessageKind, Sms},
        nik::Nik,
        officer::Officer,
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
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
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
            Some(_) => accounts::live_of(&mut tx, nik).await?,
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

/// Frees an account: nobody logs in with it any more, and its rightful owner may register. What was filed with it stays,
/// and is theirs then. Freeing twice is freeing once.
///
/// # Errors
/// [`AccountError`].
pub async fn free(db: &Db, by: &OnDuty, id: AccountId, now: OffsetDateTime) -> Result<(), AccountError> {
    until_undisturbed!(async {
        let (mut tx, account, counter) = begin(db, by, id).await?;
        let Some(account) = account else { return Ok(()) };
        accounts::release(&mut tx, id, now).await?;
        sessions::end_all(&mut tx, id, None).await?;
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
        let account = account.ok_or(AccountError::NotFound)?;
        let old = account.contact.phone.clone();
        if old == *phone {
            return Ok(());
        }
        accounts::change_phone(&mut tx, &account, phone).await?;
        accounts::change_phone_of_cases(&mut tx, id, &old, phone).await?;
        sessions::end_all(&mut tx, id, None).await?;
        let fact = events::add_deed(&mut tx, &Deed::PhoneChanged(id), &by.witness(), now).await?;
        tell(&mut tx, &old, MessageKind::PonselDiganti, counter, fact, now).await?;
        Ok(tx.commit().await?)
    })
}

/// The account, unless it was freed, and the counter where the officer serves its resident.
async fn begin<'a>(db: &Db, by: &'a OnDuty, id: AccountId) -> Result<(Tx, Option<Account>, &'a Counter), AccountError> {
    let mut tx = db.begin().await?;
    let (kelurahan, in_use) = accounts::lock(&mut tx, id).await?.ok_or(AccountError::NotFound)?;
    let counter = serves(&by.officer, &kelurahan).ok_or(AccountError::NotFound)?;
    let account = if in_use { accounts::by_id(&mut tx, id).await? } else { None };
    Ok((tx, account, counter))
}

async fn tell(tx: &mut Tx, phone: &Phone, kind: MessageKind, at: &Counter, fact: FactId, now: OffsetDateTime) -> DbResult<()> {
    let sms = Sms { phone: phone.clone(), text: sms::account_text(kind, at, now) };
    messages::owe(tx, None, kind, fact, &sms, now).await
}
