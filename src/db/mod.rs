//! All SQL, and nothing else has any. Functions take a connection, which knows the vault, and
//! speak in domain types; row structs stay private to their file.

pub mod accounts;
pub mod applications;
pub mod appointments;
pub mod audit;
pub mod blanks;
pub mod call;
pub mod cases;
pub mod clockwork;
pub mod codes;
mod connection;
pub mod days;
pub mod deliveries;
pub mod drafts;
mod error;
pub mod events;
pub mod housekeeping;
mod key_check;
pub mod leases;
pub mod messages;
pub mod migrate;
pub mod officers;
pub mod pages;
pub mod places;
pub mod pooler;
pub mod printing;
pub mod queue;
pub mod residents;
pub mod schedule;
pub mod sessions;
pub mod traces;
pub mod wrong_answers;

use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::Semaphore;

pub use self::{
    connection::{Conn, Tx},
    error::{DbError, DbResult},
};
use crate::{
    domain::ids::MessageId,
    vault::{Fingerprint, Vault},
};

/// What every connection asks of the server: to give up a statement, a wait for a lock and a transaction that stands still,
/// and to notice when we have vanished, so that what we held comes free.
const SETTINGS: [(&str, &str); 8] = [
    ("statement_timeout", "5s"),
    ("lock_timeout", "2s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("timezone", "UTC"),
    ("tcp_keepalives_idle", "10s"),
    ("tcp_keepalives_interval", "5s"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "25s"),
];
/// How long whoever asks waits for a connection.
const FOR_A_CONNECTION: Duration = Duration::from_secs(3);
/// How long a connection that was idle may take to show that it lives; then a new one is made.
const FOR_A_SIGN: Duration = Duration::from_secs(1);
/// How long connections may take to be closed.
const FOR_CLOSING: Duration = Duration::from_secs(5);

/// The pool of connections, and the keys.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    options: PgConnectOptions,
    connections: u32,
    pool: RwLock<Generation>,
    vault: Arc<Vault>,
    /// Whether the database is known to be filled with our keys.
    is_ours: AtomicBool,
    /// Whether e-mail goes out, so that it may be owed.
    sends_email: AtomicBool,
    /// For whoever asks why there is no connection: one at a time, as each takes a further one.
    asking: Semaphore,
}

/// A pool, and its number among those that came one after the other.
#[derive(Clone)]
struct Generation {
    pool: PgPool,
    number: u64,
}

impl fmt::Debug for Db {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Db")
    }
}

impl Db {
    /// Connects with at most `connections` at once. Nothing is asked of the database yet.
    #[must_use]
    pub fn new(options: PgConnectOptions, connections: u32, vault: Arc<Vault>) -> Self {
        let options = options.application_name("alpukat").options(SETTINGS);
        let pool = RwLock::new(Generation { pool: pool(&options, connections), number: 0 });
        Self(Arc::new(Inner {
            options,
            connections,
            pool,
            vault,
            is_ours: AtomicBool::default(),
            sends_email: AtomicBool::default(),
            asking: Semaphore::new(1),
        }))
    }

    /// Says whether e-mail goes out from here; at first it does not, and none is owed.
    pub fn send_email(&self, does: bool) {
        self.0.sends_email.store(does, Ordering::Relaxed);
    }

    /// Whether e-mail goes out from here.
    #[must_use]
    pub fn sends_email(&self) -> bool {
        self.0.sends_email.load(Ordering::Relaxed)
    }

    /// A connection for a page's reads.
    ///
    /// # Errors
    /// [`DbError::Sql`] when none is free in 3 seconds or the database is away, [`DbError::NotLetIn`] when it lets nobody in,
    /// and [`DbError::OtherSecret`] when it is not ours.
    pub async fn read(&self) -> DbResult<Conn> {
        // Boxed: every action holds this future, and most of the time is not in it.
        let mut conn = Box::pin(self.connection()).await?;
        if !self.0.is_ours.load(Ordering::Relaxed) {
            self.0.is_ours.store(Box::pin(key_check::recognise(&mut conn)).await?, Ordering::Relaxed);
        }
        Ok(conn)
    }

