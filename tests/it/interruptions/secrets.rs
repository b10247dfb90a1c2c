//! A secret that is not the database's stops everything before anything is written.

use std::{process::Output, sync::Arc};

use alpukat::{
    db::{Db, DbError},
    domain::officer::Role,
    vault::Vault,
    web,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sqlx::Executor;

use crate::support::{
    app::{App, COUNTER},
    browser::Browser,
    people::grown_up,
    program::program,
};

/// A command with this secret.
fn run(app: &App, arguments: &[&str], secret: [u8; 32]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    program(app)
        .args(arguments)
        .env("ALPUKAT_SECRET_KEY", BASE64_STANDARD.encode(secret))
        .env("ALPUKAT_DATA_DIR", folder.path())
        .env("ALPUKAT_LISTEN", "127.0.0.1:0")
        .env("ALPUKAT_PASSWORD", "stempel-di-meja-kiri")
        .output()
        .unwrap()
}

/// Everything that is stored, as one text.
async fn everything(app: &App) -> String {
    let mut owner = app.owner().await;
    let tables: Vec<String> = sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public' order by 1")
        .fetch_all(&mut owner)
        .await
        .unwrap();
    let mut all = Vec::new();
    for table in tables {
        let rows = format!("select coalesce(md5(string_agg(t::text, '' order by t::text)), '-') from {table} t");
        let hash: String = sqlx::query_scalar(sqlx::AssertSqlSafe(rows)).fetch_one(&mut owner).await.unwrap();
        all.push(format!("{table} {hash}"));
    }
    all.join("\n")
}

/// Every command, with files to import.
async fn stop_every_command(app: &App) {
    let residents = tempfile::NamedTempFile::new().unwrap();
    let header = "nik,kk_number,name,birth_date,sex,marital_status,address,kelurahan_code,recorded_on,card_issued_on";
    let row = "3199010508900001,3199010101200001,Umpama,1990-08-05,L,kawin,Jalan Contoh,31.71.01.1004,2015-01-05,";
    std::fs::write(residents.path(), format!("{header}\n{row}\n")).unwrap();
    let counters = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(counters.path(), "code,address,whatsapp,places\n31.71.01.1004,Jalan Contoh 1,,5\n").unwrap();
    let (residents, counters) = (residents.path().to_str().unwrap(), counters.path().to_str().unwrap());
    let commands: [&[&str]; 7] = [
        &["serve"],
        &["worker"],
        &["migrate"],
        &["import-residents", residents],
        &["import-counters", counters],
        &["create-officer", "rini", "--name", "Rini Contoh", "--role", "petugas", "--counter", COUNTER],
        &["verify-audit"],
    ];
    let before = everything(app).await;
    for command in commands {
        let stopped = run(app, command, [8; 32]);
        let told = String::from_utf8_lossy(&stopped.stderr).into_owned();
        assert!(!stopped.status.success(), "{command:?} went on: {told}");
        assert!(told.contains("ALPUKAT_SECRET_KEY is not the secret with which this database was filled"), "{command:?}: {told}");
        assert_eq!(everything(app).await, before, "{command:?} wrote something");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_secret_stops_every_command_and_writes_nothing() {
    let app = App::new().await;
    app.account(&grown_up()).await;
    stop_every_command(&app).await;
    // A service that runs already is not ready, and changes nothing.
    let mut state = app.state.clone();
    state.db = Db::new(app.database.program.clone(), 5, Arc::new(Vault::new(&[8; 32])));
    let (before, router) = (everything(&app).await, web::router(state));
    let ready = Browser::new(router.clone()).get("/siap").await;
    assert_eq!((ready.status, ready.body().as_str()), (503, "the secret is not the database's\n"));
    let log_in = [("nik", "3199010508900001"), ("sandi", "kopi-susu-pagi")];
    assert_eq!(Browser::new(router).post("/masuk", &log_in).await.status, 500);
    assert_eq!(everything(&app).await, before);
    assert!(run(&app, &["verify-audit"], [7; 32]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_from_before_the_sign_shows_by_its_rows_and_history_whose_it_is() {
    for (with_people, with_history) in [(true, false), (false, true), (true, true)] {
        let app = App::new().await;
        if with_people {
            app.account(&grown_up()).await;
        }
        if with_history {
            let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
            app.desk(&officer).await;
        }
        let forget = "drop table key_check; delete from _sqlx_migrations where version = 11";
        sqlx::raw_sql(forget).execute(&mut app.owner().await).await.unwrap();
        if !with_people {
            sqlx::raw_sql("alter table officers disable trigger all; update officers set sealed = decode('00', 'hex')")
                .execute(&mut app.owner().await)
                .await
                .unwrap();
        }
        if with_people {
            stop_every_command(&app).await;
            assert!(run(&app, &["migrate"], [7; 32]).status.success());
            assert_eq!(app.count("select count(*) from key_check").await, 1);
            stop_every_command(&app).await;
            // Also where the row alone is gone.
            app.owner().await.execute("delete from key_check").await.unwrap();
            stop_every_command(&app).await;
            assert!(run(&app, &["verify-audit"], [7; 32]).status.success());
            assert_eq!(app.count("select count(*) from key_check").await, 1);
        } else {
            // Nothing opens: whoever sealed it, it was not us.
            stop_every_command(&app).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn history_that_does_not_go_on_with_our_key_is_not_ours() {
    let app = App::new().await;
    app.know(&[grown_up()]).await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    app.desk(&officer).await;
    let altered =
        "delete from key_check; alter table events disable trigger all; update events set mac = decode(repeat('ab', 32), 'hex')";
    sqlx::raw_sql(altered).execute(&mut app.owner().await).await.unwrap();
    let db = Db::new(app.database.program.clone(), 2, Arc::new(Vault::new(&[7; 32])));
    assert!(matches!(db.read().await.err(), Some(DbError::OtherSecret)), "a row opens, but the newest link disagrees");
    assert_eq!(app.count("select count(*) from key_check").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_secrets_that_come_to_an_empty_database_at_once_one_stays() {
    let app = App::new().await;
    for _ in 0..20 {
        app.owner().await.execute("delete from key_check").await.unwrap();
        let db = |secret| Db::new(app.database.program.clone(), 1, Arc::new(Vault::new(&[secret; 32])));
        let (one, two) = (db(1), db(2));
        let (left, right) = tokio::join!(one.read(), two.read());
        let refused = [left.err(), right.err()].into_iter().flatten().collect::<Vec<_>>();
        assert!(matches!(refused.as_slice(), [DbError::OtherSecret]), "{refused:?}");
    }
}
