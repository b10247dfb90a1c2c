//! Citizens' accounts, and who a session belongs to.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{Conn, DbResult, Tx, applications, residents};
use crate::{
    domain::{
        application::Details,
        ids::{AccountId, ResidentId},
        nik::Nik,
        own_data::OwnData,
        person::Email,
        phone::Phone,
        resident::Resident,
    },
    vault::{BlindIndex, Place},
};

pub(super) const TABLE: &str = "accounts";

/// What is sealed in an account's row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contact {
    /// Where codes go.
    pub phone: Phone,
    /// E-mail, if given.
    pub email: Option<Email>,
}

/// An account and the resident it is bound to.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// How to reach its owner.
    pub contact: Contact,
    /// Whether a code proved that the e-mail address is theirs.
    pub email_is_proved: bool,
    /// Whose it is.
    pub resident: Resident,
    /// Which password it has; another one after every change. It tells nothing of the password.
    pub password_mark: i64,
}

impl Account {
    /// What makes no password for it.
    #[must_use]
    pub fn own_data(&self) -> OwnData<'_> {
        let civil = &self.resident.civil;
        OwnData {
            nik: Some(&civil.nik),
            kk_number: Some(&civil.kk_number),
            name: Some(&civil.name),
            birth_date: Some(civil.birth_date),
            phone: Some(&self.contact.phone),
            username: None,
        }
    }

    /// Where notices go by e-mail: an address that was proved, and no other.
    #[must_use]
    pub fn proved_email(&self) -> Option<&Email> {
        self.contact.email.as_ref().filter(|_| self.email_is_proved)
    }
}

/// The mark of a password's hash, by which a session knows whether it was opened with this password.
#[must_use]
pub fn password_mark(hash: &str) -> i64 {
    Sha256::digest(hash).first_chunk().copied().map_or(0, i64::from_be_bytes)
}

/// Opens an account, unless the resident has one. Tells whether it is new.
///
/// # Errors
/// [`super::DbError`].
pub async fn open(
    tx: &mut Tx,
    resident: ResidentId,
    contact: &Contact,
    hash: &str,
    now: OffsetDateTime,
) -> DbResult<Option<AccountId>> {
    let id = AccountId::random();
    let phone = tx.vault().phone_index(&contact.phone);
    let sealed = tx.vault().seal_value(Place { table: TABLE, row: id.uuid() }, contact)?;
    let opened = sqlx::query!(
        "insert into accounts (id, resident_id, phone_index, sealed, password_hash, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint accounts_one_per_resident do nothing",
        id.uuid(),
        resident.uuid(),
        &phone,
        sealed,
        hash,
        now,
    );
    Ok((opened.execute(tx.pg()).await?.rows_affected() == 1).then_some(id))
}

/// The account that a session belongs to.
///
/// # Errors
/// [`super::DbError`].
pub async fn by_id(conn: &mut Conn, id: AccountId) -> DbResult<Option<Account>> {
    let row = sqlx::query!(
        "select a.sealed, a.email_index, a.password_hash, r.id as resident_id, r.sealed as resident_sealed
         from accounts a join residents r on r.id = a.resident_id where a.id = $1",
        id.uuid(),
    );
    let Some(row) = row.fetch_optional(conn.pg()).await? else { return Ok(None) };
    let contact: Contact = conn.vault().open_value(Place { table: TABLE, row: id.uuid() }, &row.sealed)?;
    let index = contact.email.as_ref().map(|email| conn.vault().email_index(email).to_vec());
    let email_is_proved = index.is_some() && index == row.email_index;
    let resident = residents::open(conn.vault(), row.resident_id, &row.resident_sealed, None)?;
    Ok(Some(Account { id, contact, email_is_proved, resident, password_mark: password_mark(&row.password_hash) }))
}

/// The account of the resident with this NIK, that resident, and the hash of the password.
///
/// # Errors
/// [`super::DbError`].
pub async fn credentials(conn: &mut Conn, nik: &Nik) -> DbResult<Option<(AccountId, Resident, String)>> {
    let index = conn.vault().nik_index(nik);
    let row = sqlx::query!(
        "select a.id, a.password_hash, r.id as resident_id, r.sealed
         from accounts a join residents r on r.id = a.resident_id where r.nik_index = $1",
        &index,
    );
    let Some(row) = row.fetch_optional(conn.pg()).await? else { return Ok(None) };
    let resident = residents::open(conn.vault(), row.resident_id, &row.sealed, None)?;
    Ok(Some((row.id.into(), resident, row.password_hash)))
}

/// The account of the resident with this NIK.
///
/// # Errors
/// [`super::DbError`].
pub async fn of_nik(conn: &mut Conn, nik: &Nik) -> DbResult<Option<Account>> {
    match credentials(conn, nik).await? {
        Some((id, ..)) => by_id(conn, id).await,
        None => Ok(None),
    }
}

