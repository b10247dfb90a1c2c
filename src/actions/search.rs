//! Searching among cases: an officer finds what they may see, and what they looked for is written down.

use time::OffsetDateTime;

use super::OnDuty;
use crate::{
    db::{
        Db, DbResult, events,
        queue::{self, QueueItem, Wanted},
    },
    domain::event::Deed,
};

/// Finds cases. What was typed is kept sealed with the event.
///
/// # Errors
/// [`crate::db::DbError`].
pub async fn search(db: &Db, by: &OnDuty, wanted: &Wanted, typed: &str, now: OffsetDateTime) -> DbResult<Vec<QueueItem>> {
    let mut tx = db.begin().await?;
    let found = queue::search(&mut tx, &by.officer.scope(), wanted, now).await?;
    let typed: String = typed.chars().take(200).collect();
    events::add_deed_with(&mut tx, &Deed::Searched, Some(&typed), &by.witness(), now).await?;
    tx.commit().await?;
    Ok(found)
}
