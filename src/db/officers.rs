//! Who works at the desk: their records, their second factor, their recovery codes.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Conn, DbError, DbResult, Tx, accounts::password_mark, schedule::phone};
use crate::{
    domain::{
        ids::OfficerId,
        nik::Nik,
        officer::{Officer, Role, Username},
        person::FullName,
        region::{Counter, RegionCode},
    },
    vault::{BlindIndex, Place, Vault},
};

pub(super) const TABLE: &str = "officers";
/// Where offered secrets are sealed to: no table, so that none stands for a stored one.
const OFFERS: &str = "officers' offers";

/// Length of a second factor's secret in bytes, as RFC 4226 recommends.
pub const FACTOR_LENGTH: usize = 20;

/// The secret that an officer's authenticator app shares with us.
pub type FactorSecret = [u8; FACTOR_LENGTH];

/// What is sealed in an officer's row.
#[derive(Serialize, Deserialize)]
struct Details {
    name: FullName,
    factor: FactorSecret,
}

/// An officer's record: who they are, and how they prove it.
pub struct Record {
    /// Who.
    pub officer: Officer,
    /// Whether they may come in.
    pub is_enabled: bool,
    /// The hash of their password.
    pub password_hash: String,
    /// The secret of their second factor.
    pub factor: FactorSecret,
    /// Whether they have shown once that their app knows it.
    pub is_set_up: bool,
    /// Index of their own NIK, where known.
    pub nik_index: Option<Vec<u8>>,
}

impl Record {
    /// Which password they have; another one after every change.
    #[must_use]
    pub fn password_mark(&self) -> i64 {
        password_mark(&self.password_hash)
    }
}

struct Row {
    id: Uuid,
    username: String,
    role: String,
    counter_code: Option<String>,
    nik_index: Option<Vec<u8>>,
    sealed: Vec<u8>,
    password_hash: String,
    is_enabled: bool,
    factor_step: Option<i64>,
    region_name: Option<String>,
    address: Option<String>,
    whatsapp: Option<String>,
    places: Option<i16>,
}

macro_rules! records {
    ($where:literal, $($value:expr),+) => {
        sqlx::query_as!(
            Row,
            r#"select o.id as "id!", o.username as "username!", o.role as "role!", o.counter_code as "counter_code?", o.nik_index as "nik_index?",
                      o.sealed as "sealed!", o.password_hash as "password_hash!", o.is_enabled as "is_enabled!", o.factor_step as "factor_step?",
                      g.name as "region_name?", c.address as "address?", c.whatsapp as "whatsapp?", c.places as "places?"
               from officers o left join counters c on c.code = o.counter_code left join regions g on g.code = o.counter_code
               where "# + $where,
            $($value),+
        )
    };
}

/// The officer with this identifier.
///
/// # Errors
/// [`DbError`].
pub async fn by_id(conn: &mut Conn, id: OfficerId) -> DbResult<Option<Record>> {
    let row = records!("o.id = $1", id.uuid()).fetch_optional(conn.pg()).await?;
    row.map(|row| row.open(conn.vault())).transpose()
}

/// The officer with this user name.
///
/// # Errors
/// [`DbError`].
pub async fn by_username(conn: &mut Conn, username: &Username) -> DbResult<Option<Record>> {
    let row = records!("o.username = $1", username.as_str()).fetch_optional(conn.pg()).await?;
    row.map(|row| row.open(conn.vault())).transpose()
}

/// The names of officers, for pages that show who did something.
///
/// # Errors
/// [`DbError`].
pub async fn names(conn: &mut Conn, ids: &[OfficerId]) -> DbResult<Vec<(OfficerId, FullName)>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!("select id, sealed from officers where id = any($1)", &ids).fetch_all(conn.pg()).await?;
    let name = |id: Uuid, sealed: &[u8]| Ok((OfficerId::from(id), details(conn.vault(), id, sealed)?.name));
    rows.into_iter().map(|row| name(row.id, &row.sealed)).collect()
}

/// An officer as `create-officer` stores them.
pub struct NewRecord<'a> {
    /// Their identifier: a known one is changed.
    pub id: OfficerId,
    /// What they log in with.
    pub username: &'a Username,
    /// Their name.
    pub name: &'a FullName,
    /// What they may do.
    pub role: Role,
    /// Where.
    pub counter: Option<&'a RegionCode>,
    /// Index of their own NIK.
    pub nik_index: Option<Vec<u8>>,
    /// The hash of their password.
    pub password_hash: &'a str,
    /// The secret of their second factor.
    pub factor: FactorSecret,
    /// Whether they have set it up.
    pub is_set_up: bool,
    /// Whether they may come in.
    pub is_enabled: bool,
}

