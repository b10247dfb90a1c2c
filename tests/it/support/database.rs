//! A database for each test, copied from a template that is migrated once. They lie in the server that
//! `TEST_DATABASE_URL` names, or in a private one that starts with the first test and ends with the process.

use std::process;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use alpukat::adapters::postgres::{PrivatePostgres, usable_data_dir};
use alpukat::db::migrate::migrate;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

use super::scratch::Scratch;

/// The program's role on a server that is not ours; there it may need a password.
const ROLE: &str = "alpukat_test_program";

/// One test's database, dropped with it.
#[derive(Debug)]
pub struct TestDatabase {
    pub name: String,
    /// How its owner connects, who migrates.
    pub owner: PgConnectOptions,
    /// How the running program connects.
    pub program: PgConnectOptions,
}

impl TestDatabase {
    pub async fn new() -> Self {
        let server = SERVER.get_or_init(Server::start).await;
        let name = fresh_name();
        let mut admin = PgConnection::connect_with(&server.owner).await.unwrap();
        server.create(&mut admin, &name, &server.template).await;
        admin.close().await.unwrap();
        Self { owner: server.owner.clone().database(&name), program: server.program.clone().database(&name), name }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some(server) = SERVER.get() else { return };
        let (admin, name) = (server.owner.clone(), self.name.clone());
        // The test's own runtime may be ending. What cannot be dropped goes with the server, or with the next run.
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut admin = PgConnection::connect_with(&admin).await?;
                admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await?;
                admin.close().await
            })
        });
        dropping.join().ok();
    }
}

static SERVER: OnceCell<Server> = OnceCell::const_new();

struct Server {
    owner: PgConnectOptions,
    program: PgConnectOptions,
    role: &'static str,
    template: String,
    /// Kept for the whole process, and then cleared away by its watch.
    _private: Option<(PrivatePostgres, Scratch)>,
}

impl Server {
    async fn start() -> Self {
        let template = fresh_name();
        let server = match std::env::var("TEST_DATABASE_URL") {
            Ok(url) => Self::named(&url, template).await,
            Err(_) => Self::private(template).await,
        };
        let mut admin = PgConnection::connect_with(&server.owner).await.unwrap();
        server.create(&mut admin, &server.template, "template1").await;
        admin.close().await.unwrap();
        migrate(&server.owner.clone().database(&server.template), server.role).await.unwrap();
        server
    }

    async fn private(template: String) -> Self {
        let scratch = Scratch::new();
        let (folder, elsewhere) = usable_data_dir(&scratch.path().join("data")).unwrap();
        assert_eq!(elsewhere, None, "the temporary folder is closed to the database's user");
        let private = PrivatePostgres::join(&folder).await.unwrap();
        let mut admin = PgConnection::connect_with(&private.owner()).await.unwrap();
        // Nothing here has to outlive a crash.
        for setting in ["fsync", "synchronous_commit", "full_page_writes", "autovacuum"] {
            admin.execute(AssertSqlSafe(format!("ALTER SYSTEM SET {setting} = off"))).await.unwrap();
        }
        admin.execute("SELECT pg_reload_conf()").await.unwrap();
        admin.close().await.unwrap();
        let (owner, program) = (private.owner(), private.program());
        Self { owner, program, role: "alpukat", template, _private: Some((private, scratch)) }
    }

    async fn named(url: &str, template: String) -> Self {
        let owner = PgConnectOptions::from_str(url).expect("TEST_DATABASE_URL is not the address of a PostgreSQL server");
        let mut admin = PgConnection::connect_with(&owner).await.expect("the server in TEST_DATABASE_URL does not answer");
        // Two runs at once may want the role.
        admin.execute("SELECT pg_advisory_lock(hashtext('alpukat test'))").await.unwrap();
        let known = sqlx::query("SELECT 1 FROM pg_roles WHERE rolname = $1").bind(ROLE).fetch_optional(&mut admin).await;
        if known.unwrap().is_none() {
            admin.execute(AssertSqlSafe(format!("CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}'"))).await.unwrap();
        }
        drop_old_databases(&mut admin).await;
        admin.close().await.unwrap();
        let program = owner.clone().username(ROLE).password(ROLE);
        Self { owner, program, role: ROLE, template, _private: None }
    }

    /// Copies a database. Rights on the database itself are not copied, so they are set here.
    async fn create(&self, admin: &mut PgConnection, name: &str, template: &str) {
        let role = self.role;
        for statement in [
            format!("CREATE DATABASE {name} TEMPLATE {template}"),
            format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
            format!("GRANT CONNECT ON DATABASE {name} TO {role}"),
        ] {
            admin.execute(AssertSqlSafe(statement)).await.unwrap();
        }
    }
}

/// Databases of runs that were killed, known by their age of more than a day.
async fn drop_old_databases(admin: &mut PgConnection) {
    let names: Vec<(String,)> = sqlx::query_as("SELECT datname FROM pg_database").fetch_all(&mut *admin).await.unwrap();
    let old = |name: &str| -> Option<bool> {
        let begun: u64 = name.strip_prefix("alpukat_test_")?.split('_').next()?.parse().ok()?;
        Some(begun + 24 * 60 * 60 < seconds())
    };
    for (name,) in names.iter().filter(|(name,)| old(name) == Some(true)) {
        admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await.ok();
    }
}

fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("alpukat_test_{}_{}_{}", seconds(), process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
