//! Storing the answers of an application that is not yet sent. Every statement repeats that it is a draft.

use time::OffsetDateTime;

use super::{DbResult, Tx, applications::TABLE};
use crate::{
    domain::{
        application::Details,
        category::{Category, DocumentKind},
        ids::{AccountId, ApplicationId, ResidentId},
        limits,
        region::RegionCode,
    },
    vault::Place,
};

/// The account's draft for a resident: the one it has, or a new one.
///
/// # Errors
/// [`super::DbError`].
pub async fn begin(tx: &mut Tx, account: AccountId, resident: ResidentId, now: OffsetDateTime) -> DbResult<ApplicationId> {
    // One that was left for too long is not taken up again.
    sqlx::query!(
        "delete from applications where account_id = $1 and resident_id = $2 and status = 'draf' and answered_at <= $3",
        account.uuid(),
        resident.uuid(),
        now - limits::DRAFT,
    )
    .execute(tx.pg())
    .await?;
    let id = ApplicationId::random();
    let sealed = tx.vault().seal_value(Place { table: TABLE, row: id.uuid() }, &Details::default())?;
    // The empty update makes one statement answer with the draft there is or the new one, whatever
    // others do at the same time.
    let draft = sqlx::query_scalar!(
        "insert into applications (id, account_id, resident_id, sealed, answered_at) values ($1, $2, $3, $4, $5)
         on conflict (account_id, resident_id) where status = 'draf' do update set account_id = excluded.account_id
         returning id",
        id.uuid(),
        account.uuid(),
        resident.uuid(),
        sealed,
        now,
    );
    Ok(draft.fetch_one(tx.pg()).await?.into())
}

/// Stores the reason. Pages of documents that it does not ask for stay, until "Ya".
///
/// # Errors
/// [`super::DbError`].
pub async fn set_category(tx: &mut Tx, id: ApplicationId, category: Category, now: OffsetDateTime) -> DbResult<()> {
    sqlx::query!(
        "update applications set category = $2, answered_at = $3 where id = $1 and status = 'draf'",
        id.uuid(),
        category.code(),
        now,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Removes the pages of documents that the category does not ask for.
///
/// # Errors
/// [`super::DbError`].
pub async fn drop_unneeded(tx: &mut Tx, id: ApplicationId, category: Category) -> DbResult<()> {
    let kept: Vec<String> = category.documents().map(|kind| kind.code().to_owned()).collect();
    sqlx::query!("delete from pages where application_id = $1 and kind <> all($2)", id.uuid(), &kept).execute(tx.pg()).await?;
    Ok(())
}

/// Stores the papers that are at hand, telephone and letter.
///
/// # Errors
/// [`super::DbError`].
pub async fn set_papers(
    tx: &mut Tx,
    id: ApplicationId,
    papers: &[DocumentKind],
    details: &Details,
    now: OffsetDateTime,
) -> DbResult<()> {
    let papers: Vec<String> = papers.iter().map(|kind| kind.code().to_owned()).collect();
    let phone = details.phone.as_ref().map(|phone| tx.vault().phone_index(phone).to_vec());
    let sealed = tx.vault().seal_value(Place { table: TABLE, row: id.uuid() }, details)?;
    sqlx::query!(
        "update applications set papers = $2, phone_index = $3, sealed = $4, answered_at = $5 where id = $1 and status = 'draf'",
        id.uuid(),
        &papers,
        phone,
        sealed,
        now,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Stores the chosen half hour, of a draft or, on a move, of a sent application.
///
/// # Errors
/// [`super::DbError`].
pub async fn set_slot(
    tx: &mut Tx,
    id: ApplicationId,
    counter: &RegionCode,
    starts_at: OffsetDateTime,
    now: OffsetDateTime,
) -> DbResult<()> {
    sqlx::query!(
        "update applications set counter_code = $2, starts_at = $3, answered_at = $4 where id = $1",
        id.uuid(),
        counter.as_str(),
        starts_at,
        now,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Notes that something was answered, so that the draft's seven days begin anew.
///
/// # Errors
/// [`super::DbError`].
pub async fn touch(tx: &mut Tx, id: ApplicationId, now: OffsetDateTime) -> DbResult<()> {
    sqlx::query!("update applications set answered_at = $2 where id = $1 and status = 'draf'", id.uuid(), now)
        .execute(tx.pg())
        .await?;
    Ok(())
}

/// Removes a draft with its pages and its hold. Tells whether it was one.
///
/// # Errors
/// [`super::DbError`].
pub async fn remove(tx: &mut Tx, account: AccountId, id: ApplicationId) -> DbResult<bool> {
    let removed =
        sqlx::query!("delete from applications where id = $1 and account_id = $2 and status = 'draf'", id.uuid(), account.uuid());
    Ok(removed.execute(tx.pg()).await?.rows_affected() == 1)
}
