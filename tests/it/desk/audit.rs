//! What is written down, and that whoever alters it is found out.

use alpukat::{
    db::{
        audit::{self, Flaw},
        events,
    },
    domain::{
        event::{By, Deed, Witness},
        officer::Role,
    },
};
use sqlx::{AssertSqlSafe, Executor};

use crate::support::{
    app::{App, COUNTER},
    cases::Wish,
    people::grown_up,
    rounds,
};

/// A chain of so many events at one counter, and others elsewhere: some by pages, the rest as pages write them.
async fn history(app: &App, length: i64) {
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut browser = app.desk(&officer).await;
    for number in 0..10 {
        app.case(&Wish::of(app, &grown_up())).await;
        browser.post("/petugas", &[("cari", &format!("kata {number}"))]).await;
        app.case(&Wish { counter: "31.71.01", ..Wish::of(app, &grown_up()) }).await;
    }
    let office = officer.counter.clone();
    let witness = Witness { by: By::Officer(officer.id, office), from: Some("203.0.113.7".to_owned()) };
    let mut written = 21;
    while written < length {
        let mut tx = app.state.db.begin().await.unwrap();
        for _ in 0..(length - written).min(500) {
            events::add_deed_with(&mut tx, &Deed::Searched, Some("kata"), &witness, app.clock().now()).await.unwrap();
            written += 1;
        }
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn an_untouched_history_is_whole_and_every_touch_is_named() {
    let app = App::new().await;
    let length = rounds(2_000, 100_000);
    history(&app, length).await;
    let begun = std::time::Instant::now();
    let heads = audit::verify(&app.state.db).await.unwrap().expect("nothing was touched");
    println!("{length} events of a chain read in {:.1?}", begun.elapsed());
    let here = heads.iter().find(|head| head.chain == COUNTER).unwrap();
    assert_eq!(here.count, length, "a log-in, ten searches, ten cases, and more searches");
    assert_eq!(heads.iter().map(|head| head.count).sum::<i64>(), app.count("select count(*) from events").await);

    let mut owner = app.owner().await;
    let keep = "create table kept as table events; create table kept_heads as table chain_heads";
    owner.execute(keep).await.unwrap();
    for (what, touch, number) in touches(length) {
        let script = format!("begin; set local session_replication_role = replica; {touch}; commit");
        owner.execute(AssertSqlSafe(script)).await.unwrap();
        let flaws = audit::verify(&app.state.db).await.unwrap().expect_err(what);
        let named = match &flaws[0] {
            Flaw::Altered { number, .. } | Flaw::Missing { number, .. } => *number,
            Flaw::Unchained { .. } => 0,
        };
        assert_eq!(named, number, "{what}: {flaws:?}");
        owner
            .execute(
                "begin; set local session_replication_role = replica; delete from events; delete from chain_heads;
                 insert into events overriding system value select * from kept; insert into chain_heads select * from kept_heads; commit",
            )
            .await
            .unwrap();
    }
    assert!(audit::verify(&app.state.db).await.unwrap().is_ok(), "put back as it was");
}

/// What somebody may do to a chain past every guard, and the number at which it is noticed: near its beginning, at its
/// end, and somewhere between.
fn touches(length: i64) -> Vec<(&'static str, String, i64)> {
    let chain = COUNTER;
    let (last, middle) = (length, rand::random_range(25..length - 2));
    let at = |number: i64| format!("chain = '{chain}' and number = {number}");
    let insert = |number: i64| {
        format!(
            "insert into events (chain, number, mac, fact, at, deed, actor, reason)
             select chain, {number}, mac, gen_random_uuid(), at, 'masuk', 'operator', reason from events where {}",
            at(4)
        )
    };
    let swap = |number: i64| {
        let next = number + 1;
        format!(
            "update events set number = -1 where {}; update events set number = {number} where {}; update events set number = {next} where {}",
            at(number),
            at(next),
            at(-1)
        )
    };
    let shift = format!(
        "update events set number = number + 1000000 where chain = '{chain}' and number > {middle};
         update events set number = number - 999999 where chain = '{chain}' and number > 1000000; {}",
        insert(middle + 1)
    );
    let set = |what: &str, number: i64| format!("update events set {what} where {}", at(number));
    vec![
        ("a time", set("at = at + interval '1 microsecond'", middle), middle),
        ("an address", set("origin = '192.0.2.1'", middle), middle),
        ("an officer", set("officer_id = null, actor = 'operator'", 1), 1),
        ("a deed", set("deed = 'masuk'", middle), middle),
        ("a secret", set("sealed = '\\x01'", middle), middle),
        ("a hash", set("mac = decode(repeat('11', 32), 'hex')", middle), middle),
        ("the last", set("at = at + interval '1 second'", last), last),
        ("the first gone", format!("delete from events where {}", at(1)), 1),
        ("one gone", format!("delete from events where {}", at(middle)), middle),
        ("the last gone", format!("delete from events where {}", at(last)), last),
        (
            "the last gone and the head put back",
            format!("delete from events where {}; update chain_heads set count = {} where chain = '{chain}'", at(last), last - 1),
            last - 1,
        ),
        ("two swapped", swap(middle), middle),
        ("one moved to another chain", format!("update events set chain = '31.71.02', number = 1 where {}", at(last)), last),
        ("one slipped in", shift, middle + 1),
        ("one added", insert(last + 1), last + 1),
        ("one before the first", insert(0), 1),
    ]
}

#[tokio::test]
async fn a_row_without_a_chain_is_noticed() {
    let app = App::new().await;
    history(&app, 21).await;
    let mut owner = app.owner().await;
    owner.execute("alter table events drop constraint events_are_chained").await.unwrap();
    owner
        .execute("insert into events (fact, at, deed, actor) values (gen_random_uuid(), '2026-11-20', 'masuk', 'operator')")
        .await
        .unwrap();
    let flaws = audit::verify(&app.state.db).await.unwrap().unwrap_err();
    assert!(matches!(flaws[..], [Flaw::Unchained { .. }]), "{flaws:?}");
}
