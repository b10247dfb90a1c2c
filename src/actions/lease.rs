//! Holding a case while checking it: taking, giving back, and, for a supervisor, taking away.

use time::OffsetDateTime;

use super::{
    OnDuty,
    decision::{DecisionError, may_decide},
};
use crate::{
    db::{Db, DbError, applications, cases, events, leases, schedule},
    domain::{calendar, category::Category, event::Deed, ids::ApplicationId, officer::Role, status::Status},
};

/// "Periksa": holds a case that waits for a decision. Pressing it again goes on holding it.
///
/// # Errors
/// [`DecisionError`]; a case that somebody else holds is [`DecisionError::Held`].
pub async fn take(db: &Db, by: &OnDuty, id: ApplicationId, now: OffsetDateTime) -> Result<(), DecisionError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let scope = by.officer.scope();
        let case = applications::lock_in_scope(&mut tx, &scope, id, now).await?.ok_or(DecisionError::NotFound)?;
        may_decide(&mut tx, by, &case).await?;
        if case.status != Status::Diajukan {
            return Err(DecisionError::late(&mut tx, &case).await?);
        }
        match leases::take(&mut tx, id, by.officer.id, now).await? {
            None => {
                let lease = leases::of(&mut tx, id, now).await?;
                return Err(lease.map_or(DecisionError::Lapsed(None), DecisionError::Held));
            }
            Some(true) => {
                events::add_deed(&mut tx, &Deed::LeaseTaken(id), &by.witness(), now).await?;
            }
            Some(false) => {}
        }
        Ok(tx.commit().await?)
    })
}

/// Takes the next case of the queue, or of one category in it, and gives it, where there is one. Who was faster has it; then the one
/// after it is tried.
///
/// # Errors
/// [`DbError`].
pub async fn take_next(
    db: &Db,
    by: &OnDuty,
    after: ApplicationId,
    category: Option<Category>,
    skipped: bool,
    now: OffsetDateTime,
) -> Result<Option<ApplicationId>, DbError> {
    let mut behind = after;
    for _ in 0..super::TRIES {
        let mut conn = db.read().await?;
        let late_before = calendar::late_before(now, &schedule::holidays(&mut conn).await?);
        let Some(next) = cases::next(&mut conn, behind, category, skipped, by.officer.id, late_before, now).await? else {
            return Ok(None);
        };
        drop(conn);
        match take(db, by, next, now).await {
            Ok(()) => return Ok(Some(next)),
            Err(DecisionError::Db(error)) => return Err(error),
            Err(_) => behind = next,
        }
    }
    Ok(None)
}

/// "Lewati": gives a case back without a decision.
///
/// # Errors
/// [`DecisionError`].
pub async fn give_back(db: &Db, by: &OnDuty, id: ApplicationId, now: OffsetDateTime) -> Result<(), DecisionError> {
    let mut tx = db.begin().await?;
    let scope = by.officer.scope();
    applications::lock_in_scope(&mut tx, &scope, id, now).await?.ok_or(DecisionError::NotFound)?;
    if leases::of(&mut tx, id, now).await?.is_some_and(|lease| lease.officer == by.officer.id) {
        leases::end(&mut tx, id, now).await?;
    }
    Ok(tx.commit().await?)
}

/// "Lepaskan": a supervisor takes a case from whoever holds it, at once. Tells whether somebody did.
///
/// # Errors
/// [`DecisionError`]; for anybody else there is no such deed.
pub async fn release(db: &Db, by: &OnDuty, id: ApplicationId, now: OffsetDateTime) -> Result<bool, DecisionError> {
    if by.officer.role != Role::Penyelia {
        return Err(DecisionError::NotFound);
    }
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let scope = by.officer.scope();
        applications::lock_in_scope(&mut tx, &scope, id, now).await?.ok_or(DecisionError::NotFound)?;
        let was_held = leases::end(&mut tx, id, now).await?;
        if was_held {
            events::add_deed(&mut tx, &Deed::LeaseReleased(id), &by.witness(), now).await?;
        }
        tx.commit().await?;
        Ok(was_held)
    })
}
