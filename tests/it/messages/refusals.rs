//! Gateways that refuse us, answer oddly or fall silent, and a database that is away when an answer comes.

use std::time::{Duration as Wait, Instant};

use alpukat::{adapters::clock::Clock, worker};
use time::Duration;
use tokio::{sync::oneshot, time::sleep};
use tracing::Level;

use super::{listen, outlet, owe, states, work};
use crate::support::{
    app::{App, NOW},
    cases::Wish,
    database::TestDatabase,
    gateway::{Answering, Gateway, TAKEN},
    log::Log,
    people::grown_up,
    proxy::{Line, Proxy},
};

/// Hands one message to a gateway that answers so; tells what it came to: its state, its cause and in how many seconds it is
/// tried again.
async fn after(answering: Answering) -> (String, Option<String>, i64) {
    let app = App::new().await;
    let gateway = Gateway::start(Wait::ZERO, answering);
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    owe(&app, &case, "0812-0000-0001", "DUKCAPIL DKI: pesan").await;
    work(&app, &outlet(&gateway.url(), listen(&app).await)).await;
    assert_eq!(gateway.count(), 1);
    let came_to = "select state, cause, extract(epoch from due_at - created_at)::bigint from messages";
    sqlx::query_as(came_to).fetch_one(&mut app.owner().await).await.unwrap()
}

