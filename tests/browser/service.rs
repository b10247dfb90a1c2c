//! The program itself, serving for all tests of this run, on a database of its own.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use ::time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::datetime};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};

use crate::guard::Guard;
use crate::scratch::Scratch;
use crate::{http, people};

/// Friday morning: the first day to fetch a card is Wednesday the 25th.
const CLOCK: OffsetDateTime = datetime!(2026-11-20 09:00 +7);

/// A counter with an address, a chat number and a single place each half hour.
const COUNTERS: &str = "code,address,whatsapp,places\n31.71.01.1002,Jalan Contoh Nomor 7,081200001234,1\n";

pub struct Service {
    /// Where it serves, without a slash at the end.
    pub address: String,
    run: Mutex<Run>,
    scratch: Scratch,
}

/// The program while it runs: since when, and what its clock showed then.
struct Run {
    begun: Instant,
    clock: OffsetDateTime,
    program: Option<Guard>,
}

/// The service that the tests share.
pub async fn shared() -> &'static Service {
    static SERVICE: OnceCell<Service> = OnceCell::const_new();
    SERVICE
        .get_or_init(async || {
            let service = Service::start().await;
            service.fill();
            service
        })
        .await
}

/// A service for one test alone, whose clock it may move.
pub async fn own() -> &'static Service {
    let service = Box::leak(Box::new(Service::start().await));
    service.fill();
    service
}

impl Service {
    pub async fn start() -> Self {
        let scratch = Scratch::new();
        let address = format!("http://127.0.0.1:{}", free_port());
        let run = Mutex::new(Run { begun: Instant::now(), clock: CLOCK, program: None });
        let service = Self { address, run, scratch };
        service.start_at(CLOCK).await;
        service
    }

    /// Ends the program, if it runs, and starts it with its clock at this moment.
    pub async fn start_at(&self, clock: OffsetDateTime) {
        self.start_with(clock, None).await;
    }

    /// The same with an SMS gateway.
    pub async fn start_with(&self, clock: OffsetDateTime, gateway: Option<String>) {
        self.start_set(clock, gateway.map(|address| ("ALPUKAT_SMS_URL", address))).await;
    }

    /// The same with a mail server.
    pub async fn start_with_mail(&self, clock: OffsetDateTime, server: String) {
        self.start_set(clock, Some(("ALPUKAT_SMTP_URL", server))).await;
    }

    async fn start_set(&self, clock: OffsetDateTime, setting: Option<(&str, String)>) {
        let mut command = program(self.scratch.path());
        let text = clock.format(&Rfc3339).unwrap();
        command.env("ALPUKAT_LISTEN", self.address.trim_start_matches("http://")).env("ALPUKAT_CLOCK", text).arg("serve");
        command.envs(setting);
        drop(self.run.lock().unwrap().program.take());
        let log = fs::File::options().create(true).append(true).open(self.scratch.path().join("log")).unwrap();
        let program = Some(Guard::start_with_log(&command, self.scratch.path().join("program"), log));
        *self.run.lock().unwrap() = Run { begun: Instant::now(), clock, program };
        until_answered(&format!("{}/siap", self.address), "alpukat does not serve").await;
    }

    /// Lets time pass: the program is stopped, and started with its clock so much later.
    pub async fn pass(&self, time: ::time::Duration) {
        self.start_at(self.now() + time).await;
    }

    fn fill(&self) {
        self.import("import-residents", &people::registry());
        self.import("import-counters", COUNTERS);
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
        let run = self.run.lock().unwrap();
        run.clock + run.begun.elapsed()
    }

    /// What the newest SMS to a number says, which without a gateway stands in the program's log.
    pub async fn sms(&self, phone: &str, containing: &str) -> String {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let to = format!("sms ke={}****{} ", &digits[..4], &digits[digits.len() - 3..]);
        let begun = Instant::now();
        loop {
            let log = fs::read_to_string(self.scratch.path().join("log")).unwrap_or_default();
            let found = log.lines().rfind(|line| line.contains(&to) && line.contains(containing)).map(ToOwned::to_owned);
            if let Some(line) = found {
                return line;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no SMS to {phone} with {containing}");
            sleep(Duration::from_millis(30)).await;
        }
    }

    /// The newest code that was sent to a number, unless it is one that is known.
    pub async fn code(&self, phone: &str, known: &str) -> String {
        let begun = Instant::now();
        loop {
            let line = self.sms(phone, "Kode Anda ").await;
            let (_, rest) = line.split_once("Kode Anda ").unwrap();
            if rest[..6] != *known {
                return rest[..6].to_owned();
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no other code to {phone}");
            sleep(Duration::from_millis(30)).await;
        }
    }

    /// Makes an officer of the counter of kecamatan Gambir, as an administrator does while it serves.
    pub fn officer(&self, username: &str, password: &str) {
        let mut command = program(self.scratch.path());
        command.args(["create-officer", username, "--name", "Rini Contoh", "--role", "petugas", "--counter", "31.71.01"]);
        let done = command.env("ALPUKAT_PASSWORD", password).stdout(Stdio::null()).status().unwrap();
        assert!(done.success(), "create-officer failed");
    }

    /// What the command says that looks for altered history.
    pub fn verify_audit(&self) -> String {
        let done = program(self.scratch.path()).arg("verify-audit").output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Does something to its database, as its owner.
    pub fn sql(&self, statement: &str) {
        let socket = self.scratch.path().join("data/postgres/cluster/socket");
        let mut psql = Command::new("psql");
        psql.arg("--no-psqlrc").arg("-qh").arg(socket).args(["-U", "alpukat_owner", "-d", "alpukat", "-c", statement]);
        assert!(psql.status().expect("psql is missing; bin/test installs it").success(), "{statement}");
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
    for name in
        ["DATABASE_URL", "ALPUKAT_MIGRATION_URL", "ALPUKAT_SECRET_KEY", "ALPUKAT_PUBLIC_URL", "ALPUKAT_ENV", "ALPUKAT_SMS_URL"]
    {
        command.env_remove(name);
    }
    command.env("ALPUKAT_DATA_DIR", scratch.join("data")).env("ALPUKAT_CLOCK", CLOCK.format(&Rfc3339).unwrap());
    command.env("RUST_LOG", "error,alpukat::worker::messages=info");
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
