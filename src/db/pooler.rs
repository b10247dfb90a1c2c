//! Whether a pooler stands between the program and PostgreSQL that cannot serve it. Statements are prepared under names that
//! are a connection's own, and each connection asks for its time limits; PgBouncer in transaction mode lends the same server
//! to many connections, and then another one's statement may run in place of ours.

use sqlx::postgres::PgDatabaseError;

use super::{Conn, Db, DbError, DbResult};

/// How often it is looked whether servers are shared; a pooler with traffic may hide it once.
const ROUNDS: usize = 3;

/// Why the pooler cannot serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It does not know the settings that come with a connection.
    #[error("DATABASE_URL leads to a pooler that refuses the settings of our connections")]
    RefusesSettings,
    /// It drops them.
    #[error(
        "DATABASE_URL leads to a pooler that drops the settings of our connections (statement_timeout, lock_timeout, \
         idle_in_transaction_session_timeout)"
    )]
    DropsSettings,
    /// It gives one server to several connections.
    #[error("DATABASE_URL leads to a pooler that lends one server to several connections (transaction or statement pooling)")]
    Shares,
}

/// Tries what a pooler may break. Needs two connections.
///
/// # Errors
/// [`DbError`] when the database is away.
pub async fn probe(db: &Db) -> DbResult<Result<(), Unfit>> {
    let tried = try_out(db).await;
    let unfit = match &tried {
        Err(DbError::NotLetIn(error) | DbError::Sql(error)) => unfit_by(error),
        _ => None,
    };
    unfit.map_or(tried, |unfit| Ok(Err(unfit)))
}

async fn try_out(db: &Db) -> DbResult<Result<(), Unfit>> {
    let mut first = db.read().await?;
    let kept = sqlx::query_scalar!(
        r#"select current_setting('statement_timeout') = '5s' and current_setting('lock_timeout') = '2s'
                  and current_setting('idle_in_transaction_session_timeout') = '10s' as "kept!""#
    );
    if !kept.fetch_one(first.pg()).await? {
        return Ok(Err(Unfit::DropsSettings));
    }
    drop(first);
    for _ in 0..ROUNDS {
        if is_shared(db).await? {
            return Ok(Err(Unfit::Shares));
        }
    }
    Ok(Ok(()))
}

/// Whether a connection is served by another server once a second one has begun a transaction. The server that a pooler had
/// lent to the first is then the second's.
async fn is_shared(db: &Db) -> DbResult<bool> {
    let (mut first, second) = (db.read().await?, db.read().await?);
    let before = server(&mut first).await?;
    let mut second = second.begin().await?;
    let other = server(&mut second).await?;
    Ok(server(&mut first).await? != before || other == before)
}

/// Which server process runs the statements of a connection.
async fn server(conn: &mut Conn) -> DbResult<i32> {
    Ok(sqlx::query_scalar!(r#"select pg_backend_pid() as "pid!""#).fetch_one(conn.pg()).await?)
}

/// What an error says about a pooler.
fn unfit_by(error: &sqlx::Error) -> Option<Unfit> {
    let sqlx::Error::Database(error) = error else { return None };
    match error.try_downcast_ref::<PgDatabaseError>()?.code() {
        // "unsupported startup parameter", a protocol violation in the words of PgBouncer.
        "08P01" => Some(Unfit::RefusesSettings),
        // A prepared statement of this name exists, or does not: it is another connection's.
        "42P05" | "26000" => Some(Unfit::Shares),
        _ => None,
    }
}
