//! Counting wrong answers, so that nobody guesses for long.

use time::OffsetDateTime;

use super::{Conn, Db, DbResult};
use crate::domain::limits::{Limit, THEN_EVERY, UNSURE};

/// A try that was let through. It counts until it is taken back, or until it is forgotten because nobody said that it was
/// wrong.
#[derive(Debug)]
#[must_use = "a right answer must be taken back, and a wrong one confirmed"]
pub struct Try(Vec<i64>);

/// Lets a try through, or says when the next one may be made.
///
/// The try is counted before the answer is looked at: guesses made at the same time cannot pass the
/// limit together. The subjects are a NIK, a network address or a receipt number.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn attempt(db: &Db, about: &[(Limit, &str)], now: OffsetDateTime) -> DbResult<Result<Try, OffsetDateTime>> {
    let mut tx = db.begin().await?;
    let mut counted = Vec::new();
    for (limit, subject) in about {
        let index = tx.vault().subject_index(limit.scope, subject);
        // One at a time for each subject; 64 of its bits name the lock.
        let lock = index.first_chunk().copied().map_or(0, i64::from_be_bytes);
        sqlx::query!("select pg_advisory_xact_lock($1)", lock).execute(tx.pg()).await?;
        let recent = sqlx::query!(
            r#"select count(*) as "count!", max(at) as last from wrong_answers where scope = $1 and subject = $2
               and at > $3 and (is_certain or at > $4)"#,
            limit.scope,
            &index,
            now - limit.window,
            now - UNSURE,
        );
        let recent = recent.fetch_one(tx.pg()).await?;
        let next = recent.last.map_or(now, |last| last.min(now) + THEN_EVERY);
        if recent.count >= limit.count && next > now {
            return Ok(Err(next));
        }
        let id = sqlx::query_scalar!(
            "insert into wrong_answers (scope, subject, at) values ($1, $2, $3) returning id",
            limit.scope,
            &index,
            now,
        );
        counted.push(id.fetch_one(tx.pg()).await?);
    }
    tx.commit_bookkeeping().await?;
    Ok(Ok(Try(counted)))
}

/// The answer was wrong: the try counts as long as its limit says.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn confirm(conn: &mut Conn, wrong: Try) -> DbResult<()> {
    sqlx::query!("update wrong_answers set is_certain = true where id = any($1)", &wrong.0).execute(conn.pg()).await?;
    Ok(())
}

/// The answer was right: the try does not count.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn take_back(conn: &mut Conn, right: Try) -> DbResult<()> {
    sqlx::query!("delete from wrong_answers where id = any($1)", &right.0).execute(conn.pg()).await?;
    Ok(())
}
