//! Whether a database was filled with our keys. With others, right passwords would be wrong, everybody could register a
//! second time, and history would never verify again; so this is asked before anything else.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Conn, DbError, DbResult, accounts, audit, officers, residents};
use crate::vault::Place;

/// Makes sure that the database is ours, and leaves a sign in one that has none. Tells whether there is a sign now: none yet
/// where migrations are missing.
///
/// # Errors
/// [`DbError::OtherSecret`] when it was filled with other keys; [`DbError::Sql`].
pub(super) async fn recognise(conn: &mut Conn) -> DbResult<bool> {
    let has_table = sqlx::query_scalar!(r#"select to_regclass('key_check') is not null as "known!""#);
    let has_table = has_table.fetch_one(conn.pg()).await?;
    if has_table && is_ours(conn).await? {
        return Ok(true);
    }
    if opens(conn).await? == Some(false) || link_agrees(conn).await? == Some(false) {
        return Err(DbError::OtherSecret);
    }
    if !has_table {
        return Ok(false);
    }
    let mac = conn.vault().key_check();
    sqlx::query!("insert into key_check (mac) values ($1) on conflict do nothing", &mac).execute(conn.pg()).await?;
    // Somebody with another secret may have been faster.
    is_ours(conn).await
}

/// Whether the sign is there, and ours.
async fn is_ours(conn: &mut Conn) -> DbResult<bool> {
    let sign = sqlx::query_scalar!("select mac from key_check").fetch_optional(conn.pg()).await?;
    match sign {
        Some(sign) if sign != conn.vault().key_check() => Err(DbError::OtherSecret),
        sign => Ok(sign.is_some()),
    }
}

/// Whether one of the sealed rows opens; nothing where there are none.
async fn opens(conn: &mut Conn) -> DbResult<Option<bool>> {
    let mut any = None;
    for table in [residents::TABLE, accounts::TABLE, officers::TABLE] {
        let known = sqlx::query_scalar!(r#"select to_regclass($1) is not null as "known!""#, table);
        if !known.fetch_one(conn.pg()).await? {
            continue;
        }
        let row: Option<(Uuid, Vec<u8>)> =
            sqlx::query_as(AssertSqlSafe(format!("select id, sealed from {table} limit 1"))).fetch_optional(conn.pg()).await?;
        if let Some((row, sealed)) = row {
            any = Some(any == Some(true) || conn.vault().open(Place { table, row }, &sealed).is_ok());
        }
    }
    Ok(any)
}

/// Whether history goes on with our key; nothing where there is none.
async fn link_agrees(conn: &mut Conn) -> DbResult<Option<bool>> {
    let chained = sqlx::query_scalar!(r#"select to_regclass('chain_heads') is not null as "known!""#);
    if chained.fetch_one(conn.pg()).await? { audit::newest_link_agrees(conn).await } else { Ok(None) }
}
