//! Writing down what happened. Rows are only ever added, each chained to the one before it.

use std::collections::HashMap;

use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Conn, DbError, DbResult, Tx, applications::Reader};
use crate::{
    domain::{
        application::Application,
        category::DocumentKind,
        event::{By, Deed, Explanation, Witness},
        ids::{ApplicationId, FactId},
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
    why: Option<&Explanation>,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<FactId> {
    if step.by().code() != witness.by.code() {
        return Err(DbError::Impossible("a step by somebody else"));
    }
    let fact = FactId::random();
    let sealed = why.map(|why| tx.vault().seal_value(place(fact), why)).transpose()?;
    let reason = why.map(Explanation::codes);
    let entry = Entry {
        deed: "langkah",
        application: Some(application),
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
        step: None,
        reason: reason.as_deref(),
        sealed: sealed.as_deref(),
    };
    append(tx, fact, &entry, witness, now).await
}

/// Why the steps of a case were taken, where an officer said so.
///
/// # Errors
/// [`DbError`].
pub async fn explanations(conn: &mut Conn, application: ApplicationId) -> DbResult<HashMap<FactId, Explanation>> {
    let rows = sqlx::query!(
        r#"select fact as "fact!", sealed as "sealed!" from application_history where application_id = $1 and sealed is not null"#,
        application.uuid(),
    );
    let rows = rows.fetch_all(conn.pg()).await?;
    let open = |fact: FactId, sealed: &[u8]| Ok((fact, conn.vault().open_value(place(fact), sealed)?));
    rows.into_iter().map(|row| open(row.fact.into(), &row.sealed)).collect()
}

/// What was returned, of an application that waits for its citizen.
///
/// # Errors
/// [`DbError`].
pub async fn mending(conn: &mut Conn, application: &Application) -> DbResult<Option<Mending>> {
    let Some(last) = application.history.last().filter(|_| application.status == Status::PerluPerbaikan) else { return Ok(None) };
    let why = explanations(conn, application.id).await?.remove(&last.fact);
    Ok(Some(Mending { why: why.ok_or(DbError::Impossible("a return without a reason"))?, returned_at: last.at }))
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
    /// What was done: looked at the case or at a page, or a step taken.
    pub deed: AccessDeed,
    /// In which office; nothing for the city's own administration.
    pub office: Option<Counter>,
}

/// What an officer did with somebody's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessDeed {
    /// Opened the case.
    Case,
    /// Opened a stored page of this document.
    Page(DocumentKind, usize),
    /// Took the case a step on.
    Step(Status),
}

/// How many are shown.
const ACCESSES: i64 = 200;

/// Who opened the applications that a citizen may see, newest first.
///
/// # Errors
/// [`DbError`].
pub async fn accesses(conn: &mut Conn, reader: Reader) -> DbResult<Vec<Access>> {
    let rows = sqlx::query!(
        r#"select e.at, e.deed, e.reason, e.to_status, a.id, a.receipt_number as "number!", e.office as "office?", g.name as "region?"
           from applications a join events e on e.application_id = a.id left join regions g on g.code = e.office
           where (a.account_id = $1 or a.resident_id = $2) and a.status <> 'draf' and e.officer_id is not null
             and e.deed in ('lihat', 'lihat_halaman', 'langkah')
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
            "lihat_halaman" => page.map(|(kind, number)| AccessDeed::Page(kind, number)).ok_or_else(impossible)?,
            _ => AccessDeed::Step(row.to_status.as_deref().and_then(Status::parse).ok_or_else(impossible)?),
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

struct Entry<'a> {
    deed: &'static str,
    application: Option<ApplicationId>,
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
