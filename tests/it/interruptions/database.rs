//! A database that falls silent, breaks off, changes its schema, takes no writes or lets nobody in.

use std::time::{Duration, Instant};

use alpukat::{
    adapters::clock::Clock,
    db::{Db, DbError},
    domain::officer::Role,
    vault::Vault,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::time::{sleep, timeout};

use crate::support::{
    app::{App, COUNTER, NOW, SLOT},
    browser::{Browser, Page},
    cases::Wish,
    database::TestDatabase,
    people::{PASSWORD, grown_up},
    proxy::{Line, Proxy},
};

/// The service, and the line to its database.
async fn over_tcp() -> (App, Proxy) {
    let mut database = TestDatabase::new().await;
    let proxy = Proxy::before(&mut database).await;
    (App::on(database, Clock::standing_at(NOW)), proxy)
}

/// A citizen with everything filled in, so that only "Ya" is left.
async fn ready(app: &App) -> (Browser, String) {
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.fill(&draft).await;
    browser.choose(&draft, SLOT).await.location();
    (browser, draft)
}

/// What an error page says has become of what was sent.
fn fate(page: &Page) -> &'static str {
    let text = page.text("main");
    let sentences = [
        ("Kami belum tahu apakah ini tersimpan; buka halamannya dan lihat.", "unknown"),
        ("Kiriman terakhir belum tersimpan", "not stored"),
        ("Tidak ada yang tersimpan dari tekanan tombol terakhir.", "not stored"),
        ("muat ulang halaman ini", "looked"),
    ];
    sentences.into_iter().find(|(sentence, _)| text.contains(sentence)).unwrap_or_else(|| panic!("{text}")).1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_database_is_waited_for_10_seconds_and_then_all_is_well_by_itself() {
    let (app, proxy) = over_tcp().await;
    let (mut browser, draft) = ready(&app).await;
    proxy.set(Line::Silent);
    let begun = Instant::now();
    let (mut other_tab, mut visitor) = (browser.clone(), app.browser());
    let (sent, seen, contact) =
        tokio::join!(browser.yes(&draft), other_tab.get(&draft), visitor.get("/kontak?kelurahan=31.71.01.1004"));
    let took = begun.elapsed();
    for page in [&sent, &seen, &contact] {
        assert_eq!(page.status, 503, "{}", page.text("main"));
        assert_eq!(page.header("retry-after"), "10");
    }
    assert!(took < Duration::from_secs(12), "it took {took:?}");
    assert_eq!((fate(&sent), fate(&seen)), ("not stored", "looked"));

    proxy.set(Line::Passes);
    let begun = Instant::now();
    while browser.get(&draft).await.status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(10), "it does not come back by itself");
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(browser.yes(&draft).await.location(), draft);
    assert_eq!(
        app.count("select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in tr%'").await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_without_a_server_behind_it_is_a_passing_thing() {
    let (app, proxy) = over_tcp().await;
    let (mut browser, draft) = ready(&app).await;
    proxy.set(Line::Closes);
    proxy.cut();
    let person = grown_up();
    let log_in = [("nik", person.nik.as_str()), ("sandi", PASSWORD)];
    for _ in 0..25 {
        let (sent, desk, wrong) =
            (browser.yes(&draft).await, app.browser().get("/petugas").await, app.browser().post("/masuk", &log_in).await);
        assert_eq!((sent.status, fate(&sent), desk.status, wrong.status), (503, "not stored", 303, 503));
    }
    proxy.set(Line::Passes);
    assert_eq!(browser.yes(&draft).await.location(), draft);
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_with_the_database_makes_no_right_password_a_wrong_one() {
    let app = App::new().await;
    let (person, other) = (grown_up(), grown_up());
    app.account(&person).await;
    app.account(&other).await;
    let log_in = [("nik", person.nik.as_str()), ("sandi", PASSWORD)];
    let mut owner = app.owner().await;
    sqlx::raw_sql("begin; lock table accounts in access exclusive mode").execute(&mut owner).await.unwrap();
    let mut under_way = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (mut browser, nik) = (app.browser(), person.nik.as_str().to_owned());
        under_way.spawn(async move { browser.post("/masuk", &[("nik", &nik), ("sandi", PASSWORD)]).await.status });
    }
    let statuses = under_way.join_all().await;
    assert!(statuses.iter().filter(|status| **status == 503).count() >= 10, "{statuses:?}");
    sqlx::raw_sql("rollback").execute(&mut owner).await.unwrap();
    app.browser().post("/masuk", &log_in).await.location();

    // Tries whose end nobody could write down are forgotten after a minute; wrong ones are not.
    let wrong = [("nik", other.nik.as_str()), ("sandi", "bukan-yang-ini")];
    for _ in 0..10 {
        assert_eq!(app.browser().post("/masuk", &wrong).await.status, 422);
    }
    assert_eq!(app.count("select count(*) from wrong_answers where is_certain").await, 20);
    sqlx::raw_sql("update wrong_answers set is_certain = false").execute(&mut owner).await.unwrap();
    let log_in = [("nik", other.nik.as_str()), ("sandi", PASSWORD)];
    assert_eq!(app.browser().post("/masuk", &log_in).await.status, 429, "they count as long as they may be under way");
    app.clock().advance(time::Duration::seconds(61));
    app.browser().post("/masuk", &log_in).await.location();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_the_server_ended_for_standing_still_is_a_passing_thing() {
    let (app, _proxy) = over_tcp().await;
    let mut tx = app.state.db.begin().await.unwrap();
    // Longer than the server lets a transaction stand still.
    sleep(Duration::from_millis(10_500)).await;
    let error = alpukat::db::residents::is_empty(&mut tx).await.unwrap_err();
    assert!(error.is_passing(), "{error}");
    drop(tx);
    assert!(alpukat::db::residents::is_empty(&mut app.state.db.read().await.unwrap()).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_waits_for_no_silent_database() {
    let (app, proxy) = over_tcp().await;
    let held = app.state.db.read().await.unwrap();
    drop(app.state.db.begin().await.unwrap());
    proxy.set(Line::Silent);
    let begun = Instant::now();
    timeout(Duration::from_secs(7), app.state.db.close()).await.unwrap_or_else(|_| panic!("{:?}", begun.elapsed()));
    drop(held);
    proxy.set(Line::Passes);
}

/// Which connection a pool of one has, as the server numbers it. Nobody else is connected to the database as the program.
async fn backend(db: &Db, database: &TestDatabase) -> i32 {
    let conn = db.read().await.unwrap();
    let mut owner = PgConnection::connect_with(&database.owner).await.unwrap();
    let newest = "select pid from pg_stat_activity where datname = current_database() and usename = $1 order by backend_start desc limit 1";
    let pid = sqlx::query_scalar(newest).bind(database.program.get_username()).fetch_one(&mut owner).await.unwrap();
    drop(conn);
    pid
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_left_in_the_middle_does_not_come_back() {
    let mut database = TestDatabase::new().await;
    let proxy = Proxy::before(&mut database).await;
    let db = Db::new(database.program.clone(), 1, std::sync::Arc::new(Vault::new(&[7; 32])));
    let first = backend(&db, &database).await;
    assert_eq!(backend(&db, &database).await, first, "a connection that was used well is used again");
    drop(db.begin().await.unwrap());
    assert_eq!(backend(&db, &database).await, first, "and so is one whose transaction was dropped whole");

    let leave = Duration::from_millis(100);
    let mut last = first;
    for what in ["begin", "statement", "commit"] {
        // It comes back from the look before.
        sleep(leave).await;
        if what == "begin" {
            proxy.set(Line::Silent);
            assert!(timeout(leave, db.begin()).await.is_err());
        } else {
            let mut tx = db.begin().await.unwrap();
            proxy.set(Line::Silent);
            if what == "statement" {
                assert!(timeout(leave, alpukat::db::residents::is_empty(&mut tx)).await.is_err());
            } else {
                assert!(timeout(leave, tx.commit()).await.is_err());
            }
        }
        proxy.set(Line::Passes);
        let now = backend(&db, &database).await;
        assert_ne!(now, last, "the connection whose {what} was cut off came back");
        last = now;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_not_claimed_and_what_was_typed_is_kept() {
    let (app, proxy) = over_tcp().await;
    let (mut browser, draft) = ready(&app).await;
    let sent = "select count(*) from applications where status = 'diajukan'";

    // The answer is lost: it is stored, and nobody knows.
    proxy.set(Line::LosesCommits);
    let page = browser.yes(&draft).await;
    proxy.set(Line::Passes);
    assert_eq!((page.status, fate(&page)), (503, "unknown"), "{}", page.text("main"));
    assert_eq!(page.attributes("main a.button", "href"), [format!("{draft}/konfirmasi"), "/".to_owned()]);
    assert_eq!(app.count(sent).await, 1);
    assert_eq!(browser.get(&format!("{draft}/konfirmasi")).await.location(), draft, "whoever looks sees that it is sent");

    // The question is lost: it is not stored, and nobody knows.
    proxy.set(Line::CutsBeforeCommits);
    let page = browser.post(&format!("{draft}/pembatalan"), &[]).await;
    proxy.set(Line::Passes);
    assert_eq!((page.status, fate(&page)), (503, "unknown"), "{}", page.text("main"));
    assert_eq!(app.count(sent).await, 1);
    assert!(page.text("main").contains("Bila belum tersimpan, kirim lagi."));
    assert_eq!(page.attributes("main form", "action"), [format!("{draft}/pembatalan")]);
    browser.post(&format!("{draft}/pembatalan"), &[]).await.location();
    assert_eq!(app.count(sent).await, 0);

    // The desk, and a form with words in it.
    let case = app.case(&Wish::of(&app, &grown_up())).await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut officer = app.desk(&officer).await;
    let desk = format!("/petugas/permohonan/{}", case.id);
    officer.post(&format!("{desk}/pemeriksaan"), &[]).await.location();
    let words = [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "tidak_terbaca"), ("kata", "Foto kartunya \"lebih\" terang, ya")];
    let asked = officer.post(&format!("{desk}/pengembalian"), &words).await;
    let shown = officer.follow(&asked).await;
    let sms = shown.attributes("input[name=sms]", "value").remove(0);
    let words = [words.as_slice(), &[("sms", sms.as_str())]].concat();
    proxy.set(Line::LosesCommits);
    let page = officer.post(&format!("{desk}/pengembalian"), &words).await;
    proxy.set(Line::Passes);
    assert_eq!((page.status, fate(&page)), (503, "unknown"), "{}", page.text("main"));
    assert_eq!(page.attributes("main a.button", "href")[0], desk);
    let kept: Vec<String> = page.attributes("main input[type=hidden]", "value");
    assert_eq!(kept, words.iter().map(|(_, value)| (*value).to_owned()).collect::<Vec<_>>());
    assert_eq!(app.status(&case).await, "perlu_perbaikan");
    assert_eq!(app.count("select count(*) from messages where kind = 'perlu_perbaikan'").await, 1);
    // "Kirim lagi" is safe: it is one decision, and one message.
    officer.post(&format!("{desk}/pengembalian"), &words).await;
    assert_eq!(app.count("select count(*) from messages where kind = 'perlu_perbaikan'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_not_to_be_stored_is_said_and_passwords_are_not_repeated() {
    let app = App::new().await;
    let (mut browser, draft) = ready(&app).await;
    let mut owner = app.owner().await;
    // The third statement of a transaction fails.
    let fault = "create function fails() returns trigger language plpgsql as
            $$ begin raise exception 'out of order' using errcode = 'XX000'; end $$;
        create trigger fails before insert on events for each row execute function fails()";
    sqlx::raw_sql(fault).execute(&mut owner).await.unwrap();
    let page = browser.yes(&draft).await;
    assert_eq!((page.status, fate(&page)), (500, "not stored"), "{}", page.text("main"));
    let fields = [("ada", "ktp_rusak"), ("ponsel", "0813-0000-9999"), ("sandi_lama", PASSWORD), ("sandi", PASSWORD)];
    sqlx::raw_sql("create trigger fails before update on applications for each row execute function fails()")
        .execute(&mut owner)
        .await
        .unwrap();
    let page = browser.post(&format!("{draft}/dokumen?kembali=konfirmasi"), &fields).await;
    assert_eq!((page.status, fate(&page)), (500, "not stored"), "{}", page.text("main"));
    assert_eq!(page.attributes("main form", "action"), [format!("{draft}/dokumen?kembali=konfirmasi")]);
    assert_eq!(page.attributes("main input[type=hidden]", "value"), ["ktp_rusak", "0813-0000-9999"]);
    assert!(!page.body().contains(PASSWORD) && page.text("main").contains("Kata sandi perlu diketik lagi"));

    // A session that cannot be stored: a page, and no bare answer.
    sqlx::raw_sql("create trigger fails before insert or update on sessions for each row execute function fails()")
        .execute(&mut owner)
        .await
        .unwrap();
    sqlx::raw_sql("drop trigger fails on events").execute(&mut owner).await.unwrap();
    let person = grown_up();
    app.account(&person).await;
    let page = app.browser().post("/masuk", &[("nik", person.nik.as_str()), ("sandi", PASSWORD)]).await;
    assert_eq!((page.status, fate(&page)), (503, "unknown"), "{}", page.body());
    assert_eq!(page.text("h1"), "Layanan sedang sibuk");
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let come_in = [("nama", officer.username.as_str()), ("sandi", crate::support::desk::DESK_PASSWORD)];
    let page = app.browser().post("/petugas/masuk", &come_in).await;
    assert_eq!((page.status, page.text("h1").as_str()), (503, "Layanan sedang sibuk"), "{}", page.body());
    assert_eq!(page.attributes("main input[type=hidden]", "value"), [officer.username.as_str()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_changes_under_the_program_fails_nobody() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let application = citizen.apply(&person).await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut officer = app.desk(&officer).await;
    let case = application.replace("/pencetakan-ktp-el", "/petugas/permohonan");
    let image = crate::files::png(60, 40);
    let draft_of = grown_up();
    let mut drafter = app.citizen(&draft_of).await;
    let draft = drafter.begin(&draft_of).await;
    drafter.post(&format!("{draft}/keterangan"), &[("keterangan", "rusak")]).await.location();
    drafter.post(&format!("{draft}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "0813-0000-5678")]).await.location();
    let changes = [
        "alter table sessions alter column seen_at type timestamptz(3)",
        "alter table officers alter column password_hash type varchar(500)",
        "alter table accounts alter column password_hash type varchar(500)",
        "alter table leases alter column since type timestamptz(3)",
        "alter table counter_exceptions alter column reason type varchar(400)",
        "alter table wrong_answers alter column at type timestamptz(3)",
        "alter table messages alter column cause type varchar(40)",
    ];
    for round in 0..2 {
        for change in changes {
            // To and fro, so that something changes each time.
            let change = if round == 0 {
                change.to_owned()
            } else {
                change.replace("500", "600").replace("40", "41").replace("(3)", "(4)")
            };
            let outcome = app.owner().await.execute(AssertSqlSafe(change.clone())).await;
            assert!(outcome.is_ok(), "{change}: {outcome:?}");
            let mut asked = Vec::new();
            for _ in 0..3 {
                asked.push(citizen.get("/pencetakan-ktp-el").await.status);
                asked.push(citizen.get(&application).await.status);
                asked.push(citizen.get("/akun").await.status);
                asked.push(officer.get("/petugas").await.status);
                asked.push(officer.get(&case).await.status);
                asked.push(app.browser().get("/kontak?kelurahan=31.71.01.1004").await.status);
                let log_in = [("nik", person.nik.as_str()), ("sandi", PASSWORD)];
                asked.push(app.browser().post("/masuk", &log_in).await.status);
                asked.push(drafter.post(&format!("{draft}/keterangan"), &[("keterangan", "rusak")]).await.status);
            }
            let uploaded = drafter.upload(&format!("{draft}/unggah/ktp_rusak"), "kartu.png", &image).await;
            assert!(uploaded.status < 500, "{change}: the upload got {}", uploaded.status);
            let failed = asked.iter().filter(|status| **status >= 500).count();
            assert_eq!(failed, 0, "{change}: {failed} of {} failed: {asked:?}", asked.len());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_takes_no_writes_is_not_ready_and_comes_back_by_itself() {
    let (app, proxy) = over_tcp().await;
    let (mut browser, draft) = ready(&app).await;
    assert_eq!(app.browser().get("/siap").await.status, 200);
    let (name, role) = (app.database.name.clone(), app.database.program.get_username().to_owned());
    let set = |to: &str| AssertSqlSafe(format!("alter role {role} in database {name} {to}"));
    app.owner().await.execute(set("set default_transaction_read_only = on")).await.unwrap();
    proxy.cut();
    let mut said = Vec::new();
    while said.last().is_none_or(|text| text != "the database is read only\n") {
        let siap = app.browser().get("/siap").await;
        assert_eq!(siap.status, 503);
        said.push(siap.body());
        assert!(said.len() < 25, "{said:?}");
    }
    let page = browser.yes(&draft).await;
    assert_eq!((page.status, fate(&page)), (503, "not stored"), "{}", page.text("main"));

    // The connections are the old ones; each leaves the pool with its first refusal.
    app.owner().await.execute(set("reset default_transaction_read_only")).await.unwrap();
    let mut tries = 0;
    while browser.yes(&draft).await.status != 303 {
        tries += 1;
        assert!(tries < 25, "the read-only connections stay in the pool");
    }
    assert_eq!(app.count("select count(*) from applications where status = 'diajukan'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_lets_nobody_in_is_named() {
    let app = App::new().await;
    app.state.db.close().await;
    let name = &app.database.name;
    app.owner().await.execute(AssertSqlSafe(format!("alter database {name} connection limit 0"))).await.unwrap();
    let db = Db::new(app.database.program.clone(), 5, std::sync::Arc::new(Vault::new(&[7; 32])));
    let Err(error) = db.read().await else { panic!("it was let in") };
    assert!(matches!(error, DbError::NotLetIn(_)) && error.is_passing());
    assert!(error.to_string().contains("too many connections for database"), "{error}");
}
