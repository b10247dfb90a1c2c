//! What happens to a message after it was written: the network's reports, and what officers do when it did not arrive.

use time::OffsetDateTime;

use super::{MayCollide, OnDuty};
use crate::{
    db::{Db, DbError, DbResult, Tx, applications, events, messages},
    domain::{
        event::Deed,
        ids::{ApplicationId, MessageId},
        message::Report,
    },
};

/// Why nothing is done with a message.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// There is no such message, or not for this officer.
    #[error("no such message")]
    NotFound,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayCollide for DeliveryError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_collision())
    }
}

/// The gateway reports on a message, by its guarded address. Tells whether the guard is ours; a report that came before,
/// or that says less than what is known, changes nothing.
///
/// # Errors
/// [`DbError`].
pub async fn report(db: &Db, id: MessageId, guard: &str, report: Option<Report>, now: OffsetDateTime) -> DbResult<bool> {
    if !db.is_report_guard(id, guard) {
        return Ok(false);
    }
    if let Some(report) = report {
        messages::report(&mut db.read().await?, id, report, now).await?;
    }
    Ok(true)
}

/// "Kirim ulang": the message begins anew. One that waits anyway goes on waiting.
///
/// # Errors
/// [`DeliveryError`].
pub async fn send_again(
    db: &Db,
    by: &OnDuty,
    application: ApplicationId,
    id: MessageId,
    now: OffsetDateTime,
) -> Result<(), DeliveryError> {
    until_undisturbed!(async {
        let mut tx = begin(db, by, application, now).await?;
        if messages::send_again(&mut tx, application, id, now).await? {
            events::add_deed(&mut tx, &Deed::MessageSentAgain(application), &by.witness(), now).await?;
        }
        Ok(tx.commit().await?)
    })
}

/// "Sudah ditelepon": somebody was told by telephone.
///
/// # Errors
/// [`DeliveryError`].
pub async fn telephoned(
    db: &Db,
    by: &OnDuty,
    application: ApplicationId,
    id: MessageId,
    now: OffsetDateTime,
) -> Result<(), DeliveryError> {
    until_undisturbed!(async {
        let mut tx = begin(db, by, application, now).await?;
        if messages::telephoned(&mut tx, application, id).await? {
            events::add_deed(&mut tx, &Deed::Telephoned(application), &by.witness(), now).await?;
        }
        Ok(tx.commit().await?)
    })
}

/// Both are deeds of the officers who serve the case's counter.
async fn begin(db: &Db, by: &OnDuty, application: ApplicationId, now: OffsetDateTime) -> Result<Tx, DeliveryError> {
    let mut tx = db.begin().await?;
    let case = applications::lock_in_scope(&mut tx, &by.officer.scope(), application, now).await?;
    let case = case.ok_or(DeliveryError::NotFound)?;
    let serves = case.appointment.is_some_and(|place| by.officer.works_at(&place.counter.code));
    if serves { Ok(tx) } else { Err(DeliveryError::NotFound) }
}
