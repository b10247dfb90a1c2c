//! Writing down what happened. Rows are only ever added, each chained to the one before it.

use std::collections::HashMap;

use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Conn, DbError, DbResult, Tx, applications::Reader};
use crate::{
    domain::{
        application::Application,
        card::{Because, Flaw},
        category::DocumentKind,
        event::{By, Deed, Witness},
        ids::{AccountId, ApplicationId, FactId, OfficerId},
        mending::Mending,
        receipt::ReceiptNumber,
        region::{Counter, RegionCode},
        status::{Status, Step},
    },
    vault::{Place, Vault},
};

pub(super) const TABLE: &str = "events";

/// Adds a step of a case, and why it was taken, where somebody said so.
///
/// # Errors
/// [`DbError`], also when the step does not follow the last one.
pub async fn add_step(
    tx: &mut Tx,
    application: ApplicationId,
    step: Step,
    why: Option<&Because>,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<FactId> {
    if step.by().code() != witness.by.code() {
        return Err(DbError::Impossible("a step by somebody else"));
    }
    let fact = FactId::random();
    let sealed = match why {
        Some(Because::Faults(why)) => Some(tx.vault().seal_value(place(fact), why)?),
        Some(Because::HandedTo(handover)) => Some(tx.vault().seal_value(place(fact), handover)?),
        Some(Because::Spoilt(_)) | None => None,
    };
    let reason = why.map(Because::codes);
    let entry = Entry {
        deed: "langkah",
        application: Some(application),
        account: None,
        step: Some(step),
        reason: reason.as_deref(),
        sealed: sealed.as_deref(),
    };
    append(tx, fact, &entry, witness, now).await
}

/// Adds a deed that is no step.
///
/// # Errors
/// [`DbError`].
pub async fn add_deed(tx: &mut Tx, deed: &Deed, witness: &Witness, now: OffsetDateTime) -> DbResult<FactId> {
    add_deed_with(tx, deed, None, witness, now).await
}

/// Adds a deed with something that is for few eyes.
///
/// # Errors
/// [`DbError`].
pub async fn add_deed_with(
    tx: &mut Tx,
    deed: &Deed,
    secret: Option<&str>,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<FactId> {
    let fact = FactId::random();
    let sealed = secret.map(|secret| tx.vault().seal_value(place(fact), &secret)).transpose()?;
    let reason = deed.particulars();
    let entry = Entry {
        deed: deed.code(),
        application: deed.application(),
        account: deed.account(),
        step: None,
        reason: reason.as_deref(),
        sealed: sealed.as_deref(),
    };
    append(tx, fact, &entry, witness, now).await
}

/// Why the steps of a case were taken, where somebody said so.
///
/// # Errors
/// [`DbError`].
pub async fn reasons(conn: &mut Conn, application: ApplicationId) -> DbResult<HashMap<FactId, Because>> {
    let rows = sqlx::query!(
        r#"select fact as "fact!", to_status as "to_status!", reason as "reason!", sealed from application_history
           where application_id = $1 and reason is not null"#,
        application.uuid(),
    );
    let impossible = || DbError::Impossible("a reason");
    let mut reasons = HashMap::new();
    for row in rows.fetch_all(conn.pg()).await? {
        let place = place(row.fact.into());
        let sealed = row.sealed.as_deref();
        let because = match Status::parse(&row.to_status).ok_or_else(impossible)? {
            Status::Disetujui => Because::Spoilt(Flaw::parse(&row.reason).ok_or_else(impossible)?),
            Status::Selesai => Because::HandedTo(conn.vault().open_value(place, sealed.ok_or_else(impossible)?)?),
            _ => Because::Faults(conn.vault().open_value(place, sealed.ok_or_else(impossible)?)?),
        };
        reasons.insert(row.fact.into(), because);
    }
    Ok(reasons)
}

/// What was returned, of an application that waits for its citizen.
///
/// # Errors
/// [`DbError`].
pub async fn mending(conn: &mut Conn, application: &Application) -> DbResult<Option<Mending>> {
    let Some(last) = application.history.last().filter(|_| application.status == Status::PerluPerbaikan) else { return Ok(None) };
    match reasons(conn, application.id).await?.remove(&last.fact) {
        Some(Because::Faults(why)) => Ok(Some(Mending { why, returned_at: last.at })),
        _ => Err(DbError::Impossible("a return without a reason")),
    }
}

/// An officer's look at a case, as its citizen is told of it.
#[derive(Clone, Debug)]
pub struct Access {
    /// The case.
    pub application: ApplicationId,
    /// The number on its receipt.
    pub number: ReceiptNumber,
    /// When.
    pub at: OffsetDateTime,
    /// What was done: looked at the case, its numbers or a page, or a step taken.
    pub deed: AccessDeed,
    /// In which office; nothing for the city's own administration.
    pub office: Option<Counter>,
}

/// What an officer did with somebody's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessDeed {
    /// Opened the case.
    Case,
    /// Had NIK and KK number shown in full.
    Numbers,
    /// Opened a stored page of this document.
    Page(DocumentKind, usize),
    /// Took the case from one status to another.
    Step(Status, Status),
}

/// How many are shown.
const ACCESSES: i64 = 200;

/// Who opened the applications that a citizen may see, newest first.
///
/// # Errors
/// [`DbError`].
pub async fn accesses(conn: &mut Conn, reader: Reader) -> DbResult<Vec<Access>> {
    let rows = sqlx::query!(
        r#"select e.at, e.deed, e.reason, e.from_status, e.to_status, a.id, a.receipt_number as "number!", e.office as "office?", g.name as "region?"
           from applications a join events e on e.application_id = a.id left join regions g on g.code = e.office
           where (a.account_id = $1 or a.resident_id = $2) and a.status <> 'draf' and e.officer_id is not null
             and e.deed in ('lihat', 'lihat_nik', 'lihat_halaman', 'langkah')
           order by e.at desc, e.id desc limit $3"#,
        reader.account.uuid(),
        reader.resident.uuid(),
        ACCESSES,
    );
    let impossible = || DbError::Impossible("an officer's deed");
    let mut accesses = Vec::new();
    for row in rows.fetch_all(conn.pg()).await? {
        let page = row.reason.as_deref().and_then(|reason| reason.split_once(' '));
        let page = page.and_then(|(kind, number)| Some((DocumentKind::parse(kind)?, number.parse().ok()?)));
        let deed = match row.deed.as_str() {
            "lihat" => AccessDeed::Case,
            "lihat_nik" => AccessDeed::Numbers,
            "lihat_halaman" => page.map(|(kind, number)| AccessDeed::Page(kind, number)).ok_or_else(impossible)?,
            _ => {
                let status = |code: Option<String>| code.as_deref().and_then(Status::parse).ok_or_else(impossible);
                AccessDeed::Step(status(row.from_status)?, status(row.to_status)?)
            }
        };
        let office = row.office.as_deref().and_then(RegionCode::parse).zip(row.region);
        accesses.push(Access {
            application: row.id.into(),
            number: ReceiptNumber::parse(&row.number).map_err(|_| impossible())?,
            at: row.at,
            deed,
            office: office.map(|(code, region)| Counter { code, region, address: None, whatsapp: None, places: 0 }),
        });
    }
    Ok(accesses)
}

/// Holds the chain of a counter until the transaction ends, for whoever locks something else at the counter before
/// writing an event.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn hold_chain(tx: &mut Tx, counter: &RegionCode) -> DbResult<()> {
    sqlx::query!("select count from chain_heads where chain = $1 for update", counter.as_str()).fetch_one(tx.pg()).await?;
    Ok(())
}

