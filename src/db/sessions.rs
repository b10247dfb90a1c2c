//! Sessions in PostgreSQL: stores for tower-sessions, one for citizens and one for officers, that judge age by the program's clock.

use std::{collections::HashMap, fmt, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};
use uuid::Uuid;

use super::{Conn, Db, DbError, DbResult, call};
use crate::{
    domain::{ids::AccountId, limits},
    vault::Place,
};

/// Under this key a session keeps whose it is.
pub const ACCOUNT: &str = "account";

/// Under this key an officer's session keeps whose it is, once the second factor was shown.
pub const OFFICER: &str = "officer";

/// Whose sessions a store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Citizens'.
    Warga,
    /// Officers'.
    Petugas,
}

impl Audience {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Warga => "warga",
            Self::Petugas => "petugas",
        }
    }

    /// How long a session lasts without a request, and in all.
    #[must_use]
    pub fn limits(self) -> (Duration, Duration) {
        match self {
            Self::Warga => (limits::SESSION_IDLE, limits::SESSION_TOTAL),
            Self::Petugas => (limits::DESK_IDLE, limits::DESK_TOTAL),
        }
    }
}

/// Where what sessions keep is sealed to: no table, so that none stands for a stored row.
const KEPT: &str = "kept by sessions";

/// How often the last-seen time of a session in use is written.
const SEEN_EVERY: Duration = Duration::minutes(1);

/// The program's clock, asked at every request.
pub type Now = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// The store.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
    audience: Audience,
    now: Now,
}

impl Sessions {
    /// A store on this database, judging age by this clock.
    #[must_use]
    pub fn new(db: Db, audience: Audience, now: Now) -> Self {
        Self { db, audience, now }
    }

    async fn insert(&self, record: &Record) -> Result<bool> {
        call::may_store();
        let mut conn = self.db.read().await.map_err(backend)?;
        let data = rmp_serde::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        let inserted = sqlx::query!(
            "insert into sessions (id_hash, audience, account_id, officer_id, data, started_at, seen_at)
             values ($1, $2, $3, $4, $5, $6, $6) on conflict do nothing",
            &hash(&record.id),
            self.audience.code(),
            owner(record, ACCOUNT),
            owner(record, OFFICER),
            data,
            (self.now)(),
        );
        let inserted = inserted.execute(conn.pg()).await.map_err(|error| backend(error.into()))?;
        Ok(inserted.rows_affected() == 1)
    }
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self.insert(record).await? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        call::may_store();
        let mut conn = self.db.read().await.map_err(backend)?;
        let data = rmp_serde::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        // An update only: a session that was ended meanwhile is not brought back by a late save.
        let saved = sqlx::query!(
            "update sessions set account_id = $3, officer_id = $4, data = $5, seen_at = $6
             where id_hash = $1 and audience = $2 and ended_at is null",
            &hash(&record.id),
            self.audience.code(),
            owner(record, ACCOUNT),
            owner(record, OFFICER),
            data,
            (self.now)(),
        );
        saved.execute(conn.pg()).await.map_err(|error| backend(error.into()))?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = (self.now)();
        let mut conn = self.db.read().await.map_err(backend)?;
        let (idle, total) = self.audience.limits();
        let row = sqlx::query!(
            "select data, seen_at from sessions
             where id_hash = $1 and audience = $2 and seen_at > $3 and started_at > $4 and ended_at is null",
            &hash(id),
            self.audience.code(),
            now - idle,
            now - total,
        );
        let Some(row) = row.fetch_optional(conn.pg()).await.map_err(|error| backend(error.into()))? else {
            return Ok(None);
        };
        if now - row.seen_at > SEEN_EVERY {
            let seen = sqlx::query!("update sessions set seen_at = $2 where id_hash = $1", &hash(id), now);
            seen.execute(conn.pg()).await.map_err(|error| backend(error.into()))?;
        }
        let data: HashMap<String, Value> = rmp_serde::from_slice(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        // The crate's own expiry is unused: age is judged above, by the program's clock.
        let never = OffsetDateTime::from_unix_timestamp(253_402_300_799).unwrap_or(now);
        Ok(Some(Record { id: *id, data, expiry_date: never }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        call::may_store();
        let mut conn = self.db.read().await.map_err(backend)?;
        let deleted = sqlx::query!("delete from sessions where id_hash = $1 and audience = $2", &hash(id), self.audience.code());
        deleted.execute(conn.pg()).await.map_err(|error| backend(error.into()))?;
        Ok(())
    }
}

/// Seals something that names a person for a session to keep, under this identifier: a session is stored as it is.
///
/// # Errors
/// [`DbError`].
pub fn seal<T: Serialize>(db: &Db, id: Uuid, what: &T) -> DbResult<Vec<u8>> {
    Ok(db.vault().seal_value(Place { table: KEPT, row: id }, what)?)
}

/// Opens it again.
///
/// # Errors
/// [`DbError`].
pub fn open<T: DeserializeOwned>(db: &Db, id: Uuid, sealed: &[u8]) -> DbResult<T> {
    Ok(db.vault().open_value(Place { table: KEPT, row: id }, sealed)?)
}

/// Ends every session of an account, except the one that asks. What remains of them opens nothing, and tells whoever comes with
/// their cookie why.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn end_all(conn: &mut Conn, account: AccountId, except: Option<&Id>, now: OffsetDateTime) -> DbResult<()> {
    let kept = except.map(|id| hash(id).to_vec());
    let ended = sqlx::query!(
        "update sessions set account_id = null, data = '', ended_at = $3 where account_id = $1 and id_hash is distinct from $2",
        account.uuid(),
        kept,
        now,
    );
    ended.execute(conn.pg()).await?;
    Ok(())
}

/// Whether a session was ended from elsewhere, rather than by its age.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn was_ended(conn: &mut Conn, session: &Id) -> DbResult<bool> {
    let ended = sqlx::query_scalar!(
        r#"select exists (select from sessions where id_hash = $1 and ended_at is not null) as "ended!""#,
        &hash(session),
    );
    Ok(ended.fetch_one(conn.pg()).await?)
}

