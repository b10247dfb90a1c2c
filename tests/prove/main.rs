//! The desk with ten thousand and with a million cases stored: the same pages, for a counter that has 500 open in both; and
//! a hundred thousand messages waiting. Takes minutes and measures, so that `cargo test` passes it by; `bin/prove` runs it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a measurement that cannot go on should stop"
)]

mod messages;

#[path = "../it/files.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod files;
#[path = "../it/support/mod.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod support;

use std::time::Duration;

use alpukat::domain::officer::Role;
use sqlx::{AssertSqlSafe, Executor, Row};
use support::{
    app::{App, COUNTER},
    browser::Browser,
    cases::Wish,
    people::grown_up,
};

/// Open cases of the counter that is asked.
const OPEN: i64 = 500;
/// Requests of one measurement; the two houses are asked in turn.
const REQUESTS: usize = 60;
const ROUNDS: usize = 5;

/// A service with so many cases stored, most of them ended and at other counters.
struct House {
    app: App,
    officer: Browser,
    /// A case of the counter, its number, and the NIK of its resident.
    case: String,
    number: String,
    nik: String,
}

impl House {
    async fn new(cases: i64) -> Self {
        let app = App::new().await;
        let mut last = None;
        for n in 0..OPEN {
            let at = app.clock().now() - time::Duration::hours(20) + time::Duration::minutes(n);
            last = Some(app.case(&Wish { at, ..Wish::of(&app, &grown_up()) }).await);
        }
        let last = last.unwrap();
        fill(&app, cases - OPEN).await;
        let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
        let officer = app.desk(&officer).await;
        let case = format!("/petugas/permohonan/{}", last.id);
        Self { officer, case, number: last.number.to_string(), nik: last.person.nik.as_str().to_owned(), app }
    }

    /// One page of each kind, as often as that.
    async fn ask(&mut self, what: &str) {
        for _ in 0..REQUESTS {
            let page = match what {
                "queue" => self.officer.get("/petugas").await,
                "case" => self.officer.get(&self.case.clone()).await,
                "number" => self.officer.search("/petugas", &[("cari", &self.number)]).await,
                "nik" => self.officer.search("/petugas", &[("cari", &self.nik)]).await,
                _ => self.officer.search("/petugas", &[("cari", "umpama contoh b")]).await,
            };
            assert_eq!(page.status, 200, "{what}");
        }
    }

    /// Processor time so far: of this process, and of the database's processes that serve this house.
    fn cpu(&self) -> Duration {
        let ticks = |fields: &str| {
            let after = fields.rsplit_once(')').map_or("", |(_, after)| after);
            let fields: Vec<u64> = after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
            fields.iter().sum::<u64>()
        };
        let mut sum = ticks(&std::fs::read_to_string("/proc/self/stat").unwrap());
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let folder = entry.path();
            let line = std::fs::read_to_string(folder.join("cmdline")).unwrap_or_default();
            if line.starts_with("postgres:") && line.contains(&self.app.database.name) {
                sum += ticks(&std::fs::read_to_string(folder.join("stat")).unwrap_or_default());
            }
        }
        Duration::from_millis(sum * 10)
    }

    /// How the database would look for something, with all its steps.
    async fn plan(&self, sql: &str) -> String {
        let rows = sqlx::query(AssertSqlSafe(format!("explain {sql}"))).fetch_all(&mut self.app.owner().await).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0) + "\n").collect()
    }
}

