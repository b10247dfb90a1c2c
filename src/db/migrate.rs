//! Bringing the schema up to date, by its owner, and asking how it stands.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, PgConnection, migrate::Migrator, postgres::PgConnectOptions};
use tokio::time::timeout;

use super::{Conn, DbError, DbResult, call};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
const GRANTS: &str = include_str!("../../migrations/grants.sql");
/// How long the owner waits for a connection.
const FOR_A_CONNECTION: Duration = Duration::from_secs(10);

/// Connects as the owner, runs the migrations that are missing, and grants the program's role what it may do.
///
/// # Errors
/// [`DbError`] when a migration fails or one that ran before was altered.
pub async fn migrate(owner: &PgConnectOptions, program_role: &str) -> DbResult<()> {
    let connected = timeout(FOR_A_CONNECTION, PgConnection::connect_with(owner)).await;
    let mut owner = connected.unwrap_or_else(|_| Err(call::silent())).map_err(DbError::NotLetIn)?;
    MIGRATIONS.run(&mut owner).await?;
    let mut transaction = owner.begin().await?;
    // Programs that start at the same time grant one after the other.
    sqlx::query("select pg_advisory_xact_lock(hashtext('alpukat grants'))").execute(&mut *transaction).await?;
    sqlx::query("select set_config('alpukat.program_role', $1, true)").bind(program_role).execute(&mut *transaction).await?;
    sqlx::raw_sql(AssertSqlSafe(GRANTS)).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(owner.close().await?)
}

/// What keeps a database from serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unready {
    /// Its schema is older than this program, or there is none.
    #[error("the database lacks migrations; run `alpukat migrate` first")]
    LacksMigrations,
    /// Its schema is newer than this program.
    #[error("the database's schema ({database}) is newer than this program, which knows {known}; start the newer program")]
    Newer {
        /// The newest migration that ran.
        database: i64,
        /// The newest one of this program.
        known: i64,
    },
    /// It takes no writes: a standby, or set to be read only.
    #[error("the database is read only")]
    ReadOnly,
}

/// Whether the database has just the migrations that this program knows, takes writes and is filled with our keys.
///
/// # Errors
/// [`DbError::OtherSecret`]; [`DbError::Sql`] when the database is away.
pub async fn readiness(conn: &mut Conn) -> DbResult<Result<(), Unready>> {
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    let tables = sqlx::query!(
        r#"select to_regclass('_sqlx_migrations') is not null and to_regclass('key_check') is not null as "there!",
                  current_setting('transaction_read_only') = 'on' as "read_only!""#
    );
    let tables = tables.fetch_one(conn.pg()).await?;
    if !tables.there {
        return Ok(Err(Unready::LacksMigrations));
    }
    // Not checked when it compiles: the table of migrations is not made by one.
    let stands: (Option<i64>, Option<Vec<u8>>) =
        sqlx::query_as("select (select max(version) from _sqlx_migrations where success), (select mac from key_check)")
            .fetch_one(conn.pg())
            .await?;
    if stands.1.is_some_and(|sign| sign != conn.vault().key_check()) {
        return Err(DbError::OtherSecret);
    }
    Ok(match stands.0 {
        Some(database) if database > known => Err(Unready::Newer { database, known }),
        Some(database) if database == known && tables.read_only => Err(Unready::ReadOnly),
        Some(database) if database == known => Ok(()),
        _ => Err(Unready::LacksMigrations),
    })
}
