//! What is written down, and that whoever alters it is found out.

use alpukat::db::audit::{self, Flaw};
use sqlx::{AssertSqlSafe, Executor};

use crate::support::{
    app::{App, COUNTER},
    cases::Wish,
    people::grown_up,
};

/// A chain of a hundred events at one counter, and others elsewhere.
async fn history(app: &App) {
    let mut browser = app.petugas().await;
    for number in 0..10 {
        app.case(&Wish::of(app, &grown_up())).await;
        browser.post("/petugas", &[("cari", &format!("kata {number}"))]).await;
        app.case(&Wish { counter: "31.71.01", ..Wish::of(app, &grown_up()) }).await;
    }
}

#[tokio::test]
async fn an_untouched_history_is_whole_and_every_touch_is_named() {
    let app = App::new().await;
    history(&app).await;
    let heads = audit::verify(&app.state.db).await.unwrap().expect("nothing was touched");
    let here = heads.iter().find(|head| head.chain == COUNTER).unwrap();
    assert_eq!(here.count, 21, "a log-in, ten searches, ten cases");
    assert_eq!(heads.iter().map(|head| head.count).sum::<i64>(), app.count("select count(*) from events").await);

    let chain = COUNTER;
    let insert = |number: &str| {
        format!(
            "insert into events (chain, number, mac, fact, at, deed, actor, reason)
             select chain, {number}, mac, gen_random_uuid(), at, 'masuk', 'operator', reason from events where chain = '{chain}' and number = 4"
        )
    };
    let touches: [(&str, String, &str); 15] = [
        ("a time", format!("update events set at = at + interval '1 microsecond' where chain = '{chain}' and number = 7"), "7"),
        ("an address", format!("update events set origin = '192.0.2.1' where chain = '{chain}' and number = 7"), "7"),
        (
            "an officer",
            format!(
                "update events set officer_id = null, actor = 'operator' where chain = '{chain}' and officer_id is not null and number = 1"
            ),
            "1",
        ),
        ("a deed", format!("update events set deed = 'masuk' where chain = '{chain}' and number = 3 and deed = 'cari'"), "3"),
        ("a secret", format!("update events set sealed = '\\x01' where chain = '{chain}' and number = 3"), "3"),
        (
            "a hash",
            format!("update events set mac = decode(repeat('11', 32), 'hex') where chain = '{chain}' and number = 5"),
            "5",
        ),
        ("the first gone", format!("delete from events where chain = '{chain}' and number = 1"), "1"),
        ("one gone", format!("delete from events where chain = '{chain}' and number = 9"), "9"),
        ("the last gone", format!("delete from events where chain = '{chain}' and number = 21"), "21"),
        (
            "the last gone and the head put back",
            format!(
                "delete from events where chain = '{chain}' and number = 21; update chain_heads set count = 20 where chain = '{chain}'"
            ),
            "20",
        ),
        (
            "two swapped",
            format!(
                "update events set number = 100 where chain = '{chain}' and number = 10; update events set number = 10 where chain = '{chain}' and number = 11; update events set number = 11 where chain = '{chain}' and number = 100"
            ),
            "10",
        ),
        (
            "one moved to another chain",
            format!("update events set chain = '31.71.02', number = 1 where chain = '{chain}' and number = 21"),
            "21",
        ),
        (
            "one slipped in",
            format!(
                "update events set number = number + 1000 where chain = '{chain}' and number > 4; update events set number = number - 999 where chain = '{chain}' and number > 1000; {}",
                insert("5")
            ),
            "5",
        ),
        ("one added", insert("22"), "22"),
        ("one before the first", insert("0"), "1"),
    ];
    let mut owner = app.owner().await;
    for (what, touch, number) in touches {
        owner.execute("begin; set local session_replication_role = replica").await.unwrap();
        owner
            .execute(AssertSqlSafe("create table kept as table events; create table kept_heads as table chain_heads"))
            .await
            .unwrap();
        owner.execute(AssertSqlSafe(touch)).await.unwrap();
        owner.execute("commit").await.unwrap();
        let flaws = audit::verify(&app.state.db).await.unwrap().expect_err(what);
        let named = match &flaws[0] {
            Flaw::Altered { number, .. } | Flaw::Missing { number, .. } => number.to_string(),
            Flaw::Unchained { .. } => "none".to_owned(),
        };
        assert_eq!(named, number, "{what}: {flaws:?}");
        owner
            .execute(
                "begin; set local session_replication_role = replica; delete from events; delete from chain_heads;
                 insert into events overriding system value select * from kept; insert into chain_heads select * from kept_heads;
                 drop table kept, kept_heads; commit",
            )
            .await
            .unwrap();
    }
    assert!(audit::verify(&app.state.db).await.unwrap().is_ok(), "put back as it was");
}

#[tokio::test]
async fn a_row_without_a_chain_is_noticed() {
    let app = App::new().await;
    history(&app).await;
    let mut owner = app.owner().await;
    owner.execute("alter table events drop constraint events_are_chained").await.unwrap();
    owner
        .execute("insert into events (fact, at, deed, actor) values (gen_random_uuid(), '2026-11-20', 'masuk', 'operator')")
        .await
        .unwrap();
    let flaws = audit::verify(&app.state.db).await.unwrap().unwrap_err();
    assert!(matches!(flaws[..], [Flaw::Unchained { .. }]), "{flaws:?}");
}
