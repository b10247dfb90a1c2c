//! Reading applications, always through what the reader may see, and moving them along.

mod lists;

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Conn, DbError, DbResult, Tx, appointments, events, residents, schedule::phone};
use crate::{
    domain::{
        application::{Application, Appointment, Claim, Details},
        card::Because,
        category::{Category, DocumentKind},
        event::Witness,
        ids::{AccountId, ApplicationId, FactId, ResidentId},
        limits,
        officer::Scope,
        receipt::{CheckCode, ReceiptNumber},
        region::{Counter, RegionCode},
        status::{Status, Step},
    },
    vault::{Place, Vault},
};

pub(super) const TABLE: &str = "applications";

/// Who reads: a citizen sees what their account filed and, once sent, what others filed about them.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// The account.
    pub account: AccountId,
    /// The resident it is bound to.
    pub resident: ResidentId,
}

/// A row of the view `application_files`.
struct FileRow {
    id: Uuid,
    account_id: Uuid,
    resident_id: Uuid,
    status: String,
    category: Option<String>,
    papers: Vec<String>,
    counter_code: Option<String>,
    starts_at: Option<OffsetDateTime>,
    receipt_number: Option<String>,
    check_code: Option<Uuid>,
    sealed: Vec<u8>,
    answered_at: OffsetDateTime,
    submitted_at: Option<OffsetDateTime>,
    resident_sealed: Vec<u8>,
    kelurahan_name: String,
    handed_over_at: Option<OffsetDateTime>,
    region_name: Option<String>,
    address: Option<String>,
    whatsapp: Option<String>,
    places: Option<i16>,
    has_place: bool,
    held_until: Option<OffsetDateTime>,
    documents: Option<serde_json::Value>,
    history: Option<serde_json::Value>,
    leased_until: Option<OffsetDateTime>,
    overtaken_since: Option<OffsetDateTime>,
}

macro_rules! files {
    ($where:literal, $($value:expr),+) => {
        sqlx::query_as!(
            FileRow,
            r#"select id as "id!", account_id as "account_id!", resident_id as "resident_id!", status as "status!", category,
                      papers as "papers!", counter_code, starts_at, receipt_number, check_code, sealed as "sealed!",
                      answered_at as "answered_at!", submitted_at, resident_sealed as "resident_sealed!",
                      kelurahan_name as "kelurahan_name!", handed_over_at,
                      region_name, address, whatsapp, places, has_place as "has_place!", held_until, documents, history, leased_until,
                      overtaken_since
               from application_files where "# + $where,
            $($value),+
        )
    };
}

/// One application, if the reader may see it. A draft that was left for too long is gone.
///
/// # Errors
/// [`DbError`].
pub async fn find(conn: &mut Conn, reader: Reader, id: ApplicationId, now: OffsetDateTime) -> DbResult<Option<Application>> {
    let row = files!(
        "id = $1 and (account_id = $2 or resident_id = $3 and status <> 'draf') and (status <> 'draf' or answered_at > $4 and is_of_family)",
        id.uuid(),
        reader.account.uuid(),
        reader.resident.uuid(),
        now - limits::DRAFT
    );
    row.fetch_optional(conn.pg()).await?.map(|row| row.open(conn.vault(), now)).transpose()
}

/// Everything the reader may see, newest first.
///
/// # Errors
/// [`DbError`].
pub async fn list(conn: &mut Conn, reader: Reader, now: OffsetDateTime) -> DbResult<Vec<Application>> {
    let rows = files!(
        "(account_id = $1 or resident_id = $2 and status <> 'draf') and (status <> 'draf' or answered_at > $3 and is_of_family)
         order by coalesce(submitted_at, answered_at) desc, id",
        reader.account.uuid(),
        reader.resident.uuid(),
        now - limits::DRAFT
    );
    rows.fetch_all(conn.pg()).await?.into_iter().map(|row| row.open(conn.vault(), now)).collect()
}

/// The sent application with this receipt number.
///
/// # Errors
/// [`DbError`].
pub async fn by_receipt(conn: &mut Conn, number: ReceiptNumber, now: OffsetDateTime) -> DbResult<Option<Application>> {
    let row = files!("receipt_number = $1", number.to_string());
    row.fetch_optional(conn.pg()).await?.map(|row| row.open(conn.vault(), now)).transpose()
}

/// The sent application whose receipt carries this code.
///
/// # Errors
/// [`DbError`].
pub async fn by_check_code(conn: &mut Conn, code: CheckCode, now: OffsetDateTime) -> DbResult<Option<Application>> {
    let row = files!("check_code = $1", Uuid::from_u128(code.bits()));
    row.fetch_optional(conn.pg()).await?.map(|row| row.open(conn.vault(), now)).transpose()
}