/// Stores an officer, or puts the record in place of the one with the same identifier.
///
/// # Errors
/// [`DbError`]; its constraint is [`UNKNOWN_COUNTER`] when there is no such counter.
pub async fn store(tx: &mut Tx, record: NewRecord<'_>, now: OffsetDateTime) -> DbResult<()> {
    let details = Details { name: record.name.clone(), factor: record.factor };
    let sealed = tx.vault().seal_value(Place { table: TABLE, row: record.id.uuid() }, &details)?;
    sqlx::query!(
        "insert into officers (id, username, role, counter_code, nik_index, sealed, password_hash, is_enabled, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set role = $3, counter_code = $4, nik_index = $5, sealed = $6, password_hash = $7,
             is_enabled = $8, factor_step = case when $10 then officers.factor_step end",
        record.id.uuid(),
        record.username.as_str(),
        record.role.code(),
        record.counter.map(RegionCode::as_str),
        record.nik_index,
        sealed,
        record.password_hash,
        record.is_enabled,
        now,
        record.is_set_up,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Refuses an officer at a counter that does not exist.
pub const UNKNOWN_COUNTER: &str = "officers_counter_code_fkey";

/// A secret that is offered to an officer, sealed for their session: nobody else's session opens it.
///
/// # Errors
/// [`DbError`].
pub fn seal_offer(conn: &Conn, id: OfficerId, secret: &FactorSecret) -> DbResult<Vec<u8>> {
    Ok(conn.vault().seal_value(Place { table: OFFERS, row: id.uuid() }, secret)?)
}

/// Opens it again.
///
/// # Errors
/// [`DbError`].
pub fn open_offer(conn: &Conn, id: OfficerId, sealed: &[u8]) -> DbResult<FactorSecret> {
    Ok(conn.vault().open_value(Place { table: OFFERS, row: id.uuid() }, sealed)?)
}

/// Puts a confirmed secret in place of whatever there was.
///
/// # Errors
/// [`DbError`].
pub async fn set_factor(tx: &mut Tx, record: &Record, secret: FactorSecret) -> DbResult<()> {
    let id = record.officer.id.uuid();
    let details = Details { name: record.officer.name.clone(), factor: secret };
    let sealed = tx.vault().seal_value(Place { table: TABLE, row: id }, &details)?;
    sqlx::query!("update officers set sealed = $2 where id = $1", id, sealed).execute(tx.pg()).await?;
    Ok(())
}

/// Locks an officer's record until the transaction ends.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn lock(tx: &mut Tx, id: OfficerId) -> DbResult<()> {
    sqlx::query!("select id from officers where id = $1 for no key update", id.uuid()).fetch_optional(tx.pg()).await?;
    Ok(())
}

/// Notes that the code of this time step was used. Tells whether it, or a later one, was not before.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn use_step(tx: &mut Tx, id: OfficerId, step: i64) -> DbResult<bool> {
    let used = sqlx::query!(
        "update officers set factor_step = $2 where id = $1 and (factor_step is null or factor_step < $2)",
        id.uuid(),
        step,
    );
    Ok(used.execute(tx.pg()).await?.rows_affected() == 1)
}

/// Puts these recovery codes in place of all earlier ones.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn set_recovery_codes(tx: &mut Tx, id: OfficerId, codes: &[String]) -> DbResult<()> {
    let indexes: Vec<Vec<u8>> = codes.iter().map(|code| recovery_index(tx.vault(), id, code).to_vec()).collect();
    sqlx::query!("delete from recovery_codes where officer_id = $1", id.uuid()).execute(tx.pg()).await?;
    sqlx::query!("insert into recovery_codes (officer_id, code_index) select $1, unnest($2::bytea[])", id.uuid(), &indexes)
        .execute(tx.pg())
        .await?;
    Ok(())
}

/// Uses a recovery code up. Tells whether it was one.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn use_recovery_code(tx: &mut Tx, id: OfficerId, code: &str) -> DbResult<bool> {
    let index = recovery_index(tx.vault(), id, code);
    let used = sqlx::query!("delete from recovery_codes where officer_id = $1 and code_index = $2", id.uuid(), &index);
    Ok(used.execute(tx.pg()).await?.rows_affected() == 1)
}

fn recovery_index(vault: &Vault, id: OfficerId, code: &str) -> BlindIndex {
    vault.subject_index("kode_pemulihan", &format!("{id} {code}"))
}

/// Index of an officer's own NIK.
#[must_use]
pub fn nik_index(conn: &Conn, nik: &Nik) -> Vec<u8> {
    conn.vault().nik_index(nik).to_vec()
}

fn details(vault: &Vault, id: Uuid, sealed: &[u8]) -> DbResult<Details> {
    Ok(vault.open_value(Place { table: TABLE, row: id }, sealed)?)
}

impl Row {
    fn open(self, vault: &Vault) -> DbResult<Record> {
        let Details { name, factor } = details(vault, self.id, &self.sealed)?;
        let counter = match (self.counter_code, self.region_name, self.places) {
            (Some(code), Some(region), Some(places)) => Some(Counter {
                code: RegionCode::parse(&code).ok_or(DbError::Impossible("a counter's code"))?,
                region,
                address: self.address,
                whatsapp: phone(self.whatsapp)?,
                places: u16::try_from(places).unwrap_or_default(),
            }),
            _ => None,
        };
        let officer = Officer {
            id: self.id.into(),
            username: Username::parse(&self.username).ok_or(DbError::Impossible("a user name"))?,
            name,
            role: Role::parse(&self.role).ok_or(DbError::Impossible("a role"))?,
            counter,
        };
        Ok(Record {
            officer,
            is_enabled: self.is_enabled,
            password_hash: self.password_hash,
            factor,
            is_set_up: self.factor_step.is_some(),
            nik_index: self.nik_index,
        })
    }
}
