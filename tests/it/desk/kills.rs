//! The program is killed in the middle of its work, again and again: whatever it did is whole, or was never done.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use alpukat::domain::status::Status;
use sqlx::postgres::PgConnectOptions;

use super::printing::{enter_blanks, printer};
use crate::support::{app::App, cases::Wish, people::grown_up, rounds};

/// The real program on a test's database, with the test's keys, so that a session of one is a session of the other.
fn serve(app: &App, address: SocketAddr, folder: &std::path::Path) -> Child {
    let url = |options: &PgConnectOptions| {
        let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
        let host = host.replace('/', "%2F");
        format!("postgres://{}@localhost:{}/{}?host={host}", options.get_username(), options.get_port(), app.database.name)
    };
    Command::new(env!("CARGO_BIN_EXE_alpukat"))
        .arg("serve")
        .env("DATABASE_URL", url(&app.database.program))
        .env("ALPUKAT_MIGRATION_URL", url(&app.database.owner))
        .env("ALPUKAT_DATA_DIR", folder)
        .env("ALPUKAT_SECRET_KEY", base64::Engine::encode(&base64::prelude::BASE64_STANDARD, [7; 32]))
        .env("ALPUKAT_LISTEN", address.to_string())
        .env("ALPUKAT_CLOCK", "2026-11-20T09:00+07:00")
        .env("RUST_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Sends a form; the first line of the answer, or nothing when nobody answers any more.
fn post(address: SocketAddr, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Option<String> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nCookie: {cookie}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.lines().next().map(ToOwned::to_owned)
}

async fn wait_for(address: SocketAddr) {
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the program does not serve");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What may never be seen, whenever the program was killed: each counts rows.
const BROKEN: &[(&str, &str)] = &[
    (
        "a case whose history tells something else",
        "select count(*) from applications a where status <> 'draf' and status is distinct from
            (select to_status from events e where e.application_id = a.id and deed = 'langkah' order by e.id desc limit 1)",
    ),
    (
        "a step without its message",
        "select count(*) from events e where deed = 'langkah' and origin is not null and to_status in ('disetujui', 'siap_diambil', 'menunggu_blangko', 'selesai')
            and not (to_status = 'disetujui' and from_status <> 'diajukan')
            and not exists (select from messages m where m.fact = e.fact and m.kind = e.to_status)",
    ),
    ("a message without its fact", "select count(*) from messages m where not exists (select from events e where e.fact = m.fact)"),
    (
        "a case at the printer without a card, or the other way round",
        "select count(*) from applications a where (status = 'dicetak') <>
            exists (select from print_cards c where c.application_id = a.id and c.ended_at is null)",
    ),
    ("a card that took no blank", "select count(*) from print_cards c where not exists
        (select from blanks b where b.run_id = c.run_id and b.card_number = c.number)"),
    (
        "a stock that is not its ledger",
        "select count(*) from (select sum(change) as sum, (array_agg(balance order by number desc))[1] as last from blanks) as ledger
            where sum <> last",
    ),
    (
        "a case in no queue",
        "select count(*) from applications where status not in ('draf', 'diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko',
            'dicetak', 'siap_diambil', 'tidak_diambil', 'selesai', 'ditolak', 'dibatalkan', 'kedaluwarsa') or counter_code is null",
    ),
    ("a head that does not know its chain", "select count(*) from chain_heads h where count <>
        (select count(*) from events e where e.chain = h.chain)"),
];

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_nothing_is_half_done() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    enter_blanks(&mut browser, "100000").await.location();
    let cookie = format!("alpukat-petugas={}", browser.cookies["alpukat-petugas"]);
    let folder = tempfile::tempdir().unwrap();
    let (mut decided, mut printed) = (0, 0);
    for round in 0..rounds(10, 100) {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut program = serve(&app, address, folder.path());
        wait_for(address).await;
        let mut work = Vec::new();
        for n in 0..12 {
            let case = app.case(&Wish::of(&app, &grown_up())).await;
            if n % 2 == 0 {
                app.walk(&case, officer.id, &[Status::Disetujui]).await;
            }
            let (cookie, id, is_printed) = (cookie.clone(), case.id.to_string(), n % 2 == 0);
            work.push(std::thread::spawn(move || {
                if is_printed {
                    let run = uuid::Uuid::new_v4().to_string();
                    post(address, "/petugas/cetak", &cookie, &[("rangkaian", &run), ("pilih", &id)])?;
                    post(address, &format!("/petugas/cetak/{run}/hasil"), &cookie, &[("hasil-1", "baik")])
                } else {
                    post(address, &format!("/petugas/permohonan/{id}/pemeriksaan"), &cookie, &[])?;
                    post(address, &format!("/petugas/permohonan/{id}/persetujuan"), &cookie, &[])
                }
            }));
        }
        std::thread::sleep(Duration::from_millis(rand::random_range(0..40)));
        program.kill().unwrap();
        program.wait().unwrap();
        for deed in work {
            deed.join().unwrap();
        }
        // The server undoes what the dead program left open as soon as it notices.
        let begun = Instant::now();
        while app
            .count(
                "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
            )
            .await
            > 0
        {
            assert!(begun.elapsed() < Duration::from_secs(20), "a transaction of the dead program stays open");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for (what, sql) in BROKEN {
            assert_eq!(app.count(sql).await, 0, "{what}, after round {round}");
        }
        decided = app.count("select count(*) from events where to_status = 'disetujui' and origin is not null").await;
        printed = app.count("select count(*) from print_cards").await;
    }
    println!("decided {decided}, printed {printed}");
    assert!(decided > 0 && printed > 0, "nothing was going on when it was killed: {decided} {printed}");
    assert!(alpukat::db::audit::verify(&app.state.db).await.unwrap().is_ok());
}
