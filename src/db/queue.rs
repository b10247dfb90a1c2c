//! The queue of a counter: its cases step by step, never a second copy of them.

use std::collections::HashMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Conn, DbError, DbResult, applications, officers};
use crate::{
    domain::{
        application::Details,
        category::Category,
        ids::{ApplicationId, OfficerId, RunId},
        limits,
        nik::Nik,
        officer::Scope,
        person::FullName,
        receipt::ReceiptNumber,
        region::RegionCode,
        status::Status,
    },
    vault::{Place, Vault},
};

/// A case as a line of the queue.
#[derive(Clone, Debug)]
pub struct QueueItem {
    /// Which case.
    pub id: ApplicationId,
    /// Where it stands.
    pub status: Status,
    /// Its category.
    pub category: Category,
    /// The number on its receipt.
    pub number: ReceiptNumber,
    /// What was answered, with the copy of the registry.
    pub details: Details,
    /// When it was first sent.
    pub submitted_at: OffsetDateTime,
    /// When it is to be fetched.
    pub starts_at: OffsetDateTime,
    /// When it came to where it stands.
    pub since: OffsetDateTime,
    /// Who holds it now, and since when.
    pub held: Option<(FullName, OffsetDateTime)>,
}

/// A place in the queue: what stands behind it comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Whether the case is late; late ones come first.
    pub is_late: bool,
    /// When it was first sent.
    pub submitted_at: OffsetDateTime,
    /// Which case.
    pub id: ApplicationId,
}

/// Which part of a counter's queue is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The counter.
    pub counter: &'a RegionCode,
    /// The step.
    pub status: Status,
    /// One category alone.
    pub category: Option<Category>,
    /// What came to where it stands before this moment is late.
    pub late_before: OffsetDateTime,
}

struct Row {
    id: Uuid,
    status: String,
    category: Option<String>,
    receipt_number: Option<String>,
    sealed: Vec<u8>,
    submitted_at: Option<OffsetDateTime>,
    starts_at: Option<OffsetDateTime>,
    status_since: Option<OffsetDateTime>,
    held_by: Option<Uuid>,
    held_since: Option<OffsetDateTime>,
}

macro_rules! items {
    ($rest:literal, $($value:expr),+ $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"select a.id as "id!", a.status as "status!", a.category as "category?", a.receipt_number as "receipt_number?",
                      a.sealed as "sealed!", a.submitted_at as "submitted_at?", a.starts_at as "starts_at?", a.status_since as "status_since?",
                      l.officer_id as "held_by?", l.since as "held_since?"
               from applications a "# + $rest,
            $($value),+
        )
    };
}

/// The lines after a place in the queue, or the first ones: late cases first, then the oldest. All steps of the queue are
/// named, because a plan that is kept for every step uses the index of the queue only when it can see that it is one.
///
/// # Errors
/// [`DbError`].
pub async fn page(
    conn: &mut Conn,
    part: Part<'_>,
    after: Option<Cursor>,
    limit: i64,
    now: OffsetDateTime,
) -> DbResult<Vec<QueueItem>> {
    let rows = items!(
        "left join leases l on l.application_id = a.id and l.until > $8
         where a.counter_code = $1 and a.status = $2 and ($3::text is null or a.category = $3)
           and a.status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak', 'siap_diambil', 'tidak_diambil')
           and ($5::boolean is null or (a.status_since >= $4, a.submitted_at, a.id) > (not $5, $6, $7))
         order by a.status_since >= $4, a.submitted_at, a.id limit $9",
        part.counter.as_str(),
        part.status.code(),
        part.category.map(Category::code),
        part.late_before,
        after.map(|after| after.is_late),
        after.map(|after| after.submitted_at),
        after.map(|after| after.id.uuid()),
        now,
        limit,
    );
    let rows = rows.fetch_all(conn.pg()).await?;
    open(conn, rows).await
}

/// How many cases stand at each step of a counter's queue, and how many of them are late.
///
/// # Errors
/// [`DbError`].
pub async fn counts(
    conn: &mut Conn,
    counter: &RegionCode,
    category: Option<Category>,
    late_before: OffsetDateTime,
) -> DbResult<HashMap<Status, (i64, i64)>> {
    let rows = sqlx::query!(
        r#"select status, count(*) as "count!", count(*) filter (where status_since < $3) as "late!" from applications
           where counter_code = $1 and ($2::text is null or category = $2)
             and status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak', 'siap_diambil', 'tidak_diambil')
           group by status"#,
        counter.as_str(),
        category.map(Category::code),
        late_before,
    );
    let count = |code: &str, count, late| Ok((Status::parse(code).ok_or(DbError::Impossible("a status"))?, (count, late)));
    rows.fetch_all(conn.pg()).await?.into_iter().map(|row| count(&row.status, row.count, row.late)).collect()
}

/// The cases of a print run, in the order of its list.
///
/// # Errors
/// [`DbError`].
pub async fn of_run(conn: &mut Conn, run: RunId, now: OffsetDateTime) -> DbResult<Vec<QueueItem>> {
    let rows = items!(
        "join print_cards c on c.application_id = a.id left join leases l on l.application_id = a.id and l.until > $2
         where c.run_id = $1 order by c.number",
        run.uuid(),
        now,
    );
    let rows = rows.fetch_all(conn.pg()).await?;
    open(conn, rows).await
}