/// An answer with this status line and, behind it, these words.
macro_rules! answer {
    ($status:literal, $words:literal) => {
        |_| concat!("HTTP/1.1 ", $status, "\r\nConnection: close\r\n\r\n", $words)
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn only_400_gives_a_message_up_and_only_a_clear_yes_is_taken_for_one() {
    let later: [(Answering, &str); 16] = [
        (answer!("401 Unauthorized", ""), "gateway_menolak"),
        (answer!("403 Forbidden", "Authorization failed for sendsms"), "gateway_menolak"),
        (answer!("404 Not Found", ""), "gateway_menolak"),
        (answer!("412 Precondition Failed", "Error \"No route found\""), "gateway_menolak"),
        (answer!("302 Found\r\nLocation: /login", ""), "gateway_menolak"),
        (answer!("429 Too Many Requests", ""), "gateway_sibuk"),
        (answer!("503 Service Unavailable", ""), "gateway_sibuk"),
        (answer!("200 OK", "Error \"Authentication failure for username:portal\""), "jawaban_aneh"),
        (answer!("200 OK", "Success \"[Failure instance: Traceback: no connection]\""), "jawaban_aneh"),
        (answer!("200 OK", "{\"status\":\"ERR\",\"error\":\"100\"}"), "jawaban_aneh"),
        (answer!("200 OK", "<!doctype html><title>Selamat datang</title>"), "jawaban_aneh"),
        (answer!("200 OK", ""), "jawaban_aneh"),
        (answer!("202 Accepted\r\nContent-Length: 0", ""), "jawaban_aneh"),
        (answer!("200 OK\r\nContent-Length: 99", "0: Accep"), "tidak_terhubung"),
        (|_| "", "tidak_terhubung"),
        (|_| "220 smtp.example ESMTP\r\n", "tidak_terhubung"),
    ];
    for (answering, expected) in later {
        let (state, cause, pause) = after(answering).await;
        assert_eq!((state.as_str(), cause.as_deref()), ("menunggu", Some(expected)), "{}", answering(0));
        assert!((24..=36).contains(&pause), "{} {pause}", answering(0));
    }
    let (state, cause, _) = after(answer!("400 Bad Request", "Invalid destination")).await;
    assert_eq!((state.as_str(), cause.as_deref()), ("gagal", Some("ditolak_gateway")));
    let taken: [Answering; 4] = [
        |_| TAKEN,
        answer!("202 Accepted", "3: Queued for later delivery"),
        answer!("200 OK", "Success \"f8e4d3f0-7f2c-4a0b-9b55-0f1c2d3e4f50\""),
        answer!("200 OK", "{\"data\":[{\"status\":\"OK\",\"error\":\"0\"}],\"error_string\":null}"),
    ];
    for answering in taken {
        let (state, cause, _) = after(answering).await;
        assert_eq!((state.as_str(), cause), ("terkirim", None), "{}", answering(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_is_left_alone_as_long_as_it_asks_but_not_for_ever() {
    let cases: [(Answering, std::ops::RangeInclusive<i64>); 5] = [
        (answer!("429 Too Many Requests\r\nRetry-After: 600", ""), 600..=600),
        (answer!("503 Service Unavailable\r\nRetry-After: 120", ""), 120..=120),
        (answer!("429 Too Many Requests\r\nRetry-After: 1", ""), 24..=36),
        // A moment: half past nine in Jakarta, half an hour from now.
        (answer!("503 Service Unavailable\r\nRetry-After: Fri, 20 Nov 2026 02:30:00 GMT", ""), 1_800..=1_800),
        (answer!("403 Forbidden\r\nRetry-After: 99999999", ""), 3_600..=3_600),
    ];
    for (answering, expected) in cases {
        let (state, _, pause) = after(answering).await;
        assert!(state == "menunggu" && expected.contains(&pause), "{}: {pause}", answering(0));
    }
}

/// A worker of this process; it ends when the sender is dropped.
fn start(app: &App, outlet: super::Outlet) -> (oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let work = worker::run(app.state.db.clone(), app.clock().clone(), Some(outlet), async move {
        stopped.await.ok();
    });
    (stop, tokio::spawn(work))
}

/// The same, once ten messages are at the gateway, which has not yet answered.
async fn start_with_ten_in_hand(app: &App, gateway: &Gateway) -> (oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let case = app.booked(&Wish::of(app, &grown_up())).await;
    for n in 0..10 {
        owe(app, &case, &format!("0812-0000-{n:04}"), "DUKCAPIL DKI: pesan").await;
    }
    let worker = start(app, outlet(&gateway.url(), listen(app).await));
    let begun = Instant::now();
    while gateway.count() < 10 {
        assert!(begun.elapsed() < Wait::from_secs(10));
        sleep(Wait::from_millis(10)).await;
    }
    worker
}

/// One thread, so that the log of every task is heard.
#[tokio::test]
async fn a_gateway_in_trouble_is_spoken_of_once_a_minute() {
    let log = Log::default();
    let _heard = tracing::dispatcher::set_default(&log.listener(Level::WARN));
    let app = App::new().await;
    let gateway = Gateway::start(Wait::ZERO, |number| if number < 12 { answer!("403 Forbidden", "")(0) } else { TAKEN });
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    for n in 0..6 {
        owe(&app, &case, &format!("0812-0000-{n:04}"), "DUKCAPIL DKI: pesan").await;
    }
    let reports = listen(&app).await;
    let (stop, worker) = start(&app, outlet(&gateway.url(), reports));
    let warned = || log.lines_with("the SMS gateway takes no messages").len();
    let begun = Instant::now();
    let until = |what: &'static str| assert!(begun.elapsed() < Wait::from_secs(30), "{what}");
    while warned() < 1 {
        until("it is not spoken of");
        sleep(Wait::from_millis(50)).await;
    }
    sleep(Wait::from_secs(3)).await;
    assert_eq!(warned(), 1, "not for each message, nor for each look");
    let line = log.lines_with("the SMS gateway takes no messages").remove(0);
    assert!(line.contains("gateway_menolak") && line.contains("403") && !line.contains("0812"), "{line}");
    app.clock().advance(Duration::seconds(61));
    while warned() < 2 {
        until("not once a minute");
        sleep(Wait::from_millis(50)).await;
    }
    // It takes messages again, and nobody speaks of it any more.
    app.clock().advance(Duration::minutes(2));
    while states(&app).await != [("terkirim".to_owned(), 6)] {
        until("they do not go out");
        sleep(Wait::from_millis(50)).await;
        app.clock().advance(Duration::seconds(10));
    }
    let before = warned();
    app.clock().advance(Duration::minutes(2));
    sleep(Wait::from_secs(3)).await;
    assert_eq!(warned(), before);
    drop(stop);
    worker.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_gateway_answered_is_written_down_though_the_database_was_away_for_a_moment() {
    let mut database = TestDatabase::new().await;
    let proxy = Proxy::before(&mut database).await;
    let app = App::on(database, Clock::standing_at(NOW));
    let gateway = Gateway::start(Wait::from_millis(500), |_| TAKEN);
    let (stop, worker) = start_with_ten_in_hand(&app, &gateway).await;
    // All are at the gateway; when it answers, the database's connections break, and for a while there is nothing: longer than
    // anybody waits for a connection.
    proxy.set(Line::Silent);
    proxy.cut();
    sleep(Wait::from_secs(8)).await;
    proxy.set(Line::Closes);
    sleep(Wait::from_secs(3)).await;
    proxy.set(Line::Passes);
    let begun = Instant::now();
    while states(&app).await != [("terkirim".to_owned(), 10)] {
        assert!(begun.elapsed() < Wait::from_mins(1), "{:?}", states(&app).await);
        sleep(Wait::from_millis(50)).await;
    }
    app.clock().advance(Duration::minutes(5));
    sleep(Wait::from_secs(3)).await;
    drop(stop);
    worker.await.unwrap();
    assert!(gateway.counts().values().all(|count| *count == 1), "{:?}", gateway.counts());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_finishes_the_messages_in_hand() {
    let app = App::new().await;
    let gateway = Gateway::start(Wait::from_secs(1), |_| TAKEN);
    let (stop, worker) = start_with_ten_in_hand(&app, &gateway).await;
    drop(stop);
    worker.await.unwrap();
    assert_eq!(states(&app).await, [("terkirim".to_owned(), 10)], "they would be handed on a second time");
}
