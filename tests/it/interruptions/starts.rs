//! A start tells why it cannot serve, and a stop waits for no silent database.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use alpukat::adapters::clock::Clock;
use sqlx::Executor;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    app::{App, NOW},
    database::TestDatabase,
    program::{program, url},
    proxy::{Line, Proxy},
    serving::Serving,
};

/// The program in production, as far as a test's database goes.
fn production(app: &App) -> Command {
    let mut command = program(app);
    command
        .env("ALPUKAT_ENV", "production")
        .env("ALPUKAT_PUBLIC_URL", "https://alpukat.example")
        .env("ALPUKAT_TRUSTED_PROXIES", "127.0.0.1");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cause_is_told_by_its_name_and_serving_goes_on() {
    let app = App::new().await;
    let mut wrong_role = production(&app);
    wrong_role.env("DATABASE_URL", url(&app.database.program.clone().username("nobody_of_ours")));
    let mut unreachable = production(&app);
    unreachable.env("DATABASE_URL", "postgres://alpukat@127.0.0.1:9/alpukat");
    for (command, cause) in [(wrong_role, "role \\\"nobody_of_ours\\\" does not exist"), (unreachable, "Connection refused")] {
        let serving = Serving::start(command);
        serving.until_it_says("/siap answers 503 until then");
        assert!(serving.log().contains(cause), "{}", serving.log());
        assert!(!serving.log().contains("lacks migrations"), "{}", serving.log());
        serving.until_it_says("Alpukat is open at https://alpukat.example");
    }

    app.owner()
        .await
        .execute("update _sqlx_migrations set version = 9999 where version = (select max(version) from _sqlx_migrations)")
        .await
        .unwrap();
    let serving = Serving::start(production(&app));
    serving.until_it_says("/siap answers 503 until then");
    assert!(serving.log().contains("schema (9999) is newer than this program"), "{}", serving.log());
    let told =
        production(&app).arg("verify-audit").env("ALPUKAT_DATA_DIR", tempfile::tempdir().unwrap().path()).output().unwrap();
    assert!(!told.status.success() && String::from_utf8_lossy(&told.stderr).contains("is newer than this program"));

    app.owner().await.execute("delete from _sqlx_migrations where version = 9999").await.unwrap();
    let serving = Serving::start(production(&app));
    serving.until_it_says("the database lacks migrations; run `alpukat migrate` first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_heeded_while_the_database_is_silent() {
    let mut database = TestDatabase::new().await;
    let proxy = Proxy::before(&mut database).await;
    let app = App::on(database, Clock::standing_at(NOW));
    let mut serving = Serving::start(production(&app));
    serving.until_it_says("Alpukat is open");
    proxy.set(Line::Silent);
    // Somebody waits for a page, and somebody has posted and left.
    let mut waits = TcpStream::connect(serving.address).await.unwrap();
    waits.write_all(b"GET /kontak?kelurahan=31.71.01.1004 HTTP/1.1\r\nhost: alpukat.example\r\n\r\n").await.unwrap();
    let mut left = TcpStream::connect(serving.address).await.unwrap();
    let form = "POST /masuk HTTP/1.1\r\nhost: alpukat.example\r\norigin: https://alpukat.example\r\n\
        content-type: application/x-www-form-urlencoded\r\ncontent-length: 31\r\n\r\nnik=3199010508900001&sandi=abcd";
    left.write_all(form.as_bytes()).await.unwrap();
    drop(left);
    tokio::time::sleep(Duration::from_millis(200)).await;
    serving.terminate();
    let (status, took) = serving.ended();
    assert!(status.success() && took < Duration::from_secs(27), "{status} after {took:?}:\n{}", serving.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_heeded_at_a_start_that_waits_for_the_database() {
    let mut database = TestDatabase::new().await;
    let proxy = Proxy::before(&mut database).await;
    proxy.set(Line::Silent);
    let app = App::on(database, Clock::standing_at(NOW));
    let mut serving = Serving::start(production(&app));
    while TcpStream::connect(serving.address).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    serving.terminate();
    let (status, took) = serving.ended();
    assert!(status.success() && took < Duration::from_secs(3), "{status} after {took:?}:\n{}", serving.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_with_a_silent_database_says_so() {
    let mut database = TestDatabase::new().await;
    let proxy = Proxy::before(&mut database).await;
    proxy.set(Line::Silent);
    let app = App::on(database, Clock::standing_at(NOW));
    let begun = Instant::now();
    let serving = Serving::start(production(&app));
    serving.until_it_says("/siap answers 503 until then");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert!(serving.log().contains("the database does not answer"), "{}", serving.log());
    // When it speaks again, everything is well without another start.
    proxy.set(Line::Passes);
    serving.until_it_says("Alpukat is open");
    let begun = Instant::now();
    while !answers_ready(&serving).await {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", serving.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn answers_ready(serving: &Serving) -> bool {
    let mut socket = TcpStream::connect(serving.address).await.unwrap();
    socket.write_all(b"GET /siap HTTP/1.1\r\nhost: alpukat.example\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer.starts_with("HTTP/1.1 200")
}
