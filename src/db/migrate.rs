//! Bringing the schema up to date, by its owner, and asking whether it is.

use sqlx::{AssertSqlSafe, Connection, PgConnection, migrate::Migrator, postgres::PgConnectOptions};

use super::{Conn, DbResult};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
const GRANTS: &str = include_str!("../../migrations/grants.sql");

/// Connects as the owner, runs the migrations that are missing, and grants the program's role what it may do.
///
/// # Errors
/// [`super::DbError`] when a migration fails or one that ran before was altered.
pub async fn migrate(owner: &PgConnectOptions, program_role: &str) -> DbResult<()> {
    let mut owner = PgConnection::connect_with(owner).await?;
    MIGRATIONS.run(&mut owner).await?;
    let mut transaction = owner.begin().await?;
    // Programs that start at the same time grant one after the other.
    sqlx::query("select pg_advisory_xact_lock(hashtext('alpukat grants'))").execute(&mut *transaction).await?;
    sqlx::query("select set_config('alpukat.program_role', $1, true)").bind(program_role).execute(&mut *transaction).await?;
    sqlx::raw_sql(AssertSqlSafe(GRANTS)).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(owner.close().await?)
}

/// Whether the database has every migration this program knows.
///
/// # Errors
/// [`super::DbError::Sql`] when the database is away.
pub async fn is_current(conn: &mut Conn) -> DbResult<bool> {
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    let known = sqlx::query_scalar!(r#"select to_regclass('_sqlx_migrations') is not null as "known!""#);
    if !known.fetch_one(conn.pg()).await? {
        return Ok(false);
    }
    let applied: Option<i64> =
        sqlx::query_scalar("select max(version) from _sqlx_migrations where success").fetch_one(conn.pg()).await?;
    Ok(applied == Some(newest))
}
