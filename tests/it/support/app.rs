//! The whole service in this process, on a database of its own and with a clock that stands.

use std::{path::PathBuf, sync::Arc};

use alpukat::{
    adapters::{clock::Clock, intake::Intake, lines::Lines, passwords::Passwords, spool::Spool},
    db::{Db, accounts, accounts::Contact, residents},
    domain::{ids::AccountId, phone::Phone, resident::CivilRecord},
    vault::Vault,
    web::{
        self,
        state::{AppState, Site},
    },
};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use axum::Router;
use sqlx::{Connection, PgConnection};
use time::{OffsetDateTime, macros::datetime};

use super::{browser::Browser, database::TestDatabase, people::PASSWORD};

/// When most tests take place: Friday, nine in the morning.
pub const NOW: OffsetDateTime = datetime!(2026-11-20 09:00 +7);

/// Half past nine on the first day that is then offered.
pub const SLOT: &str = "2026-11-25T09:30:00+07:00";

/// The kelurahan counter of everybody that `people` makes.
pub const COUNTER: &str = "31.71.01.1004";

pub struct App {
    pub database: TestDatabase,
    pub state: AppState,
    pub router: Router,
    spool_folder: tempfile::TempDir,
}

impl App {
    pub async fn new() -> Self {
        Self::on(TestDatabase::new().await, Clock::standing_at(NOW))
    }

    /// The service as it starts on a database that is there.
    pub fn on(database: TestDatabase, clock: Clock) -> Self {
        let spool = tempfile::tempdir().unwrap();
        let state = AppState {
            db: Db::new(database.program.clone(), 20, Arc::new(Vault::new(&[7; 32]))),
            clock,
            passwords: Passwords::new(),
            spool: Spool::new(spool.path().to_owned()).unwrap(),
            intake: Arc::new(Intake::new(PathBuf::from(env!("CARGO_BIN_EXE_alpukat")))),
            lines: Lines::default(),
            site: Site { public_url: "http://alpukat.example".into(), trusted_proxies: Arc::new([]), sends_messages: true },
        };
        Self { router: web::router(state.clone()), database, state, spool_folder: spool }
    }

    /// Ends the service and starts it again.
    pub async fn restart(self) -> Self {
        self.state.db.close().await;
        Self::on(self.database, self.state.clock)
    }

    /// The folder for uploads under way.
    pub fn spool(&self) -> &std::path::Path {
        self.spool_folder.path()
    }

    pub fn clock(&self) -> &Clock {
        &self.state.clock
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// Puts people into the registry.
    pub async fn know(&self, people: &[CivilRecord]) {
        let mut tx = self.state.db.begin().await.unwrap();
        residents::store(&mut tx, people).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Puts somebody into the registry and gives them an account, with a cheap hash of [`PASSWORD`].
    pub async fn account(&self, person: &CivilRecord) -> AccountId {
        self.know(std::slice::from_ref(person)).await;
        let mut tx = self.state.db.begin().await.unwrap();
        let resident = residents::by_nik(&mut tx, &person.nik).await.unwrap().unwrap();
        let contact = Contact { phone: Phone::parse("0812-0000-1234").unwrap(), email: None };
        let account =
            accounts::open(&mut tx, resident.id, &contact, &cheap_hash(PASSWORD), self.clock().now()).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        account
    }

    /// A browser in which this person, who is given an account, is logged in.
    pub async fn citizen(&self, person: &CivilRecord) -> Browser {
        self.account(person).await;
        self.log_in(person).await
    }

    /// A browser in which this person, who has an account, is logged in.
    pub async fn log_in(&self, person: &CivilRecord) -> Browser {
        let mut browser = self.browser();
        let page = browser.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", PASSWORD)]).await;
        assert_eq!(page.status, 303, "{}", page.text("main"));
        browser
    }

    /// A connection as the database's owner.
    pub async fn owner(&self) -> PgConnection {
        PgConnection::connect_with(&self.database.owner).await.unwrap()
    }

    /// A connection as the program.
    pub async fn program(&self) -> PgConnection {
        PgConnection::connect_with(&self.database.program).await.unwrap()
    }

    /// One number out of the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.owner().await).await.unwrap()
    }
}

/// A hash that costs nothing; the same for the same password.
pub fn cheap_hash(password: &str) -> String {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    argon2.hash_password_with_salt(password.as_bytes(), b"always the same!").unwrap().to_string()
}
