//! Sending in again what an officer returned. It keeps its place in the queue.

use time::OffsetDateTime;

use super::{Citizen, MayCollide, notice};
use crate::{
    db::{Db, DbError, applications, events},
    domain::{
        application::Claim,
        category::DocumentKind,
        ids::ApplicationId,
        status::{Actor, Status},
    },
    render::sms::Notice,
};

/// Why it is not sent in.
#[derive(Debug, thiserror::Error)]
pub enum MendError {
    /// There is no such application, or nothing of it is to be mended any more.
    #[error("nothing to mend")]
    NotFound,
    /// Nothing new has arrived of these documents.
    #[error("incomplete")]
    Missing(Vec<DocumentKind>),
    /// Its place was given up meanwhile; a new one must be chosen.
    #[error("no place")]
    NoPlace,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayCollide for MendError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_collision())
    }
}

/// Sends a returned application in again. Sending twice is sending once.
///
/// # Errors
/// [`MendError`].
pub async fn send_again(db: &Db, citizen: &Citizen, id: ApplicationId, now: OffsetDateTime) -> Result<(), MendError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let application = applications::lock_own(&mut tx, citizen.id(), id, now).await?.ok_or(MendError::NotFound)?;
        if application.status == Status::Diajukan {
            return Ok(());
        }
        let mending = events::mending(&mut tx, &application).await?.filter(|mending| mending.is_open(now));
        let (Some(mending), Ok(step)) = (mending, application.status.step(Status::Diajukan, Actor::Warga)) else {
            return Err(MendError::NotFound);
        };
        let missing = mending.missing(&application);
        if !missing.is_empty() {
            return Err(MendError::Missing(missing));
        }
        if !application.appointment.as_ref().is_some_and(|appointment| appointment.claim == Claim::Firm) {
            return Err(MendError::NoPlace);
        }
        let fact = applications::take_step(&mut tx, id, step, &citizen.witness(), now).await?.ok_or(MendError::NotFound)?;
        notice::owe(&mut tx, &application, &Notice::Submitted, fact, now).await?;
        Ok(tx.commit().await?)
    })
}
