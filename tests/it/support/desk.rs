//! Officers, and browsers in which they are logged in with both steps.

use alpukat::{
    db::officers::{self, FactorSecret, NewRecord},
    domain::{
        ids::OfficerId,
        nik::Nik,
        officer::{Role, Username},
        person::FullName,
        region::RegionCode,
    },
};
use time::{Duration, OffsetDateTime};
use totp_rs::{Builder, Secret};

use super::{
    app::{App, cheap_hash},
    browser::Browser,
};

/// What every officer's password is.
pub const DESK_PASSWORD: &str = "stempel-di-meja-kiri";

/// An officer as a test knows them.
#[derive(Clone, Debug)]
pub struct TestOfficer {
    pub id: OfficerId,
    pub username: Username,
    pub name: String,
    pub secret: FactorSecret,
    pub is_set_up: bool,
    pub role: Role,
    pub counter: Option<RegionCode>,
    pub nik: Option<Nik>,
    pub is_enabled: bool,
}

impl TestOfficer {
    /// The code that their app shows at this moment.
    pub fn code(&self, now: OffsetDateTime) -> String {
        let totp = Builder::new().with_secret(Secret::new(Box::new(self.secret))).with_account_name("x").build().unwrap();
        totp.generate(u64::try_from(now.unix_timestamp()).unwrap()).to_string()
    }
}

impl App {
    /// An officer with a cheap hash of [`DESK_PASSWORD`], who has set up the second factor.
    pub async fn officer(&self, role: Role, counter: Option<&str>) -> TestOfficer {
        let username = format!("{}.{}", role.code(), &uuid::Uuid::new_v4().simple().to_string()[..8]);
        let officer = TestOfficer {
            id: OfficerId::random(),
            name: format!("Petugas {}", username[username.len() - 8..].replace(|sign: char| sign.is_ascii_digit(), "x")),
            username: Username::parse(&username).unwrap(),
            secret: [username.as_bytes()[9]; 20],
            is_set_up: true,
            role,
            counter: counter.map(|code| RegionCode::parse(code).unwrap()),
            nik: None,
            is_enabled: true,
        };
        self.store_officer(&officer).await;
        officer
    }

    /// Stores an officer as they are now.
    pub async fn store_officer(&self, officer: &TestOfficer) {
        let hash = cheap_hash(DESK_PASSWORD);
        let mut tx = self.state.db.begin().await.unwrap();
        let nik_index = officer.nik.as_ref().map(|nik| officers::nik_index(&tx, nik));
        let record = NewRecord {
            id: officer.id,
            username: &officer.username,
            name: &FullName::parse(&officer.name).unwrap(),
            role: officer.role,
            counter: officer.counter.as_ref(),
            nik_index,
            password_hash: &hash,
            factor: officer.secret,
            is_set_up: officer.is_set_up,
            is_enabled: officer.is_enabled,
        };
        officers::store(&mut tx, record, self.clock().now()).await.unwrap();
        if officer.is_set_up {
            officers::use_step(&mut tx, officer.id, 0).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// A browser in which this officer is logged in. Each code is good once, so a second one of the same
    /// officer uses the code of half a minute later, and a third that of half a minute before.
    pub async fn desk(&self, officer: &TestOfficer) -> Browser {
        let mut browser = self.browser();
        let page = browser.post("/petugas/masuk", &[("nama", officer.username.as_str()), ("sandi", DESK_PASSWORD)]).await;
        assert_eq!(page.location(), "/petugas/dua-langkah");
        for seconds in [-30, 0, 30] {
            let code = officer.code(self.clock().now() + Duration::seconds(seconds));
            let page = browser.post("/petugas/dua-langkah", &[("kode", &code)]).await;
            if page.status == 303 {
                assert_eq!(page.location(), "/petugas");
                return browser;
            }
        }
        panic!("three log-ins within a minute");
    }

    /// A browser of a new officer of the counter where everybody's cards lie.
    pub async fn petugas(&self) -> Browser {
        let officer = self.officer(Role::Petugas, Some(super::app::COUNTER)).await;
        self.desk(&officer).await
    }
}
