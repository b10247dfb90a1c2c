//! Citizens' accounts, and who a session belongs to.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::{Conn, DbResult, Tx, residents};
use crate::{
    domain::{
        ids::{AccountId, ResidentId},
        nik::Nik,
        person::Email,
        phone::Phone,
        resident::Resident,
    },
    vault::Place,
};

const TABLE: &str = "accounts";

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
    /// Whose it is.
    pub resident: Resident,
    /// Which password it has; another one after every change. It tells nothing of the password.
    pub password_mark: i64,
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
    let opened =
        sqlx::query!(
        "insert into accounts (id, resident_id, phone_index, sealed, password_hash, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint accounts_one_per_resident do nothing",
        id.uuid(), resident.uuid(), &phone, sealed, hash, now,
    );
    Ok((opened.execute(tx.pg()).await?.rows_affected() == 1).then_some(id))
}

/// The account that a session belongs to.
///
/// # Errors
/// [`super::DbError`].
pub async fn by_id(conn: &mut Conn, id: AccountId) -> DbResult<Option<Account>> {
    let row = sqlx::query!(
        "select a.sealed, a.password_hash, r.id as resident_id, r.sealed as resident_sealed
         from accounts a join residents r on r.id = a.resident_id where a.id = $1",
        id.uuid(),
    );
    let Some(row) = row.fetch_optional(conn.pg()).await? else { return Ok(None) };
    let contact = conn.vault().open_value(Place { table: TABLE, row: id.uuid() }, &row.sealed)?;
    let resident = residents::open(conn.vault(), row.resident_id, &row.resident_sealed, None)?;
    Ok(Some(Account { id, contact, resident, password_mark: password_mark(&row.password_hash) }))
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
