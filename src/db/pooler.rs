//! Whether a pooler stands between the program and PostgreSQL that cannot serve it. Statements are prepared under names that
//! are a connection's own, and each connection asks for its time limits; PgBouncer in transaction mode lends the same server
//! to many connections, and then another one's statement may run in place of ours.

use sqlx::postgres::PgDatabaseError;

use super::{Db, DbError, DbResult};

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
    let mut second = db.read().await?;
    let sign = format!("{:032x}", rand::random::<u128>());
    // Of two servers, none hears what the other was told.
    sqlx::query!("select set_config('alpukat.sign', $1, false)", sign).fetch_one(first.pg()).await?;
    let heard = sqlx::query_scalar!("select current_setting('alpukat.sign', true)").fetch_one(second.pg()).await?;
    sqlx::query!("select set_config('alpukat.sign', '', false)").fetch_one(first.pg()).await?;
    Ok(if heard == Some(sign) { Err(Unfit::Shares) } else { Ok(()) })
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