/// Which supervisor took a case away from an officer, and when, if that ended the officer's last time with it.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn released_from(
    conn: &mut Conn,
    application: ApplicationId,
    officer: OfficerId,
) -> DbResult<Option<(OfficerId, OffsetDateTime)>> {
    let released = sqlx::query!(
        r#"select r.officer_id as "officer!", r.at from events r
           where r.application_id = $1 and r.deed = 'lepas'
             and r.id > (select max(t.id) from events t where t.application_id = $1 and t.deed = 'periksa' and t.officer_id = $2)
           order by r.id desc limit 1"#,
        application.uuid(),
        officer.uuid(),
    );
    Ok(released.fetch_optional(conn.pg()).await?.map(|row| (row.officer.into(), row.at)))
}

/// How often a citizen has moved a case since a moment.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn moves(conn: &mut Conn, application: ApplicationId, since: OffsetDateTime) -> DbResult<i64> {
    let moves = sqlx::query_scalar!(
        r#"select count(*) as "count!" from events where application_id = $1 and deed = 'ubah_jadwal' and actor = 'warga' and at > $2"#,
        application.uuid(),
        since,
    );
    Ok(moves.fetch_one(conn.pg()).await?)
}

/// Whether a case was given another half hour after something happened to it.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn moved_since(conn: &mut Conn, application: ApplicationId, fact: FactId) -> DbResult<bool> {
    let moved = sqlx::query_scalar!(
        r#"select exists (select from events where application_id = $1 and deed = 'ubah_jadwal'
               and id > (select id from events where fact = $2)) as "moved!""#,
        application.uuid(),
        fact.uuid(),
    );
    Ok(moved.fetch_one(conn.pg()).await?)
}

