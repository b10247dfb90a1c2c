//! Who holds a case while checking it. A lease lapses by itself.

use time::OffsetDateTime;

use super::{Conn, DbResult, Tx, officers};
use crate::domain::{
    ids::{ApplicationId, OfficerId},
    limits,
    person::FullName,
};

/// A living lease.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Who holds the case.
    pub officer: OfficerId,
    /// Their name.
    pub name: FullName,
    /// Since when.
    pub since: OffsetDateTime,
    /// Until when, unless they go on.
    pub until: OffsetDateTime,
}

/// Who holds a case now.
///
/// # Errors
/// [`super::DbError`].
pub async fn of(conn: &mut Conn, application: ApplicationId, now: OffsetDateTime) -> DbResult<Option<Lease>> {
    let row = sqlx::query!(
        "select officer_id, since, until from leases where application_id = $1 and until > $2",
        application.uuid(),
        now,
    );
    let Some(row) = row.fetch_optional(conn.pg()).await? else { return Ok(None) };
    let officer = OfficerId::from(row.officer_id);
    let name = officers::names(conn, &[officer]).await?.pop();
    Ok(name.map(|(officer, name)| Lease { officer, name, since: row.since, until: row.until }))
}

/// The case that an officer has held for longest.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn oldest_held(conn: &mut Conn, officer: OfficerId, now: OffsetDateTime) -> DbResult<Option<ApplicationId>> {
    let held = sqlx::query_scalar!(
        "select application_id from leases where officer_id = $1 and until > $2 order by since limit 1",
        officer.uuid(),
        now,
    );
    Ok(held.fetch_optional(conn.pg()).await?.map(ApplicationId::from))
}

/// Takes a case that nobody else holds, or goes on holding it. Tells whether it is held now, and whether
/// that is new.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn take(tx: &mut Tx, application: ApplicationId, officer: OfficerId, now: OffsetDateTime) -> DbResult<Option<bool>> {
    let taken = sqlx::query_scalar!(
        r#"insert into leases (application_id, officer_id, since, until) values ($1, $2, $3, $4)
           on conflict (application_id) do update set officer_id = $2, until = $4,
               since = case when leases.officer_id = $2 and leases.until > $3 then leases.since else $3 end
               where leases.officer_id = $2 or leases.until <= $3
           returning since = $3 as "new!""#,
        application.uuid(),
        officer.uuid(),
        now,
        now + limits::LEASE,
    );
    Ok(taken.fetch_optional(tx.pg()).await?)
}

/// Goes on holding a case. Nothing happens to one that somebody else holds, or that lapsed.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn renew(conn: &mut Conn, application: ApplicationId, officer: OfficerId, now: OffsetDateTime) -> DbResult<()> {
    sqlx::query!(
        "update leases set until = $4 where application_id = $1 and officer_id = $2 and until > $3",
        application.uuid(),
        officer.uuid(),
        now,
        now + limits::LEASE,
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Ends whoever's lease. Tells whether there was a living one.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn end(tx: &mut Tx, application: ApplicationId, now: OffsetDateTime) -> DbResult<bool> {
    let ended = sqlx::query_scalar!(
        r#"delete from leases where application_id = $1 returning until > $2 as "living!""#,
        application.uuid(),
        now,
    );
    Ok(ended.fetch_optional(tx.pg()).await?.unwrap_or_default())
}
