//! All SQL, and nothing else has any. Functions take a connection, which knows the vault, and
//! speak in domain types; row structs stay private to their file.

pub mod accounts;
pub mod applications;
pub mod audit;
pub mod blanks;
pub mod cases;
pub mod clockwork;
pub mod codes;
pub mod days;
pub mod deliveries;
pub mod drafts;
pub mod events;
pub mod housekeeping;
pub mod leases;
pub mod messages;
pub mod migrate;
pub mod officers;
pub mod pages;
pub mod places;
pub mod printing;
pub mod queue;
pub mod residents;
pub mod schedule;
pub mod sessions;
pub mod wrong_answers;

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    PgConnection, PgPool, Postgres, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    domain::ids::MessageId,
    vault::{Fingerprint, Vault, VaultError},
};

/// What can go wrong between the program and its database. None of it names a person.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database refused, or is away.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// A sealed value did not open.
    #[error(transparent)]
    Sealed(#[from] VaultError),
    /// A row holds what the program never writes.
    #[error("an impossible row: {0}")]
    Impossible(&'static str),
    /// A migration failed.
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// Result of everything here.
pub type DbResult<T> = Result<T, DbError>;

impl DbError {
    /// The constraint that refused the statement, by name.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => error.constraint(),
            _ => None,
        }
    }

    /// Whether two transactions waited for each other, so that trying again will do.
    #[must_use]
    pub fn is_collision(&self) -> bool {
        matches!(self.code().as_deref(), Some("40P01" | "40001"))
    }

    /// Whether the database is away, starting, stopping or too busy: it passes.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Sql(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed) => {
                true
            }
            _ => self.code().is_some_and(|code| {
                code.starts_with("08")
                    || code.starts_with("53")
                    || matches!(&*code, "57P01" | "57P02" | "57P03" | "55P03" | "57014")
            }),
        }
    }

    fn code(&self) -> Option<String> {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => error.code().map(std::borrow::Cow::into_owned),
            _ => None,
        }
    }
}

/// The pool of connections, and the keys.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
    vault: Arc<Vault>,
}

impl Db {
    /// Connects with at most `connections` at once. Nothing is asked of the database yet.
    #[must_use]
    pub fn new(options: PgConnectOptions, connections: u32, vault: Arc<Vault>) -> Self {
        let options = options.application_name("alpukat").options([
            ("statement_timeout", "5s"),
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("timezone", "UTC"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(3))
            .max_lifetime(Duration::from_mins(30))
            // A connection that was used a moment ago is not asked first whether it still lives.
            .test_before_acquire(false)
            .before_acquire(|pg, meta| {
                Box::pin(async move {
                    use sqlx::Connection;
                    if meta.idle_for > Duration::from_secs(5) {
                        pg.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options);
        Self { pool, vault }
    }

    /// A connection for a page's reads.
    ///
    /// # Errors
    /// [`DbError::Sql`] when none is free in 3 seconds or the database is away.
    pub async fn read(&self) -> DbResult<Conn> {
        Ok(Conn { link: Link::Single(self.pool.acquire().await?), vault: Arc::clone(&self.vault) })
    }

    /// A transaction for one fact and all that it causes; it is undone unless committed.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn begin(&self) -> DbResult<Tx> {
        Ok(Tx(Conn { link: Link::Transaction(self.pool.begin().await?), vault: Arc::clone(&self.vault) }))
    }

    /// The key that encrypts cookies.
    #[must_use]
    pub fn cookie_key(&self) -> &[u8; 64] {
        self.vault.cookie_key()
    }

    /// What guards the address for reports on a message, in hexadecimal.
    #[must_use]
    pub fn report_guard(&self, message: MessageId) -> String {
        format!("{:032x}", u128::from_be_bytes(self.vault.report_guard(message.uuid())))
    }

    /// Whether this guards the address for reports on a message.
    #[must_use]
    pub fn is_report_guard(&self, message: MessageId, typed: &str) -> bool {
        let is_plain = typed.len() == 32 && typed.bytes().all(|byte| byte.is_ascii_hexdigit());
        let guard = u128::from_str_radix(typed, 16).ok().filter(|_| is_plain);
        guard.is_some_and(|guard| self.vault.is_report_guard(message.uuid(), &guard.to_be_bytes()))
    }

    /// Begins the fingerprint of an uploaded file.
    #[must_use]
    pub fn file_fingerprint(&self) -> Fingerprint {
        self.vault.file_fingerprint()
    }

    /// Waits until every connection is returned and closed.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

enum Link {
    Single(PoolConnection<Postgres>),
    Transaction(Transaction<'static, Postgres>),
}

/// A connection that knows the vault.
pub struct Conn {
    link: Link,
    vault: Arc<Vault>,
}

impl Conn {
    /// The keys.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    fn pg(&mut self) -> &mut PgConnection {
        match &mut self.link {
            Link::Single(connection) => connection,
            Link::Transaction(transaction) => transaction,
        }
    }
}

/// A connection inside a transaction: what changes several rows demands one.
pub struct Tx(Conn);

impl Tx {
    /// Makes everything done so far a fact.
    ///
    /// # Errors
    /// [`DbError::Sql`], also when a deferred constraint refuses.
    pub async fn commit(self) -> DbResult<()> {
        match self.0.link {
            Link::Transaction(transaction) => Ok(transaction.commit().await?),
            Link::Single(_) => Err(DbError::Impossible("a transaction without a transaction")),
        }
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}
