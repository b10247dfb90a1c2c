//! Filling in an application: each answer is stored when it is sent.

use time::OffsetDateTime;

use super::Citizen;
use crate::{
    db::{Db, DbError, DbResult, Tx, applications, drafts, residents},
    domain::{
        application::{Application, Letter, OpenCase},
        calendar::day_of,
        category::{Category, DocumentKind},
        ids::{ApplicationId, ResidentId},
        phone::Phone,
        resident::Hindrance,
        status::Status,
    },
};

/// Why no application can be begun for somebody.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// Nobody of that kind stands on the family card.
    #[error("not of this family")]
    Stranger,
    /// The person has no right to a card yet.
    #[error("hindered")]
    Hindered(Hindrance),
    /// An application is in progress.
    #[error("in progress")]
    Open(OpenCase),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Begins an application for somebody of the citizen's family, or goes on with the draft there is.
///
/// # Errors
/// [`BeginError`].
pub async fn begin(db: &Db, citizen: &Citizen, about: ResidentId, now: OffsetDateTime) -> Result<ApplicationId, BeginError> {
    let mut tx = db.begin().await?;
    let family = residents::family(&mut tx, &citizen.resident().civil.kk_number).await?;
    let member = family.into_iter().find(|member| member.resident.id == about).ok_or(BeginError::Stranger)?;
    if let Some(hindrance) = member.resident.hindrance(day_of(now)) {
        return Err(BeginError::Hindered(hindrance));
    }
    if let Some(case) = member.open {
        return Err(BeginError::Open(case));
    }
    let draft = drafts::begin(&mut tx, citizen.id(), about, now).await?;
    tx.commit().await?;
    Ok(draft)
}

/// Locks a draft of the citizen's own.
pub(super) async fn lock(
    tx: &mut Tx,
    citizen: &Citizen,
    id: ApplicationId,
    now: OffsetDateTime,
) -> DbResult<Option<Application>> {
    let application = applications::lock_own(tx, citizen.id(), id, now).await?;
    Ok(application.filter(|application| application.status == Status::Draf))
}

/// Stores the reason. Tells whether it fits the person and the draft was there.
///
/// # Errors
/// [`DbError`].
pub async fn set_category(
    db: &Db,
    citizen: &Citizen,
    id: ApplicationId,
    category: Category,
    now: OffsetDateTime,
) -> DbResult<bool> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let Some(draft) = lock(&mut tx, citizen, id, now).await? else { return Ok(false) };
        if category.misfit(&draft.resident).is_some() || draft.resident.hindrance(day_of(now)).is_some() {
            return Ok(false);
        }
        drafts::set_category(&mut tx, id, category, now).await?;
        tx.commit().await?;
        Ok(true)
    })
}

/// What the page about papers asks for.
#[derive(Clone, Debug)]
pub struct Papers {
    /// The documents ticked as ready.
    pub at_hand: Vec<DocumentKind>,
    /// Where notices about this application go.
    pub phone: Phone,
    /// The police's letter, where the category has one.
    pub letter: Option<Letter>,
}

/// Stores papers, telephone and letter. Tells whether the draft was there.
///
/// # Errors
/// [`DbError`].
pub async fn set_papers(db: &Db, citizen: &Citizen, id: ApplicationId, papers: &Papers, now: OffsetDateTime) -> DbResult<bool> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let Some(draft) = lock(&mut tx, citizen, id, now).await? else { return Ok(false) };
        let mut details = draft.details;
        details.phone = Some(papers.phone.clone());
        // One that belongs to another category is kept until "Ya".
        details.letter = papers.letter.clone().or(details.letter);
        drafts::set_papers(&mut tx, id, &papers.at_hand, &details, now).await?;
        tx.commit().await?;
        Ok(true)
    })
}

/// Removes a draft with its pages and its hold. Tells whether it was there.
///
/// # Errors
/// [`DbError`].
pub async fn remove(db: &Db, citizen: &Citizen, id: ApplicationId) -> DbResult<bool> {
    let mut tx = db.begin().await?;
    let removed = drafts::remove(&mut tx, citizen.id(), id).await?;
    tx.commit().await?;
    Ok(removed)
}
