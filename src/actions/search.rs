//! Searching among cases: what an officer looked for is written down.

use time::OffsetDateTime;

use super::OnDuty;
use crate::{
    db::{Db, DbResult, events},
    domain::event::Deed,
};

/// The longest search that is kept, in characters.
pub const LONGEST: usize = 200;

/// Writes down a search, before anything is found; what was typed is kept sealed with the event. Coming back to its results is no
/// other search.
///
/// # Errors
/// [`crate::db::DbError`].
pub async fn note(db: &Db, by: &OnDuty, typed: &str, now: OffsetDateTime) -> DbResult<()> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        events::add_deed_with(&mut tx, &Deed::Searched, Some(typed), &by.witness(), now).await?;
        tx.commit().await
    })
}
