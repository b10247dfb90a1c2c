//! Workers that die, answers that are lost, several workers at once: a message is sent again only under its own name.

use std::{
    process::Child,
    time::{Duration as Wait, Instant},
};

use time::Duration;

use super::{listen, outlet, owe, states, work};
use crate::support::{
    app::App,
    cases::Wish,
    gateway::{Gateway, TAKEN},
    people::grown_up,
    program::worker,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_again_under_the_same_name_and_later_ones_wait() {
    let app = App::new().await;
    // It has the message, and its answer is lost the first time, as on a broken line; the second time it is too busy.
    let gateway = Gateway::start(Wait::ZERO, |number| match number {
        0 => "",
        1 => "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        _ => TAKEN,
    });
    let outlet = outlet(&gateway.url(), listen(&app).await);
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    for n in 0..2 {
        owe(&app, &case, "0812-0000-0001", &format!("DUKCAPIL DKI: pesan {n}")).await;
    }
    for (came, cause) in [(1, "tidak_terhubung"), (2, "gateway_sibuk")] {
        work(&app, &outlet).await;
        assert_eq!(gateway.count(), came, "the second message waits for the first");
        let waits = app.count("select count(*) from messages where cause is not null and due_at > created_at").await;
        assert_eq!(waits, 1, "{cause}");
        app.clock().advance(Duration::minutes(2));
    }
    work(&app, &outlet).await;
    assert_eq!(states(&app).await, [("terkirim".to_owned(), 2)]);
    let mut counts: Vec<usize> = gateway.counts().into_values().collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 3], "one name each, however often");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_takes_for_four_hours_is_given_up_and_listed_to_be_telephoned() {
    let app = App::new().await;
    let gateway = Gateway::start(Wait::ZERO, |_| "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let outlet = outlet(&gateway.url(), listen(&app).await);
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    owe(&app, &case, "0812-0000-0001", "DUKCAPIL DKI: pesan").await;
    let begun = app.clock().now();
    while app.count("select count(*) from messages where state = 'menunggu'").await > 0 {
        work(&app, &outlet).await;
        app.clock().advance(Duration::seconds(30));
        assert!(app.clock().now() - begun < Duration::hours(6), "never given up");
    }
    assert!(app.clock().now() - begun > Duration::hours(3), "given up after {}", app.clock().now() - begun);
    assert_eq!(gateway.counts().into_values().collect::<Vec<_>>(), [11]);
    let mut officer = app.petugas().await;
    let page = officer.get("/admin/pesan").await;
    assert!(page.text("tbody").contains("gateway sibuk, 11 kali dicoba"), "{}", page.text("tbody"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_four_workers_one_is_killed_and_every_message_counts_once() {
    let app = App::new().await;
    // Slow enough that whoever has taken messages still holds them when it is killed.
    let gateway = Gateway::start(Wait::from_millis(800), |_| TAKEN);
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    for n in 0..200 {
        owe(&app, &case, &format!("0812-0000-{n:04}"), &format!("DUKCAPIL DKI: pesan {n}")).await;
    }
    let begun = Instant::now();
    let mut killed = worker(&app, &gateway.url(), Duration::ZERO).spawn().unwrap();
    while gateway.count() < 10 {
        assert!(begun.elapsed() < Wait::from_secs(30), "the worker does not work");
        std::thread::sleep(Wait::from_millis(2));
    }
    let mut workers: Vec<Child> = (0..3).map(|_| worker(&app, &gateway.url(), Duration::ZERO).spawn().unwrap()).collect();
    let had = Instant::now();
    while gateway.count() < 40 && had.elapsed() < Wait::from_millis(600) {
        std::thread::sleep(Wait::from_millis(2));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    while app.count("select count(*) from messages where state = 'menunggu' and leased_until is null").await > 0 {
        assert!(begun.elapsed() < Wait::from_mins(1), "{:?}", states(&app).await);
        tokio::time::sleep(Wait::from_millis(50)).await;
    }
    // What the killed one held comes free with its lease: another, whose clock is two minutes on, takes it.
    workers.push(worker(&app, &gateway.url(), Duration::minutes(2)).spawn().unwrap());
    while app.count("select count(*) from messages where state <> 'terkirim'").await > 0 {
        assert!(begun.elapsed() < Wait::from_mins(1), "{:?}", states(&app).await);
        tokio::time::sleep(Wait::from_millis(50)).await;
    }
    for mut worker in workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let counts = gateway.counts();
    assert_eq!(counts.len(), 200, "every message came, each under one name");
    let again = counts.values().filter(|count| **count > 1).count();
    println!("{again} of 200 came twice, under the same name");
    assert!(again > 0 && again <= 32, "the killed one held nothing, or too much came again: {again}");
    assert!(counts.values().all(|count| *count <= 2), "only what the killed one held came again");
}