/// A scope as two conditions of SQL: a counter itself, or the code that those of an area begin with.
pub(super) fn scope(scope: &Scope) -> (Option<&str>, Option<&str>) {
    match scope {
        Scope::Counter(counter) => (Some(counter.as_str()), None),
        Scope::Area(area) => (None, Some(area.as_str())),
        Scope::Everything => (None, None),
    }
}

/// A sent application that an officer may see.
///
/// # Errors
/// [`DbError`].
pub async fn in_scope(conn: &mut Conn, of: &Scope, id: ApplicationId, now: OffsetDateTime) -> DbResult<Option<Application>> {
    let (counter, area) = scope(of);
    let row = files!(
        "id = $1 and status <> 'draf' and ($2::text is null or counter_code = $2)
         and ($3::text is null or counter_code = $3 or starts_with(counter_code, $3 || '.'))",
        id.uuid(),
        counter,
        area
    );
    row.fetch_optional(conn.pg()).await?.map(|row| row.open(conn.vault(), now)).transpose()
}

/// Since when an application for a resident is in progress, if one is.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn open_since(conn: &mut Conn, resident: ResidentId) -> DbResult<Option<OffsetDateTime>> {
    let since = sqlx::query_scalar!(
        r#"select submitted_at as "since!" from applications
           where resident_id = $1 and status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak', 'siap_diambil', 'tidak_diambil')"#,
        resident.uuid(),
    );
    Ok(since.fetch_optional(conn.pg()).await?)
}

/// An application that the account filed, locked until the transaction ends: what decides on it
/// decides one after the other. The lock lets events about it be written meanwhile, which holds the head of
/// a chain; a stronger one would have each wait for the other.
///
/// # Errors
/// [`DbError`].
pub async fn lock_own(tx: &mut Tx, account: AccountId, id: ApplicationId, now: OffsetDateTime) -> DbResult<Option<Application>> {
    let locked = sqlx::query_scalar!(
        "select id from applications where id = $1 and account_id = $2 for no key update",
        id.uuid(),
        account.uuid()
    );
    if locked.fetch_optional(tx.pg()).await?.is_none() {
        return Ok(None);
    }
    let row = files!(
        "id = $1 and account_id = $2 and (status <> 'draf' or answered_at > $3 and is_of_family)",
        id.uuid(),
        account.uuid(),
        now - limits::DRAFT
    );
    row.fetch_optional(tx.pg()).await?.map(|row| row.open(tx.vault(), now)).transpose()
}

/// The sent application with this receipt number, if an officer may see it.
///
/// # Errors
/// [`DbError`].
pub async fn numbered_in_scope(
    conn: &mut Conn,
    of: &Scope,
    number: ReceiptNumber,
    now: OffsetDateTime,
) -> DbResult<Option<Application>> {
    let (counter, area) = scope(of);
    let row = files!(
        "receipt_number = $1 and ($2::text is null or counter_code = $2)
         and ($3::text is null or counter_code = $3 or starts_with(counter_code, $3 || '.'))",
        number.to_string(),
        counter,
        area
    );
    row.fetch_optional(conn.pg()).await?.map(|row| row.open(conn.vault(), now)).transpose()
}

/// A sent application that an officer may see, locked until the transaction ends.
///
/// # Errors
/// [`DbError`].
pub async fn lock_in_scope(tx: &mut Tx, of: &Scope, id: ApplicationId, now: OffsetDateTime) -> DbResult<Option<Application>> {
    sqlx::query!("select id from applications where id = $1 for no key update", id.uuid()).fetch_optional(tx.pg()).await?;
    in_scope(tx, of, id, now).await
}