/// Whether somebody is still logged in with a session: it may have ended while a request was under way.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn is_living(conn: &mut Conn, session: &Id, account: AccountId) -> DbResult<bool> {
    let living = sqlx::query_scalar!(
        r#"select exists (select from sessions where id_hash = $1 and account_id = $2) as "living!""#,
        &hash(session),
        account.uuid(),
    );
    Ok(living.fetch_one(conn.pg()).await?)
}

/// When the living sessions of an account began and were last used, and which one asks: the twenty newest.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn of_account(
    conn: &mut Conn,
    account: AccountId,
    own: Option<&Id>,
    now: OffsetDateTime,
) -> DbResult<Vec<LivingSession>> {
    let own = own.map(|id| hash(id).to_vec());
    let rows = sqlx::query_as!(
        LivingSession,
        r#"select started_at, seen_at, id_hash is not distinct from $2 as "own!" from sessions
           where account_id = $1 and seen_at > $3 and started_at > $4 order by seen_at desc limit 20"#,
        account.uuid(),
        own,
        now - limits::SESSION_IDLE,
        now - limits::SESSION_TOTAL,
    );
    Ok(rows.fetch_all(conn.pg()).await?)
}

/// A session somebody could still use.
#[derive(Clone, Copy, Debug)]
pub struct LivingSession {
    /// Log-in.
    pub started_at: OffsetDateTime,
    /// Last request, to the minute.
    pub seen_at: OffsetDateTime,
    /// Whether it is the one that asks.
    pub own: bool,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Sessions")
    }
}

fn hash(id: &Id) -> [u8; 32] {
    Sha256::digest(id.0.to_be_bytes()).into()
}

fn owner(record: &Record, key: &str) -> Option<Uuid> {
    record.data.get(key).and_then(|value| serde_json::from_value(value.clone()).ok())
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn backend(error: DbError) -> Error {
    if error.is_passing() {
        tracing::warn!(%error, "the session store does not answer");
    } else {
        tracing::error!(%error, "the session store does not answer");
    }
    Error::Backend(error.to_string())
}
