//! Removing what nobody needs any more: ended sessions, old wrong answers, forgotten drafts.

use time::OffsetDateTime;

use super::{Conn, DbResult, codes, sessions::Audience};
use crate::domain::limits;

/// Removes everything past its time. Every statement stands alone: being cut off does no harm.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn sweep(conn: &mut Conn, now: OffsetDateTime) -> DbResult<()> {
    for audience in [Audience::Warga, Audience::Petugas] {
        let (idle, total) = audience.limits();
        sqlx::query!(
            "delete from sessions where audience = $1 and (seen_at <= $2 and ended_at is null or started_at <= $3)",
            audience.code(),
            now - idle,
            now - total,
        )
        .execute(conn.pg())
        .await?;
    }
    let longest = limits::LOGIN.window.max(limits::ADDRESS.window).max(limits::TRACKING.window);
    sqlx::query!("delete from wrong_answers where at <= $1", now - longest).execute(conn.pg()).await?;
    codes::forget(conn, now - codes::REMEMBERED).await?;
    sqlx::query!("delete from applications where status = 'draf' and answered_at <= $1", now - limits::DRAFT)
        .execute(conn.pg())
        .await?;
    Ok(())
}
