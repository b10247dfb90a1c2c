//! The program itself, serving for all tests of this run, on a database of its own.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use ::time::{OffsetDateTime, macros::datetime};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};

use crate::guard::Guard;
use crate::scratch::Scratch;
use crate::{http, people};

/// Friday morning: the first day to fetch a card is Wednesday the 25th.
const CLOCK: &str = "2026-11-20T09:00+07:00";

/// A counter with an address, a chat number and a single place each half hour.
const COUNTERS: &str = "code,address,whatsapp,places\n31.71.01.1002,Jalan Contoh Nomor 7,081200001234,1\n";

pub struct Service {
    /// Where it serves, without a slash at the end.
    pub address: String,
    begun: Instant,
    _program: Guard,
    scratch: Scratch,
}

/// The service that the tests share.
pub async fn shared() -> &'static Service {
    static SERVICE: OnceCell<Service> = OnceCell::const_new();
    SERVICE
        .get_or_init(async || {
            let service = Service::start().await;
            service.import("import-residents", &people::registry());
            service.import("import-counters", COUNTERS);
            service
        })
        .await
}

impl Service {
    pub async fn start() -> Self {
        let scratch = Scratch::new();
        let listen = format!("127.0.0.1:{}", free_port());
        let mut command = program(scratch.path());
        command.env("ALPUKAT_LISTEN", &listen).arg("serve");
        let program = Guard::start(&command, scratch.path().join("program"));
        let service = Self { address: format!("http://{listen}"), begun: Instant::now(), _program: program, scratch };
        until_answered(&format!("{}/siap", service.address), "alpukat does not serve").await;
        service
    }

    /// Gives a file to one of the program's commands, as an administrator does while it serves.
    fn import(&self, command: &str, rows: &str) {
        let file = self.scratch.path().join(command);
        fs::write(&file, rows).unwrap();
        let done = program(self.scratch.path()).arg(command).arg(file).stdout(Stdio::null()).status().unwrap();
        assert!(done.success(), "{command} failed");
    }

    /// What the program's clock shows, but for the moment that its start took.
    pub fn now(&self) -> OffsetDateTime {
        datetime!(2026-11-20 09:00 +7) + self.begun.elapsed()
    }

    /// Makes an officer of the counter of kecamatan Gambir, as an administrator does while it serves.
    pub fn officer(&self, username: &str, password: &str) {
        let mut command = program(self.scratch.path());
        command.args(["create-officer", username, "--name", "Rini Contoh", "--role", "petugas", "--counter", "31.71.01"]);
        let done = command.env("ALPUKAT_PASSWORD", password).stdout(Stdio::null()).status().unwrap();
        assert!(done.success(), "create-officer failed");
    }

    /// Takes the database away from under it.
    pub fn lose_database(&self) {
        let file = self.scratch.path().join("data/postgres/cluster/data/postmaster.pid");
        let lines = fs::read_to_string(file).unwrap();
        let stopped = Command::new("kill").args(["-QUIT", lines.lines().next().unwrap()]).status().unwrap();
        assert!(stopped.success());
    }
}

/// The program with settings of ours alone.
fn program(scratch: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alpukat"));
    for name in ["DATABASE_URL", "ALPUKAT_MIGRATION_URL", "ALPUKAT_SECRET_KEY", "ALPUKAT_PUBLIC_URL", "ALPUKAT_ENV"] {
        command.env_remove(name);
    }
    command.env("ALPUKAT_DATA_DIR", scratch.join("data")).env("ALPUKAT_CLOCK", CLOCK).env("RUST_LOG", "error");
    command
}

pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Waits until somebody answers well.
pub async fn until_answered(address: &str, complaint: &str) {
    let begun = Instant::now();
    while !http::get(address, "").await.is_some_and(|(status, _)| status.is_success()) {
        assert!(begun.elapsed() < Duration::from_secs(40), "{complaint}");
        sleep(Duration::from_millis(30)).await;
    }
}