/// Takes a step and writes it into history. Gives the row of history, if the application was still where the
/// step starts.
///
/// # Errors
/// [`DbError`].
pub async fn take_step(
    tx: &mut Tx,
    id: ApplicationId,
    step: Step,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<Option<FactId>> {
    take_step_because(tx, id, step, None, witness, now).await
}

/// The same with a reason.
///
/// # Errors
/// [`DbError`].
pub async fn take_step_because(
    tx: &mut Tx,
    id: ApplicationId,
    step: Step,
    why: Option<&Because>,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<Option<FactId>> {
    go(tx, id, step, why, now, witness, now).await
}

/// Takes a case back from a decision: it stands again where it stood, since when it stood there.
///
/// # Errors
/// [`DbError`]; its constraint is [`ONE_OPEN`] when the resident has an open application meanwhile.
pub async fn undo_step(
    tx: &mut Tx,
    id: ApplicationId,
    step: Step,
    since: OffsetDateTime,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<Option<FactId>> {
    go(tx, id, step, None, since, witness, now).await
}

/// Takes a case along a step, to stand there since a moment.
async fn go(
    tx: &mut Tx,
    id: ApplicationId,
    step: Step,
    why: Option<&Because>,
    since: OffsetDateTime,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<Option<FactId>> {
    let moved = sqlx::query!(
        "update applications set status = $3, status_since = $4 where id = $1 and status = $2",
        id.uuid(),
        step.from().code(),
        step.to().code(),
        since,
    );
    if moved.execute(tx.pg()).await?.rows_affected() == 0 {
        return Ok(None);
    }
    Ok(Some(events::add_step(tx, id, step, why, witness, now).await?))
}

/// What "Ya" adds to a draft.
#[derive(Debug)]
pub struct Submission<'a> {
    /// The number on the receipt.
    pub number: ReceiptNumber,
    /// The code behind its QR.
    pub code: CheckCode,
    /// Answers with the copy of the registry in them.
    pub details: &'a Details,
}

/// Makes a draft a sent application: number, code, copy of the registry, status and history. Gives the
/// row of history, if it was still a draft.
///
/// # Errors
/// [`DbError`]; its constraint is [`ONE_OPEN`] when the resident has an open application, or
/// [`RECEIPT_NUMBER`] when the number is taken.
pub async fn submit(
    tx: &mut Tx,
    id: ApplicationId,
    step: Step,
    submission: &Submission<'_>,
    witness: &Witness,
    now: OffsetDateTime,
) -> DbResult<Option<FactId>> {
    let kelurahan = submission.details.civil.as_ref().map(|civil| civil.kelurahan.as_str());
    let sealed = tx.vault().seal_value(Place { table: TABLE, row: id.uuid() }, submission.details)?;
    let phone = submission.details.phone.as_ref().map(|phone| tx.vault().phone_index(phone).to_vec());
    let sent = sqlx::query!(
        "update applications set status = $3, receipt_number = $4, check_code = $5, phone_index = $6, sealed = $7, submitted_at = $8,
             status_since = $8, kelurahan_code = $9
         where id = $1 and status = $2",
        id.uuid(), step.from().code(), step.to().code(), submission.number.to_string(),
        Uuid::from_u128(submission.code.bits()), phone, sealed, now,
        kelurahan,
    );
    if sent.execute(tx.pg()).await?.rows_affected() == 0 {
        return Ok(None);
    }
    let fact = events::add_step(tx, id, step, None, witness, now).await?;
    appointments::note(tx, id, fact).await?;
    Ok(Some(fact))
}

/// Refuses a second open application for a resident.
pub const ONE_OPEN: &str = "applications_one_open_per_resident";
/// Refuses a receipt number twice.
pub const RECEIPT_NUMBER: &str = "applications_receipt_number";

impl FileRow {
    fn open(self, vault: &Vault, now: OffsetDateTime) -> DbResult<Application> {
        let details: Details = vault.open_value(Place { table: TABLE, row: self.id }, &self.sealed)?;
        let resident = residents::open(vault, self.resident_id, &self.resident_sealed, self.handed_over_at)?;
        let claim = match (self.has_place, self.held_until) {
            (true, None) => Claim::Firm,
            (true, Some(until)) if until > now => Claim::Held(until),
            _ => Claim::None,
        };
        let papers = self.papers.iter().map(|code| DocumentKind::parse(code).ok_or(DbError::Impossible("a kind of paper")));
        let number =
            self.receipt_number.map(|text| ReceiptNumber::parse(&text).map_err(|_| DbError::Impossible("a receipt number")));
        let category = self.category.map(|code| Category::parse(&code).ok_or(DbError::Impossible("a category")));
        let counter = counter(self.counter_code, self.region_name, self.address, self.whatsapp, self.places)?;
        let category = category.transpose()?;
        let (documents, set_aside) = lists::documents(self.documents, category)?;
        Ok(Application {
            id: self.id.into(),
            account: self.account_id.into(),
            status: Status::parse(&self.status).ok_or(DbError::Impossible("a status"))?,
            category,
            papers: papers.collect::<DbResult<_>>()?,
            details,
            resident,
            kelurahan: self.kelurahan_name,
            appointment: counter.zip(self.starts_at).map(|(counter, starts_at)| Appointment { counter, starts_at, claim }),
            receipt_number: number.transpose()?,
            check_code: self.check_code.map(|code| CheckCode::from_bits(code.as_u128())),
            answered_at: self.answered_at,
            submitted_at: self.submitted_at,
            documents,
            set_aside,
            history: lists::history(self.history)?,
            leased_until: self.leased_until.filter(|until| *until > now),
            overtaken_since: self.overtaken_since,
        })
    }
}

fn counter(
    code: Option<String>,
    region: Option<String>,
    address: Option<String>,
    whatsapp: Option<String>,
    places: Option<i16>,
) -> DbResult<Option<Counter>> {
    let Some(((code, region), places)) = code.zip(region).zip(places) else { return Ok(None) };
    let code = RegionCode::parse(&code).ok_or(DbError::Impossible("a counter's code"))?;
    Ok(Some(Counter { code, region, address, whatsapp: phone(whatsapp)?, places: u16::try_from(places).unwrap_or_default() }))
}
