//! What an officer needs to know of a case besides the application itself: whose family it is about, and
//! what is worth a second look.

use std::collections::HashMap;

use serde::Deserialize;
use sqlx::types::Json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Conn, DbError, DbResult};
use crate::domain::{
    application::Application,
    category::{Category, DocumentKind},
    ids::{ApplicationId, OfficerId, ResidentId},
    limits,
    officer::Family,
    receipt::ReceiptNumber,
    region::RegionCode,
    status::Status,
};

/// Uploads of the same file for somebody of another family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// Which document of this case.
    pub kind: DocumentKind,
    /// The other case.
    pub application: ApplicationId,
    /// Its number.
    pub number: ReceiptNumber,
}

/// What is worth a second look. None of it decides anything.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// How often this resident lost a card within a year, this case among them.
    pub losses: i64,
    /// For residents of how many families the phone stands on applications and accounts.
    pub families_of_phone: i64,
    /// The same files elsewhere.
    pub twins: Vec<Twin>,
}

#[derive(Debug, Deserialize)]
struct TwinJson {
    kind: DocumentKind,
    application: ApplicationId,
    number: String,
}

/// Looks for what is worth a second look.
///
/// # Errors
/// [`DbError`].
pub async fn findings(conn: &mut Conn, application: &Application) -> DbResult<Findings> {
    let sent_at = application.submitted_at.unwrap_or(application.answered_at);
    let row = sqlx::query!(
        r#"select
               (select count(*) from applications b
                    where b.resident_id = a.resident_id and b.category = $2 and b.submitted_at > $3 and b.submitted_at <= a.submitted_at) as "losses!",
               (select count(distinct r.kk_index) from residents r where r.id in
                    (select resident_id from applications where phone_index = a.phone_index and status <> 'draf'
                     union select resident_id from accounts where phone_index = a.phone_index)) as "families!",
               (select json_agg(distinct jsonb_build_object('kind', p.kind, 'application', b.id, 'number', b.receipt_number))
                    from pages p join pages q on q.fingerprint = p.fingerprint and q.application_id <> p.application_id
                    join applications b on b.id = q.application_id and b.receipt_number is not null
                    join residents t on t.id = b.resident_id
                    where p.application_id = a.id and t.kk_index <> r.kk_index) as "twins: Json<Vec<TwinJson>>"
           from applications a join residents r on r.id = a.resident_id where a.id = $1"#,
        application.id.uuid(),
        Category::Hilang.code(),
        sent_at - Duration::days(365),
    );
    let row = row.fetch_one(conn.pg()).await?;
    let twin = |twin: TwinJson| {
        let number = ReceiptNumber::parse(&twin.number).map_err(|_| DbError::Impossible("a receipt number"))?;
        Ok(Twin { kind: twin.kind, application: twin.application, number })
    };
    let twins = row.twins.map(|twins| twins.0).unwrap_or_default().into_iter().map(twin).collect::<DbResult<_>>()?;
    let losses = if application.category == Some(Category::Hilang) { row.losses } else { 0 };
    Ok(Findings { losses, families_of_phone: row.families, twins })
}

/// What of that a line of the queue says.
#[derive(Clone, Copy, Debug)]
pub struct Hints {
    /// Whether one of its files was sent for another family, too.
    pub has_twin: bool,
    /// For residents of how many families the phone stands.
    pub families_of_phone: i64,
}

/// The same of many cases at once, for the lines of a page.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn hints(conn: &mut Conn, applications: &[ApplicationId]) -> DbResult<HashMap<ApplicationId, Hints>> {
    let ids: Vec<Uuid> = applications.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select a.id,
               (select count(distinct r.kk_index) from residents r where r.id in
                    (select resident_id from applications where phone_index = a.phone_index and status <> 'draf'
                     union select resident_id from accounts where phone_index = a.phone_index)) as "families!",
               exists (select from pages p join pages q on q.fingerprint = p.fingerprint and q.application_id <> p.application_id
                    join applications b on b.id = q.application_id and b.receipt_number is not null
                    join residents t on t.id = b.resident_id
                    where p.application_id = a.id and t.kk_index <> r.kk_index) as "twin!"
           from applications a join residents r on r.id = a.resident_id where a.id = any($1)"#,
        &ids,
    );
    let hint = |id: Uuid, has_twin, families_of_phone| (ApplicationId::from(id), Hints { has_twin, families_of_phone });
    Ok(rows.fetch_all(conn.pg()).await?.into_iter().map(|row| hint(row.id, row.twin, row.families)).collect())
}

