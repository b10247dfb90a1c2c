//! A hundred thousand messages waiting: how many one worker hands on in a second, beside the same calls alone, and in how
//! much memory.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use alpukat::{
    adapters::{answer::Answer, sms_gateway::SmsGateway},
    db::messages,
    domain::{
        ids::{FactId, MessageId},
        message::{MessageKind, Sms},
        phone::Phone,
    },
};
use axum::{Router, http::StatusCode, routing::get};
use tokio::{task::JoinSet, time::sleep};

use crate::support::{app::App, cases::Wish, people::grown_up, program::worker};

const WAITING: u32 = 100_000;
/// Every message of a phone waits for the one before.
const PHONES: u32 = 20_000;
/// As many calls at once as a worker makes.
const AT_ONCE: usize = 32;

fn sms(n: u32) -> Sms {
    let phone = Phone::parse(&format!("0812-00{:05}", n % PHONES)).unwrap();
    Sms { phone, text: format!("DUKCAPIL DKI: permohonan 2345-6789 diterima. Pesan {n} dari yang banyak sekali.") }
}

/// A gateway that answers at once, and how much it was asked.
async fn gateway() -> (String, Arc<AtomicU64>) {
    let asked = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&asked);
    let answer = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        std::future::ready((StatusCode::ACCEPTED, "0: Accepted for delivery"))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/cgi-bin/sendsms?username=portal&password=rahasia", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, Router::new().route("/cgi-bin/sendsms", get(answer))).await });
    (address, asked)
}

/// Calls of the gateway in a second, without outbox.
async fn calls_alone(address: &str, count: u32) -> f64 {
    let gateway = SmsGateway::new(address.parse().unwrap()).unwrap();
    let begun = Instant::now();
    let mut under_way = JoinSet::new();
    for n in 0..count {
        if under_way.len() == AT_ONCE {
            under_way.join_next().await;
        }
        let gateway = gateway.clone();
        under_way.spawn(async move {
            let id = MessageId::random();
            let report = format!("http://127.0.0.1:8080/sms/laporan/{id}/0123456789abcdef?status=%d");
            assert_eq!(gateway.send(id, &sms(n), &report).await, Answer::Accepted);
        });
    }
    under_way.join_all().await;
    f64::from(count) / begun.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_worker_empties_an_outbox_of_a_hundred_thousand() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    let now = app.clock().now();
    let mut tx = app.state.db.begin().await.unwrap();
    for n in 0..WAITING {
        messages::owe(&mut tx, Some(case.id), MessageKind::Diajukan, FactId::random(), &sms(n), now).await.unwrap();
    }
    tx.commit().await.unwrap();

    let (address, asked) = gateway().await;
    let before = calls_alone(&address, 20_000).await;
    asked.store(0, Ordering::Relaxed);
    let mut worker = worker(&app, &address, time::Duration::ZERO).spawn().unwrap();
    let mut began = None;
    let (mut marks, mut memory) = (Vec::new(), 0);
    loop {
        let came = asked.load(Ordering::Relaxed);
        if came > 0 {
            let begun = *began.get_or_insert_with(Instant::now);
            // The speed of every tenth, so that one sees whether it falls with what is behind.
            if came >= (marks.len() as u64 + 1) * u64::from(WAITING) / 10 {
                marks.push(begun.elapsed());
            }
        }
        memory = peak_memory(worker.id()).unwrap_or(memory);
        if came >= u64::from(WAITING) {
            break;
        }
        assert!(worker.try_wait().unwrap().is_none(), "the worker ended");
        assert!(began.is_none_or(|begun| begun.elapsed() < Duration::from_mins(15)), "{came} after a quarter of an hour");
        sleep(Duration::from_millis(20)).await;
    }
    let took = began.unwrap().elapsed();
    while app.count("select count(*) from messages where state = 'menunggu'").await > 0 {
        sleep(Duration::from_millis(50)).await;
    }
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert_eq!(asked.load(Ordering::Relaxed), u64::from(WAITING), "each once");
    let after = calls_alone(&address, 20_000).await;
    let (alone, speed) = (f64::midpoint(before, after), f64::from(WAITING) / took.as_secs_f64());
    println!(
        "a worker hands on {speed:.0} messages/s; the same calls alone: {before:.0} and {after:.0}/s; ratio {:.2}",
        speed / alone
    );
    let tenths: Vec<f64> = marks.iter().map(Duration::as_secs_f64).collect();
    println!("seconds until each tenth had gone: {tenths:.1?}; at most {memory} kB of memory");
    let (first, last) = (tenths[0], tenths[tenths.len() - 1] - tenths[tenths.len() - 2]);
    assert!(last < first * 3.0, "it gets slower: the first tenth took {first:.1} s, the last {last:.1} s");
    assert!(memory < 100_000, "{memory} kB of memory");
}

fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