/// How often a case or its appointment has changed: every step and every move, in the order of its history.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn changes(conn: &mut Conn, application: ApplicationId) -> DbResult<i64> {
    let changes = sqlx::query_scalar!(
        r#"select count(*) as "count!" from events where application_id = $1 and deed in ('langkah', 'ubah_jadwal')"#,
        application.uuid(),
    );
    Ok(changes.fetch_one(conn.pg()).await?)
}

struct Entry<'a> {
    deed: &'static str,
    application: Option<ApplicationId>,
    /// The account it is about, where an officer does it.
    account: Option<AccountId>,
    step: Option<Step>,
    reason: Option<&'a str>,
    sealed: Option<&'a [u8]>,
}

pub(super) fn place(fact: FactId) -> Place {
    Place { table: TABLE, row: fact.uuid() }
}

/// The chain is that of the case's counter, or else of the officer's, or else the one of no counter. Its
/// head stays locked until the transaction ends, so that events of a counter stand in the order of
/// their commits.
async fn append(tx: &mut Tx, fact: FactId, entry: &Entry<'_>, witness: &Witness, now: OffsetDateTime) -> DbResult<FactId> {
    let (account, officer, office) = match &witness.by {
        By::Citizen(account) => (Some(account.uuid()), None, None),
        By::Officer(officer, office) => (None, Some(officer.uuid()), office.as_ref().map(RegionCode::as_str)),
        By::Clock | By::Operator => (None, None, None),
    };
    let account = account.or(entry.account.map(AccountId::uuid));
    let application = entry.application.map(ApplicationId::uuid);
    let head = sqlx::query!(
        "select chain, count, mac from chain_heads
         where chain = coalesce((select counter_code from applications where id = $1), $2, 'umum') for update",
        application,
        office,
    );
    let head = head.fetch_one(tx.pg()).await?;
    let link = Link {
        chain: &head.chain,
        number: head.count + 1,
        fact: fact.uuid(),
        at: microseconds(now),
        deed: entry.deed,
        actor: witness.by.code(),
        account,
        officer,
        office,
        application,
        origin: witness.from.as_deref(),
        from: entry.step.map(|step| step.from().code()),
        to: entry.step.map(|step| step.to().code()),
        reason: entry.reason,
        sealed: entry.sealed,
    };
    let mac = link.mac(tx.vault(), &head.mac)?;
    let added = sqlx::query!(
        "with head as (update chain_heads set count = $2::bigint, mac = $3 where chain = $1 and count = $2::bigint - 1 returning chain)
         insert into events (chain, number, mac, fact, at, deed, actor, account_id, officer_id, office, application_id, origin,
                             from_status, to_status, reason, sealed)
         select chain, $2::bigint, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16 from head",
        link.chain,
        link.number,
        &mac,
        link.fact,
        now,
        link.deed,
        link.actor,
        link.account,
        link.officer,
        link.office,
        link.application,
        link.origin,
        link.from,
        link.to,
        link.reason,
        link.sealed,
    );
    match added.execute(tx.pg()).await?.rows_affected() {
        1 => Ok(fact),
        _ => Err(DbError::Impossible("a chain that went on while its head was locked")),
    }
}

/// PostgreSQL keeps times to the microsecond.
pub(super) fn microseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000)).unwrap_or_default()
}

/// A row of the event table as it is hashed: all of it but its running number in the table.
#[derive(Serialize)]
pub(super) struct Link<'a> {
    pub chain: &'a str,
    pub number: i64,
    pub fact: Uuid,
    pub at: i64,
    pub deed: &'a str,
    pub actor: &'a str,
    pub account: Option<Uuid>,
    pub officer: Option<Uuid>,
    pub office: Option<&'a str>,
    pub application: Option<Uuid>,
    pub origin: Option<&'a str>,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    pub reason: Option<&'a str>,
    pub sealed: Option<&'a [u8]>,
}

impl Link<'_> {
    /// The hash that chains this row to the one with the hash `before`.
    pub(super) fn mac(&self, vault: &Vault, before: &[u8]) -> DbResult<[u8; 32]> {
        let row = rmp_serde::to_vec(self).map_err(|_| DbError::Impossible("an event that cannot be hashed"))?;
        Ok(vault.chain_mac(before, &row))
    }
}
