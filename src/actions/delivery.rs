//! What happens to a message after it was written: the network's reports, and what officers do when it did not arrive.

use time::OffsetDateTime;

use super::{MayCollide, OnDuty};
use crate::{
    db::{Db, DbError, DbResult, Tx, applications, events, messages},
    domain::{
        application::Application,
        event::Deed,
        ids::{ApplicationId, MessageId},
        message::{Content, MessageKind, Report, Sms},
        phone::Phone,
        repeat::{Repeat, repeat},
    },
};

/// Why nothing is done with a message.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// There is no such message, or not for this officer.
    #[error("no such message")]
    NotFound,
    /// It does not tell how the case stands any more.
    #[error("outdated")]
    Outdated,
    /// It was sent a moment ago; it may be sent again then.
    #[error("sent a moment ago")]
    TooSoon(OffsetDateTime),
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

/// "Kirim ulang": the message begins anew, to the phone that the case has now. One that waits anyway goes on waiting. Gives what
/// is sent.
///
/// # Errors
/// [`DeliveryError`].
pub async fn send_again(
    db: &Db,
    by: &OnDuty,
    application: ApplicationId,
    id: MessageId,
    now: OffsetDateTime,
) -> Result<(MessageKind, Phone), DeliveryError> {
    until_undisturbed!(async {
        let (mut tx, case) = begin(db, by, application, now).await?;
        let all = messages::of_application(&mut tx, application).await?;
        let message = all.iter().find(|message| message.id == id).ok_or(DeliveryError::NotFound)?;
        let Content::Sms(sms) = &message.content else { return Err(DeliveryError::Outdated) };
        let since = case.history.last().map_or(case.answered_at, |last| last.at);
        let phone = case.details.phone.unwrap_or_else(|| sms.phone.clone());
        match repeat(id, &all, case.status, since, now) {
            Repeat::Outdated => return Err(DeliveryError::Outdated),
            Repeat::From(then) => return Err(DeliveryError::TooSoon(then)),
            Repeat::Waits => {}
            Repeat::Now => {
                messages::send_again(&mut tx, id, &Sms { phone: phone.clone(), text: sms.text.clone() }, now).await?;
                let deed = Deed::MessageSentAgain(application, message.kind);
                events::add_deed(&mut tx, &deed, &by.witness(), now).await?;
                tx.commit().await?;
            }
        }
        Ok((message.kind, phone))
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
        let (mut tx, _) = begin(db, by, application, now).await?;
        if let Some(kind) = messages::telephoned(&mut tx, application, id).await? {
            events::add_deed(&mut tx, &Deed::Telephoned(application, kind), &by.witness(), now).await?;
        }
        Ok(tx.commit().await?)
    })
}

/// Both are deeds of the officers who serve the case's counter.
async fn begin(
    db: &Db,
    by: &OnDuty,
    application: ApplicationId,
    now: OffsetDateTime,
) -> Result<(Tx, Application), DeliveryError> {
    let mut tx = db.begin().await?;
    let case = applications::lock_in_scope(&mut tx, &by.officer.scope(), application, now).await?;
    let case = case.ok_or(DeliveryError::NotFound)?;
    let serves = case.appointment.as_ref().is_some_and(|place| by.officer.works_at(&place.counter.code));
    if serves { Ok((tx, case)) } else { Err(DeliveryError::NotFound) }
}
