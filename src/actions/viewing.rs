//! Looking at cases and pages: whoever does is written down, with the same transaction that reads.

use std::collections::HashMap;

use time::OffsetDateTime;

use super::{OnDuty, decision::is_theirs, handover};
use crate::{
    db::{
        Conn, Db, DbResult, accounts, applications, cases,
        cases::Findings,
        events, leases,
        leases::Lease,
        messages, officers, pages,
        printing::{self, Run},
        residents, schedule,
        traces::{self, Trace},
    },
    domain::{
        application::Application,
        calendar::Holidays,
        card::{Because, RunNumber},
        event::Deed,
        ids::{ApplicationId, FactId, OfficerId, PageId, ResidentId},
        message::Message,
        officer::{Family, Role},
        person::FullName,
        receipt::ReceiptNumber,
        region::RegionCode,
        resident::Resident,
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
    pub reasons: HashMap<FactId, Because>,
    /// The officers of its history.
    pub names: HashMap<OfficerId, FullName>,
    /// What its citizen was told.
    pub messages: Vec<Message>,
    /// What officers did about that.
    pub traces: Vec<Trace>,
    /// Who filed it, as the registry knows them today.
    pub filer: Option<Resident>,
    /// Where the resident lives today, if that is another kelurahan than when it was sent.
    pub moved_to: Option<String>,
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
    let traces = traces::of_messages(&mut tx, id).await?;
    let of_steps = application.history.iter().filter_map(|entry| entry.officer);
    let officers: Vec<OfficerId> = of_steps.chain(traces.iter().map(|trace| trace.officer)).collect();
    let seen = SeenCase {
        lease: leases::of(&mut tx, id, now).await?,
        family: cases::family(&mut tx, &application, by.officer.id).await?,
        findings: cases::findings(&mut tx, &application).await?,
        reasons: events::reasons(&mut tx, id).await?,
        names: officers::names(&mut tx, &officers).await?.into_iter().collect(),
        messages: messages::of_application(&mut tx, id).await?,
        traces,
        filer: accounts::by_id(&mut tx, application.account).await?.map(|account| account.resident),
        moved_to: moved_to(&mut tx, &application).await?,
        holidays: schedule::holidays(&mut tx).await?,
        application,
    };
    events::add_deed(&mut tx, &Deed::CaseSeen(id), &by.witness(), now).await?;
    tx.commit().await?;
    Ok(Some(seen))
}

async fn moved_to(conn: &mut Conn, case: &Application) -> DbResult<Option<String>> {
    let kelurahan = &case.resident.civil.kelurahan;
    if case.civil().kelurahan == *kelurahan { Ok(None) } else { residents::kelurahan_name(conn, kelurahan).await }
}

/// "Tampilkan NIK": writes down that whoever may see a case is shown its numbers in full. Tells whether they may.
///
/// # Errors
/// [`crate::db::DbError`].
pub async fn see_numbers(db: &Db, by: &OnDuty, id: ApplicationId, now: OffsetDateTime) -> DbResult<bool> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        if applications::in_scope(&mut tx, &by.officer.scope(), id, now).await?.is_none() {
            return Ok(false);
        }
        events::add_deed(&mut tx, &Deed::NumbersSeen(id), &by.witness(), now).await?;
        tx.commit().await?;
        Ok(true)
    })
}

/// A case as the counter sees it.
#[derive(Debug)]
pub struct AtCounter {
    /// The case.
    pub case: Application,
    /// Who may take the card, the holder first.
    pub entitled: Vec<(ResidentId, FullName)>,
    /// The run in which the card was printed last, and its line there.
    pub card: Option<(Run, i16)>,
    /// Why its last step was taken.
    pub because: Option<Because>,
    /// Whether it is for whoever looks to hand the card over.
    pub serves: bool,
}

/// Looks at the case with a receipt number, at the counter.
///
/// # Errors
/// [`crate::db::DbError`].
pub async fn see_at_counter(db: &Db, by: &OnDuty, number: ReceiptNumber, now: OffsetDateTime) -> DbResult<Option<AtCounter>> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let case = applications::numbered_in_scope(&mut tx, &by.officer.scope(), number, now).await?;
        let Some(case) = case else { return Ok(None) };
        let last = case.history.last().map(|last| last.fact);
        let seen = AtCounter {
            entitled: handover::entitled(&mut tx, &case, now).await?,
            card: printing::last_of(&mut tx, case.id).await?,
            because: match last {
                Some(fact) => events::reasons(&mut tx, case.id).await?.remove(&fact),
                None => None,
            },
            serves: is_theirs(&mut tx, by, &case).await?,
            case,
        };
        events::add_deed(&mut tx, &Deed::CaseSeen(seen.case.id), &by.witness(), now).await?;
        tx.commit().await?;
        Ok(Some(seen))
    })
}

/// Writes down a look at a list that names people in full: of a print run, or of what waits at a counter for the printer. One event a
/// list; its people are known by history.
///
/// # Errors
/// [`crate::db::DbError`].
pub async fn see_list(db: &Db, by: &OnDuty, at: &RegionCode, run: Option<RunNumber>, now: OffsetDateTime) -> DbResult<()> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        events::add_deed(&mut tx, &Deed::ListSeen(at.clone(), run), &by.witness(), now).await?;
        tx.commit().await
    })
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