/// A resident's account.
///
/// # Errors
/// [`super::DbError`].
pub async fn of_resident(conn: &mut Conn, resident: ResidentId) -> DbResult<Option<Account>> {
    let id = sqlx::query_scalar!("select id from accounts where resident_id = $1", resident.uuid());
    match id.fetch_optional(conn.pg()).await? {
        Some(id) => by_id(conn, id.into()).await,
        None => Ok(None),
    }
}

/// Whether a resident has an account.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn has_account(conn: &mut Conn, resident: ResidentId) -> DbResult<bool> {
    let known =
        sqlx::query_scalar!(r#"select exists (select from accounts where resident_id = $1) as "known!""#, resident.uuid(),);
    Ok(known.fetch_one(conn.pg()).await?)
}

/// Locks an account until the transaction ends.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn lock(tx: &mut Tx, id: AccountId) -> DbResult<()> {
    sqlx::query!("select id from accounts where id = $1 for no key update", id.uuid()).fetch_optional(tx.pg()).await?;
    Ok(())
}

/// Puts a new password in place of whatever there was.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn set_password(tx: &mut Tx, id: AccountId, hash: &str) -> DbResult<()> {
    sqlx::query!("update accounts set password_hash = $2 where id = $1", id.uuid(), hash).execute(tx.pg()).await?;
    Ok(())
}

/// Puts another phone in place of an account's.
///
/// # Errors
/// [`super::DbError`].
pub async fn change_phone(tx: &mut Tx, account: &Account, phone: &Phone) -> DbResult<()> {
    let contact = Contact { phone: phone.clone(), email: account.contact.email.clone() };
    change_contact(tx, account.id, &contact, account.email_is_proved).await
}

/// Puts a proved e-mail address in place of whatever an account had, or none.
///
/// # Errors
/// [`super::DbError`].
pub async fn change_email(tx: &mut Tx, account: &Account, email: Option<&Email>) -> DbResult<()> {
    let contact = Contact { phone: account.contact.phone.clone(), email: email.cloned() };
    change_contact(tx, account.id, &contact, true).await
}

/// Puts other ways to reach an account's owner in place of all there were.
///
/// # Errors
/// [`super::DbError`].
pub async fn change_contact(tx: &mut Tx, id: AccountId, contact: &Contact, email_is_proved: bool) -> DbResult<()> {
    let phone = tx.vault().phone_index(&contact.phone);
    let email = contact.email.as_ref().filter(|_| email_is_proved).map(|email| tx.vault().email_index(email));
    let sealed = tx.vault().seal_value(Place { table: TABLE, row: id.uuid() }, contact)?;
    sqlx::query!(
        "update accounts set phone_index = $2, email_index = $3, sealed = $4 where id = $1",
        id.uuid(),
        &phone,
        email.as_ref().map(BlindIndex::as_slice),
        sealed,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Sends notices about an account's open cases and drafts to another phone: those that went to `old`, or all.
///
/// # Errors
/// [`super::DbError`].
pub async fn change_phone_of_cases(tx: &mut Tx, id: AccountId, old: Option<&Phone>, new: &Phone) -> DbResult<()> {
    let old = old.map(|old| tx.vault().phone_index(old).to_vec());
    let index = tx.vault().phone_index(new);
    let rows = sqlx::query!(
        "select id, sealed from applications where account_id = $1 and phone_index is not null and ($2::bytea is null or phone_index = $2)
             and status not in ('selesai', 'ditolak', 'dibatalkan', 'kedaluwarsa') order by id for no key update",
        id.uuid(),
        old,
    );
    for row in rows.fetch_all(tx.pg()).await? {
        let place = Place { table: applications::TABLE, row: row.id };
        let details = Details { phone: Some(new.clone()), ..tx.vault().open_value(place, &row.sealed)? };
        let sealed = tx.vault().seal_value(place, &details)?;
        sqlx::query!("update applications set phone_index = $2, sealed = $3 where id = $1", row.id, &index, sealed)
            .execute(tx.pg())
            .await?;
    }
    Ok(())
}

/// The hash of an account's password.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn password_hash(conn: &mut Conn, id: AccountId) -> DbResult<Option<String>> {
    let hash = sqlx::query_scalar!("select password_hash from accounts where id = $1", id.uuid());
    Ok(hash.fetch_optional(conn.pg()).await?)
}

/// Puts a new password in place of the one whose hash is given. Tells whether it was still that one.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn change_password(tx: &mut Tx, id: AccountId, old_hash: &str, new_hash: &str) -> DbResult<bool> {
    let changed = sqlx::query!(
        "update accounts set password_hash = $3 where id = $1 and password_hash = $2",
        id.uuid(),
        old_hash,
        new_hash,
    );
    Ok(changed.execute(tx.pg()).await?.rows_affected() == 1)
}
