//! Storing the pages of an uploaded file, and removing a page.

use time::OffsetDateTime;

use super::{Citizen, MayCollide, draft};
use crate::{
    db::{Db, DbError, DbResult, drafts, pages},
    domain::{
        category::DocumentKind,
        ids::{ApplicationId, PageId},
        upload::{FileFingerprint, MAX_PAGES, PageImage},
    },
};

/// Why pages are not stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such draft, or its category knows no such document.
    #[error("no such draft")]
    NotFound,
    /// The document would have more than ten pages; so many it has.
    #[error("too many pages")]
    Full(usize),
    /// The same file is stored as this page.
    #[error("stored already")]
    Twice(usize),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayCollide for StoreError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_collision())
    }
}

/// Adds the pages that a file became, all or none.
///
/// # Errors
/// [`StoreError`].
pub async fn store(
    db: &Db,
    citizen: &Citizen,
    id: ApplicationId,
    kind: DocumentKind,
    images: &[PageImage],
    fingerprint: &FileFingerprint,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let draft = draft::lock(&mut tx, citizen, id, now).await?.ok_or(StoreError::NotFound)?;
        if !draft.category.is_some_and(|category| category.documents().any(|known| known == kind)) {
            return Err(StoreError::NotFound);
        }
        if let Some(number) = pages::with_fingerprint(&mut tx, id, kind, fingerprint).await? {
            return Err(StoreError::Twice(number));
        }
        let stored = draft.pages(kind);
        if stored + images.len() > MAX_PAGES {
            return Err(StoreError::Full(stored));
        }
        pages::add(&mut tx, id, kind, images, fingerprint, now).await?;
        drafts::touch(&mut tx, id, now).await?;
        Ok(tx.commit().await?)
    })
}

/// Removes a page of a draft. Tells which one it was.
///
/// # Errors
/// [`DbError`].
pub async fn remove(
    db: &Db,
    citizen: &Citizen,
    id: ApplicationId,
    page: PageId,
    now: OffsetDateTime,
) -> DbResult<Option<(DocumentKind, usize)>> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        if draft::lock(&mut tx, citizen, id, now).await?.is_none() {
            return Ok(None);
        }
        let removed = pages::remove(&mut tx, id, page).await?;
        drafts::touch(&mut tx, id, now).await?;
        tx.commit().await?;
        Ok(removed)
    })
}
