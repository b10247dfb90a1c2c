//! What the clock has to do: cases whose time has come, a few at a time.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Conn, DbResult, Tx, applications};
use crate::domain::{application::Application, ids::ApplicationId, officer::Scope};

/// Cases that are looked at together.
const AT_ONCE: i64 = 50;

/// Cases that a round has looked at, whatever came of it: they are passed over until the next round, so that one that
/// cannot be done holds up no other.
#[derive(Debug, Default)]
pub struct Seen(Vec<Uuid>);

impl Seen {
    /// Notes a case.
    pub fn add(&mut self, id: ApplicationId) {
        self.0.push(id.uuid());
    }
}

/// Cases that were returned before this moment and not mended.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn unmended(conn: &mut Conn, before: OffsetDateTime, seen: &Seen) -> DbResult<Vec<ApplicationId>> {
    let due = sqlx::query_scalar!(
        "select id from applications where status = 'perlu_perbaikan' and status_since < $1 and id <> all($2) order by status_since limit $3",
        before,
        &seen.0,
        AT_ONCE,
    );
    Ok(ids(due.fetch_all(conn.pg()).await?))
}

/// Cases whose card lies at the counter and whose appointment was before this moment.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn uncollected(conn: &mut Conn, before: OffsetDateTime, seen: &Seen) -> DbResult<Vec<ApplicationId>> {
    let due = sqlx::query_scalar!(
        "select id from applications where status = 'siap_diambil' and starts_at < $1 and id <> all($2) order by starts_at limit $3",
        before,
        &seen.0,
        AT_ONCE,
    );
    Ok(ids(due.fetch_all(conn.pg()).await?))
}

/// Cases whose cards are not printed and whose place is before this moment.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn too_early(conn: &mut Conn, before: OffsetDateTime, seen: &Seen) -> DbResult<Vec<ApplicationId>> {
    let due = sqlx::query_scalar!(
        "select a.id from applications a join places p on p.application_id = a.id
         where a.status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak') and a.starts_at < $1
           and a.id <> all($2)
         order by a.starts_at, a.submitted_at limit $3",
        before,
        &seen.0,
        AT_ONCE,
    );
    Ok(ids(due.fetch_all(conn.pg()).await?))
}

/// Cases to be fetched between these moments, of whom nobody was reminded since `today` began.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn to_remind(
    conn: &mut Conn,
    from: OffsetDateTime,
    to: OffsetDateTime,
    today: OffsetDateTime,
    seen: &Seen,
) -> DbResult<Vec<ApplicationId>> {
    let due = sqlx::query_scalar!(
        "select id from applications a where status = 'siap_diambil' and starts_at >= $1 and starts_at < $2
             and not exists (select from messages m where m.application_id = a.id and m.kind = 'pengingat' and m.created_at >= $3)
             and id <> all($4)
         order by starts_at limit $5",
        from,
        to,
        today,
        &seen.0,
        AT_ONCE,
    );
    Ok(ids(due.fetch_all(conn.pg()).await?))
}

/// Cases whose card nobody fetched since before this moment, and of whom nobody was reminded since.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn still_there(conn: &mut Conn, before: OffsetDateTime, seen: &Seen) -> DbResult<Vec<ApplicationId>> {
    let due = sqlx::query_scalar!(
        "select id from applications a where status = 'tidak_diambil' and status_since <= $1
             and not exists (select from messages m where m.application_id = a.id and m.kind = 'pengingat' and m.created_at >= a.status_since)
             and id <> all($2)
         order by status_since limit $3",
        before,
        &seen.0,
        AT_ONCE,
    );
    Ok(ids(due.fetch_all(conn.pg()).await?))
}

/// A case, locked until the transaction ends, for the clock.
///
/// # Errors
/// [`super::DbError`].
pub async fn lock(tx: &mut Tx, id: ApplicationId, now: OffsetDateTime) -> DbResult<Option<Application>> {
    applications::lock_in_scope(tx, &Scope::Everything, id, now).await
}

/// Erases pages of applications that ended before a moment and have no appointment ahead. Tells how many.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn erase_scans(conn: &mut Conn, ended_before: OffsetDateTime, now: OffsetDateTime, limit: i64) -> DbResult<u64> {
    let erased = sqlx::query!(
        "delete from pages where id in (
             select p.id from pages p join applications a on a.id = p.application_id
             where a.status in ('selesai', 'ditolak', 'dibatalkan', 'kedaluwarsa') and a.status_since <= $1 and a.starts_at < $2
             limit $3)",
        ended_before,
        now,
        limit,
    );
    Ok(erased.execute(conn.pg()).await?.rows_affected())
}

fn ids(rows: Vec<Uuid>) -> Vec<ApplicationId> {
    rows.into_iter().map(ApplicationId::from).collect()
}