/// What waits for the printer at a counter, in the order in which it gets blanks ([`super::printing::in_turn`]); not what was
/// approved a moment ago, which can be taken back.
///
/// # Errors
/// [`DbError`].
pub async fn to_print(conn: &mut Conn, counter: &RegionCode, limit: i64, now: OffsetDateTime) -> DbResult<Vec<QueueItem>> {
    let rows = items!(
        "join cases_to_print t on t.id = a.id left join leases l on l.application_id = a.id and l.until > $2
         where t.counter_code = $1
           and not (a.status = 'disetujui' and a.status_since > $4 and exists (select from application_history h
               where h.application_id = a.id and h.from_status = 'diajukan' and h.at = a.status_since))
         order by t.turn, t.submitted_at, t.id limit $3",
        counter.as_str(),
        now,
        limit,
        now - limits::UNDO,
    );
    let rows = rows.fetch_all(conn.pg()).await?;
    open(conn, rows).await
}

/// What an officer searches for.
#[derive(Debug)]
pub enum Wanted {
    /// The case with this number.
    Number(ReceiptNumber),
    /// The cases about the resident with this NIK.
    Nik(Nik),
    /// Open cases of a counter in whose names all these words stand.
    Words(String, RegionCode),
    /// The same among those whose cards lie there.
    Ready(String, RegionCode),
}

/// How many results are shown.
const RESULTS: usize = 50;

/// What was searched for, among what the officer may see, newest first.
///
/// # Errors
/// [`DbError`].
pub async fn search(conn: &mut Conn, scope: &Scope, wanted: &Wanted, now: OffsetDateTime) -> DbResult<Vec<QueueItem>> {
    let (counter, area) = applications::scope(scope);
    let rows = match wanted {
        Wanted::Number(number) => {
            items!(
                "left join leases l on l.application_id = a.id and l.until > $4
             where a.receipt_number = $1 and ($2::text is null or a.counter_code = $2)
               and ($3::text is null or a.counter_code = $3 or starts_with(a.counter_code, $3 || '.'))",
                number.to_string(),
                counter,
                area,
                now,
            )
            .fetch_all(conn.pg())
            .await?
        }
        Wanted::Nik(nik) => {
            let index = conn.vault().nik_index(nik);
            items!(
                "left join leases l on l.application_id = a.id and l.until > $4
                 where a.resident_id = (select id from residents where nik_index = $1) and a.status <> 'draf'
                   and ($2::text is null or a.counter_code = $2)
                   and ($3::text is null or a.counter_code = $3 or starts_with(a.counter_code, $3 || '.'))
                 order by a.submitted_at desc limit 50",
                &index,
                counter,
                area,
                now,
            )
            .fetch_all(conn.pg())
            .await?
        }
        Wanted::Words(words, of) => return by_words(conn, words, of, false, now).await,
        Wanted::Ready(words, of) => return by_words(conn, words, of, true, now).await,
    };
    open(conn, rows).await
}

/// Names are sealed, so the open cases of the counter are opened one after the other.
async fn by_words(
    conn: &mut Conn,
    words: &str,
    counter: &RegionCode,
    ready: bool,
    now: OffsetDateTime,
) -> DbResult<Vec<QueueItem>> {
    let rows = items!(
        "left join leases l on l.application_id = a.id and l.until > $2
         where a.counter_code = $1
           and a.status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak', 'siap_diambil', 'tidak_diambil')
           and (not $3 or a.status in ('siap_diambil', 'tidak_diambil'))
         order by a.submitted_at desc",
        counter.as_str(),
        now,
        ready,
    );
    let rows = rows.fetch_all(conn.pg()).await?;
    let mut found = Vec::new();
    for row in rows {
        let details = details(conn.vault(), &row)?;
        if found.len() < RESULTS && details.civil.is_some_and(|civil| civil.name.has_words(words)) {
            found.push(row);
        }
    }
    open(conn, found).await
}

fn details(vault: &Vault, row: &Row) -> DbResult<Details> {
    Ok(vault.open_value(Place { table: applications::TABLE, row: row.id }, &row.sealed)?)
}

async fn open(conn: &mut Conn, rows: Vec<Row>) -> DbResult<Vec<QueueItem>> {
    let holders: Vec<OfficerId> = rows.iter().filter_map(|row| row.held_by).map(OfficerId::from).collect();
    let names: HashMap<OfficerId, FullName> =
        if holders.is_empty() { HashMap::new() } else { officers::names(conn, &holders).await?.into_iter().collect() };
    let item = |row: Row| {
        let number = row.receipt_number.as_deref().and_then(|number| ReceiptNumber::parse(number).ok());
        let holder = row.held_by.and_then(|id| names.get(&OfficerId::from(id))).cloned();
        let impossible = || DbError::Impossible("a sent application");
        Ok(QueueItem {
            details: details(conn.vault(), &row)?,
            id: row.id.into(),
            status: Status::parse(&row.status).ok_or_else(impossible)?,
            category: row.category.as_deref().and_then(Category::parse).ok_or_else(impossible)?,
            number: number.ok_or_else(impossible)?,
            submitted_at: row.submitted_at.ok_or_else(impossible)?,
            starts_at: row.starts_at.ok_or_else(impossible)?,
            since: row.status_since.ok_or_else(impossible)?,
            held: holder.zip(row.held_since),
        })
    };
    rows.into_iter().map(item).collect()
}
