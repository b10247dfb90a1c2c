//! Storing the pages of an uploaded file, and removing a page.

use time::OffsetDateTime;

use super::{Citizen, MayCollide};
use crate::{
    db::{Db, DbError, DbResult, Tx, applications, drafts, events, pages},
    domain::{
        application::Application,
        category::DocumentKind,
        ids::{ApplicationId, PageId},
        mending::Mending,
        status::Status,
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

/// Where pages may be added now: a draft, or what was returned for this document.
enum Room {
    Draft,
    Returned(Mending),
}

/// Locks the application, if pages of this document may be added.
async fn room(
    tx: &mut Tx,
    citizen: &Citizen,
    id: ApplicationId,
    kind: DocumentKind,
    now: OffsetDateTime,
) -> DbResult<Option<(Application, Room)>> {
    let Some(application) = applications::lock_own(tx, citizen.id(), id, now).await? else { return Ok(None) };
    if application.status == Status::Draf {
        let fits = application.category.is_some_and(|category| category.documents().any(|known| known == kind));
        return Ok(fits.then_some((application, Room::Draft)));
    }
    let mending = events::mending(tx, &application).await?;
    let mending = mending.filter(|mending| mending.is_open(now) && mending.why.fault_of(kind).is_some());
    Ok(mending.map(|mending| (application, Room::Returned(mending))))
}

/// Adds the pages that a file became, all or none, and gives the number of the last one. The first file that
/// mends a returned document takes the place of its returned pages.
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
) -> Result<usize, StoreError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let (application, room) = room(&mut tx, citizen, id, kind, now).await?.ok_or(StoreError::NotFound)?;
        if let Some(number) = pages::with_fingerprint(&mut tx, id, kind, fingerprint).await? {
            return Err(StoreError::Twice(number));
        }
        let mut stored = application.pages(kind);
        if let Room::Returned(mending) = &room
            && mending.replaces(kind)
            && !mending.is_mended(&application, kind)
        {
            pages::remove_before(&mut tx, id, kind, mending.returned_at).await?;
            stored = 0;
        }
        if stored + images.len() > MAX_PAGES {
            return Err(StoreError::Full(stored));
        }
        pages::add(&mut tx, id, kind, images, fingerprint, now).await?;
        drafts::touch(&mut tx, id, now).await?;
        tx.commit().await?;
        Ok(stored + images.len())
    })
}

/// Removes a page of a draft, or one that came to mend a return. Tells which one it was.
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
        let Some(application) = applications::lock_own(&mut tx, citizen.id(), id, now).await? else { return Ok(None) };
        let mending = events::mending(&mut tx, &application).await?.filter(|mending| mending.is_open(now));
        if application.status != Status::Draf && mending.is_none() {
            return Ok(None);
        }
        let after = mending.map(|mending| mending.returned_at);
        let removed = pages::remove(&mut tx, id, page, after).await?;
        drafts::touch(&mut tx, id, now).await?;
        tx.commit().await?;
        Ok(removed)
    })
}
