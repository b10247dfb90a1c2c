//! Looking at cases and pages: whoever does is written down, with the same transaction that reads.

use std::collections::HashMap;

use time::OffsetDateTime;

use super::OnDuty;
use crate::{
    db::{
        Db, DbResult, applications, cases, cases::Findings, events, leases, leases::Lease, messages, officers, pages, schedule,
    },
    domain::{
        application::Application,
        calendar::Holidays,
        event::{Deed, Explanation},
        ids::{ApplicationId, FactId, OfficerId, PageId},
        message::Message,
        officer::{Family, Role},
        person::FullName,
    },
};

/// Everything that the page of a case shows.
#[derive(Debug)]
pub struct SeenCase {
    /// The case.
    pub application: Application,
    /// Who holds it now.
    pub lease: Option<Lease>,
    /// Whose family it is about.
    pub family: Family,
    /// What is worth a second look.
    pub findings: Findings,
    /// Why its steps were taken.
    pub explanations: HashMap<FactId, Explanation>,
    /// The officers of its history.
    pub names: HashMap<OfficerId, FullName>,
    /// What its citizen was told.
    pub messages: Vec<Message>,
    /// For reckoning the promise.
    pub holidays: Holidays,
}

/// Looks at a case; whoever holds it goes on holding it.
///
/// # Errors
/// [`crate::db::DbError`].
pub async fn see_case(db: &Db, by: &OnDuty, id: ApplicationId, now: OffsetDateTime) -> DbResult<Option<SeenCase>> {
    until_undisturbed!(try_see_case(db, by, id, now))
}

async fn try_see_case(db: &Db, by: &OnDuty, id: ApplicationId, now: OffsetDateTime) -> DbResult<Option<SeenCase>> {
    let mut tx = db.begin().await?;
    let Some(application) = applications::in_scope(&mut tx, &by.officer.scope(), id, now).await? else { return Ok(None) };
    leases::renew(&mut tx, id, by.officer.id, now).await?;
    let officers: Vec<OfficerId> = application.history.iter().filter_map(|entry| entry.officer).collect();
    let seen = SeenCase {
        lease: leases::of(&mut tx, id, now).await?,
        family: cases::family(&mut tx, &application, by.officer.id).await?,
        findings: cases::findings(&mut tx, &application).await?,
        explanations: events::explanations(&mut tx, id).await?,
        names: officers::names(&mut tx, &officers).await?.into_iter().collect(),
        messages: messages::of_application(&mut tx, id).await?,
        holidays: schedule::holidays(&mut tx).await?,
        application,
    };
    events::add_deed(&mut tx, &Deed::CaseSeen(id), &by.witness(), now).await?;
    tx.commit().await?;
    Ok(Some(seen))
}

/// Looks at a stored page. An administrator sees no document.
///
/// # Errors
/// [`crate::db::DbError`].
pub async fn see_page(db: &Db, by: &OnDuty, id: ApplicationId, page: PageId, now: OffsetDateTime) -> DbResult<Option<Vec<u8>>> {
    if by.officer.role == Role::Admin {
        return Ok(None);
    }
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let found = pages::picture_in_scope(&mut tx, &by.officer.scope(), id, page).await?;
        let Some((kind, number, picture)) = found else { return Ok(None) };
        events::add_deed(&mut tx, &Deed::PageSeen(id, kind, number), &by.witness(), now).await?;
        tx.commit().await?;
        Ok(Some(picture))
    })
}