/// Cases past every guard and page: a tenth of them open, at all the other counters, the rest ended anywhere; each with an
/// event, and a resident of its own.
async fn fill(app: &App, count: i64) {
    let script = format!(
        "begin;
         set local session_replication_role = replica;
         create temporary table others on commit drop as
             select row_number() over (order by code) - 1 as place, code from counters where code <> '{COUNTER}';
         create temporary table made on commit drop as
             select n, gen_random_uuid() as id, gen_random_uuid() as resident,
                    n % 10 = 0 as is_open,
                    case when n % 10 = 0 or n % 3 > 0 then (select code from others where place = n % (select count(*) from others)) else '{COUNTER}' end as counter,
                    timestamptz '2026-11-19 02:00Z' - n * interval '1 second' as at
             from generate_series(1, {count}) as n;
         insert into residents (id, nik_index, kk_index, kelurahan_code, sealed)
             select resident, sha256(resident::text::bytea), sha256((n / 4)::text::bytea), '{COUNTER}', '\\x00' from made;
         insert into applications (id, account_id, resident_id, status, category, counter_code, starts_at, kelurahan_code, receipt_number,
                                   check_code, phone_index, sealed, answered_at, submitted_at, status_since)
             select m.id, (select id from accounts limit 1), m.resident, case when is_open then 'diajukan' else 'selesai' end, 'rusak', counter,
                    at + interval '5 days', '{COUNTER}', 'X' || n, gen_random_uuid(), sha256((n / 2)::text::bytea), repeat('x', 300)::bytea, at, at, at
             from made m;
         insert into events (fact, at, deed, actor, account_id, application_id, from_status, to_status, chain, number, mac)
             select gen_random_uuid(), at, 'langkah', 'warga', null, id, 'draf', 'diajukan', 'umum', 1000000 + n, sha256('x') from made;
         commit;
         vacuum analyze"
    );
    let mut owner = app.owner().await;
    // A statement at a time: the last one wants to stand alone.
    for statement in std::iter::once("set statement_timeout = 0").chain(script.split(";\n")) {
        owner.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
    }
}

#[tokio::test]
async fn a_million_cases_cost_the_desk_no_more_than_ten_thousand() {
    let mut small = House::new(10_000).await;
    let mut large = House::new(1_000_000).await;
    assert_eq!(large.app.count("select count(*) from applications").await, 1_000_000);

    for (what, sql) in [
        (
            "queue",
            format!(
                "select id from applications a where counter_code = '{COUNTER}' and status = 'diajukan'
                 order by status_since >= '2026-11-19', submitted_at, id limit 51"
            ),
        ),
        (
            "counts",
            format!(
                "select status, count(*) from applications where counter_code = '{COUNTER}' and status in ('diajukan', 'perlu_perbaikan',
                 'disetujui', 'menunggu_blangko', 'dicetak', 'siap_diambil', 'tidak_diambil') group by status"
            ),
        ),
        ("number", "select id from applications where receipt_number = 'X7'".to_owned()),
        (
            "nik",
            "select id from applications where resident_id = (select id from residents where nik_index = sha256('x'))".to_owned(),
        ),
        ("case", format!("select * from application_files where id = '{}'", large.case.rsplit('/').next().unwrap())),
        (
            "day",
            format!(
                "select e.application_id from appointments g join events e on e.fact = g.fact where g.counter_code = '{COUNTER}'
                 and g.starts_at >= '2026-11-25' and g.starts_at < '2026-11-26'"
            ),
        ),
        (
            "clock",
            "select id from applications where status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak')
             and starts_at < '2026-11-01' order by starts_at limit 50"
                .to_owned(),
        ),
    ] {
        let plan = large.plan(&sql).await;
        for table in ["applications", "events", "residents"] {
            assert!(!plan.contains(&format!("Seq Scan on {table}")), "{what} reads all {table}:\n{plan}");
        }
    }

    for what in ["queue", "case", "number", "nik", "words"] {
        small.ask(what).await;
        large.ask(what).await;
        let mut ratios = Vec::new();
        let (mut of_small, mut of_large) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..ROUNDS {
            let before = small.cpu();
            small.ask(what).await;
            let between = small.cpu() - before;
            let before = large.cpu();
            large.ask(what).await;
            let after = large.cpu() - before;
            ratios.push(after.as_secs_f64() / between.as_secs_f64());
            (of_small, of_large) = (of_small + between, of_large + after);
        }
        ratios.sort_by(f64::total_cmp);
        let each = |sum: Duration| sum / u32::try_from(ROUNDS * REQUESTS).unwrap();
        let median = ratios[ROUNDS / 2];
        println!(
            "{what}: {:.2?} a request with 10,000 cases, {:.2?} with 1,000,000; ratio {median:.2} ({:.2} to {:.2})",
            each(of_small),
            each(of_large),
            ratios[0],
            ratios[ROUNDS - 1]
        );
        assert!(median <= 1.2, "{what} costs {median:.2} times as much");
    }
}