/// Whose family a case is about, seen by an officer.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn family(conn: &mut Conn, application: &Application, viewer: OfficerId) -> DbResult<Family> {
    let counter = application.appointment.as_ref().map(|appointment| &appointment.counter.code);
    family_of(conn, application.resident_id(), counter, viewer).await
}

/// Whose family a resident is of: the viewer's own, or that of an officer of a counter.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn family_of(
    conn: &mut Conn,
    resident: ResidentId,
    counter: Option<&RegionCode>,
    viewer: OfficerId,
) -> DbResult<Family> {
    let row = sqlx::query!(
        r#"with relatives as (
               select o.id, o.counter_code from officers o join residents r on r.nik_index = o.nik_index
               where o.is_enabled and r.kk_index = (select kk_index from residents where id = $1))
           select exists (select from relatives where id = $2) as "own!",
                  exists (select from relatives where counter_code = $3) as "an_officers!""#,
        resident.uuid(),
        viewer.uuid(),
        counter.map(RegionCode::as_str),
    );
    let row = row.fetch_one(conn.pg()).await?;
    Ok(match (row.own, row.an_officers) {
        (true, _) => Family::TheirOwn,
        (_, true) => Family::AnOfficers,
        _ => Family::Nobodys,
    })
}

/// The oldest case of the same counter that waits for a decision, that nobody holds and that is not about
/// the officer's own family. When this one is skipped, the search begins behind it in the queue.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn next(
    conn: &mut Conn,
    after: ApplicationId,
    category: Option<Category>,
    skipped: bool,
    officer: OfficerId,
    late_before: OffsetDateTime,
    now: OffsetDateTime,
) -> DbResult<Option<ApplicationId>> {
    let next = sqlx::query_scalar!(
        "select a.id from applications a join applications b on b.id = $1 and a.counter_code = b.counter_code
         where a.status = 'diajukan' and a.id <> b.id and ($6::text is null or a.category = $6)
           and not exists (select from leases l where l.application_id = a.id and l.until > $3 and l.officer_id <> $5)
           and not exists (select from officers o join residents f on f.nik_index = o.nik_index
                           join residents r on r.kk_index = f.kk_index where o.id = $5 and r.id = a.resident_id)
         order by $4 and (a.status_since >= $2, a.submitted_at, a.id) < (b.status_since >= $2, b.submitted_at, b.id),
                  a.status_since >= $2, a.submitted_at, a.id
         limit 1",
        after.uuid(),
        late_before,
        now,
        skipped,
        officer.uuid(),
        category.map(Category::code),
    );
    Ok(next.fetch_optional(conn.pg()).await?.map(ApplicationId::from))
}

/// A decision that its officer can still take back.
#[derive(Clone, Debug)]
pub struct FreshDecision {
    /// The case.
    pub id: ApplicationId,
    /// The number on its receipt.
    pub number: ReceiptNumber,
    /// Where it went.
    pub status: Status,
    /// Until when it can be taken back.
    pub until: OffsetDateTime,
    /// How long that is from now.
    pub left: Duration,
}

/// What an officer decided within the last minute and nobody has gone on with, the newest first.
///
/// # Errors
/// [`DbError`].
pub async fn fresh_decisions(conn: &mut Conn, officer: OfficerId, now: OffsetDateTime) -> DbResult<Vec<FreshDecision>> {
    let rows = sqlx::query!(
        r#"select a.id, a.receipt_number as "number!", a.status, e.at from events e join applications a on a.id = e.application_id
           where e.deed = 'langkah' and e.from_status = 'diajukan' and e.officer_id = $1 and e.at > $2
             and a.status = e.to_status and a.status_since = e.at
           order by e.at desc, e.id desc limit 5"#,
        officer.uuid(),
        now - limits::UNDO,
    );
    let decision = |id: Uuid, number: &str, status: &str, at: OffsetDateTime| {
        let known = ReceiptNumber::parse(number).ok().zip(Status::parse(status));
        let (number, status) = known.ok_or(DbError::Impossible("a decided case"))?;
        let until = at + limits::UNDO;
        Ok(FreshDecision { id: id.into(), number, status, until, left: until - now })
    };
    let rows = rows.fetch_all(conn.pg()).await?;
    rows.into_iter().map(|row| decision(row.id, &row.number, &row.status, row.at)).collect()
}

/// Whether any case of a counter waits for a decision, whoever holds it and whomever it is about.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn any_waits(conn: &mut Conn, counter: &RegionCode) -> DbResult<bool> {
    let any = sqlx::query_scalar!(
        r#"select exists (select from applications where counter_code = $1 and status = 'diajukan') as "any!""#,
        counter.as_str(),
    );
    Ok(any.fetch_one(conn.pg()).await?)
}