    /// A transaction for one fact and all that it causes; it is undone unless committed.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn begin(&self) -> DbResult<Tx> {
        self.read().await?.begin().await
    }

    /// The keys.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The key that encrypts cookies.
    #[must_use]
    pub fn cookie_key(&self) -> &[u8; 64] {
        self.0.vault.cookie_key()
    }

    /// What guards the address for reports on a message, in hexadecimal.
    #[must_use]
    pub fn report_guard(&self, message: MessageId) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0.vault.report_guard(message.uuid())))
    }

    /// Whether this guards the address for reports on a message.
    #[must_use]
    pub fn is_report_guard(&self, message: MessageId, typed: &str) -> bool {
        let is_plain = typed.len() == 32 && typed.bytes().all(|byte| byte.is_ascii_hexdigit());
        let guard = u128::from_str_radix(typed, 16).ok().filter(|_| is_plain);
        guard.is_some_and(|guard| self.0.vault.is_report_guard(message.uuid(), &guard.to_be_bytes()))
    }

    /// Begins the fingerprint of an uploaded file.
    #[must_use]
    pub fn file_fingerprint(&self) -> Fingerprint {
        self.0.vault.file_fingerprint()
    }

    /// Waits a little until every connection is returned and closed; a silent server is left alone.
    pub async fn close(&self) {
        tokio::time::timeout(FOR_CLOSING, self.generation().pool.close()).await.ok();
    }

    fn options(&self) -> &PgConnectOptions {
        &self.0.options
    }

    async fn connection(&self) -> DbResult<Conn> {
        loop {
            let Generation { pool, number } = self.generation();
            match call::wait(pool.acquire()).await {
                Ok(pg) => return Ok(Conn::new(pg, self.clone(), number)),
                // Replaced a moment ago.
                Err(sqlx::Error::PoolClosed) if self.generation().number != number => {}
                Err(error @ sqlx::Error::PoolTimedOut) if pool.num_idle() == 0 => {
                    return Err(self.cause_of(error).await);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Why there is no connection: sqlx does not tell what the server said to those it tried to make.
    async fn cause_of(&self, timed_out: sqlx::Error) -> DbError {
        let Ok(_turn) = self.0.asking.try_acquire() else { return timed_out.into() };
        let connected = tokio::time::timeout(FOR_A_CONNECTION, PgConnection::connect_with(&self.0.options));
        let connected = async { connected.await.unwrap_or_else(|_| Err(call::silent())) };
        match call::wait(connected).await {
            Err(error) => DbError::NotLetIn(error),
            Ok(connection) => {
                call::wait(connection.close()).await.ok();
                timed_out.into()
            }
        }
    }

    fn generation(&self) -> Generation {
        self.0.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a fresh pool in place of the one of this number, whose connections are closed when they come back. They remember
    /// plans that were made before the schema changed.
    fn renew(&self, number: u64) {
        let mut generation = self.0.pool.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have met another of its connections first. A pool that was closed stays closed.
        if generation.number != number || generation.pool.is_closed() {
            return;
        }
        tracing::info!("the schema has changed under this program; it connects anew");
        let old = std::mem::replace(&mut generation.pool, pool(&self.0.options, self.0.connections));
        generation.number += 1;
        tokio::spawn(async move { tokio::time::timeout(FOR_CLOSING, old.close()).await });
    }
}

fn pool(options: &PgConnectOptions, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(FOR_A_CONNECTION)
        .max_lifetime(Duration::from_mins(30))
        // A connection that was used a moment ago is not asked first whether it still lives.
        .test_before_acquire(false)
        .before_acquire(|pg, meta| {
            Box::pin(async move {
                if meta.idle_for > Duration::from_secs(5) {
                    let sign = tokio::time::timeout(FOR_A_SIGN, pg.ping()).await;
                    sign.unwrap_or_else(|_| Err(call::silent()))?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options.clone())
}
