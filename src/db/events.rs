//! Writing down what happened. Rows are only ever added.

use time::OffsetDateTime;

use super::{DbResult, Tx};
use crate::domain::{
    event::{Deed, Witness},
    ids::ApplicationId,
    status::Step,
};

/// Adds a step of a case.
///
/// # Errors
/// [`super::DbError::Sql`], also when the step does not follow the last one.
pub async fn add_step(
    tx: &mut Tx,
    application: ApplicationId,
    step: Step,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<()> {
    sqlx::query!(
        "insert into events (at, deed, actor, account_id, application_id, origin, from_status, to_status)
         values ($1, 'langkah', $2, $3, $4, $5, $6, $7)",
        now,
        step.by().code(),
        witness.account.map(crate::domain::ids::AccountId::uuid),
        application.uuid(),
        witness.from,
        step.from().code(),
        step.to().code(),
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Adds a deed that is no step.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn add_deed(tx: &mut Tx, deed: Deed, witness: &Witness, now: OffsetDateTime) -> DbResult<()> {
    sqlx::query!(
        "insert into events (at, deed, actor, account_id, application_id, origin) values ($1, $2, $3, $4, $5, $6)",
        now,
        deed.code(),
        witness.actor.code(),
        witness.account.map(crate::domain::ids::AccountId::uuid),
        deed.application().map(ApplicationId::uuid),
        witness.from,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}
