//! Two officers at once, and a database that fails in the middle: one wins, and nothing is half done.

use alpukat::domain::officer::Role;
use sqlx::{AssertSqlSafe, Executor};

use super::case::{desk, explain, sent};
use crate::support::{
    app::{App, COUNTER},
    browser::{Browser, Page},
    people::grown_up,
};

/// Takes a case and approves it; gives the last answer.
async fn approve(officer: &mut Browser, address: &str) -> Page {
    officer.post(&format!("{address}/pemeriksaan"), &[]).await;
    officer.post(&format!("{address}/persetujuan"), &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_officers_who_decide_at_once_one_wins_and_the_other_is_told() {
    let app = App::new().await;
    let mut browsers = Vec::new();
    for _ in 0..2 {
        let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
        browsers.push((app.desk(&officer).await, officer.name));
    }
    let [(mut one, first), (mut two, second)] = browsers.try_into().ok().unwrap();
    for round in 1..=50 {
        let (_, case) = sent(&app).await;
        let address = desk(&case);
        let (left, right) = tokio::join!(approve(&mut one, &address), approve(&mut two, &address));
        let (loser, winner) = match (left.status, right.status) {
            (303, 409) => (right, &first),
            (409, 303) => (left, &second),
            other => panic!("round {round}: {other:?}"),
        };
        let told = loser.text("[role=alert]");
        assert!(
            told.contains(winner) && (told.contains("Sedang dibuka") || told.contains("sudah memutuskan")),
            "round {round}: {told}"
        );
        assert_eq!(app.count("select count(*) from events where to_status = 'disetujui'").await, round);
        assert_eq!(app.count("select count(*) from messages where kind = 'disetujui'").await, round);
    }
}

/// Everything that a deed may change, as one text.
const STATE: &str = "select md5(concat(
    (select string_agg(a::text, '' order by id) from applications a), (select string_agg(e::text, '' order by id) from events e),
    (select string_agg(m::text, '' order by id) from messages m), (select string_agg(l::text, '' order by application_id) from leases l),
    (select string_agg(p::text, '' order by application_id) from places p), (select string_agg(h::text, '' order by chain) from chain_heads h),
    (select string_agg(id::text, '' order by id) from pages)))";

async fn state(app: &App) -> String {
    sqlx::query_scalar(STATE).fetch_one(&mut app.owner().await).await.unwrap()
}

/// Lets the n-th row that is written from now on fail.
async fn fail_at(app: &App, n: i64) {
    let script = format!(
        "drop sequence if exists written cascade; create sequence written; grant usage on written to public;
         create or replace function fail_once() returns trigger language plpgsql as $$ begin
             if nextval('written') = {n} then raise exception 'out of order' using errcode = 'XX000'; end if;
             return coalesce(new, old); end $$;
         do $$ declare t text; begin
             foreach t in array array['applications', 'events', 'messages', 'leases', 'places', 'chain_heads', 'pages'] loop
                 execute format('drop trigger if exists a_fail_once on %I', t);
                 execute format('create trigger a_fail_once before insert or update or delete on %I for each row execute function fail_once()', t);
             end loop; end $$"
    );
    app.owner().await.execute(AssertSqlSafe(script)).await.unwrap();
}

/// Presses a button with every row of it failing once; what it takes until it goes through.
async fn press_until_whole(app: &App, what: &str, mut deed: impl AsyncFnMut() -> Page) -> i64 {
    for n in 1..40 {
        let before = state(app).await;
        fail_at(app, n).await;
        let page = deed().await;
        if page.status == 303 {
            fail_at(app, i64::MAX).await;
            return n;
        }
        assert_eq!(page.status, 500, "{what}, row {n}");
        assert!(page.text("main").contains("Tidak ada yang tersimpan"), "{what}, row {n}: {}", page.text("main"));
        assert_eq!(state(app).await, before, "{what}: something remained when row {n} failed");
    }
    panic!("{what} never went through");
}

#[tokio::test]
async fn whatever_row_fails_nothing_of_a_deed_remains() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.apply(&person).await;
    let case = address.replace("/pencetakan-ktp-el/", "/petugas/permohonan/");
    let (_, other) = sent(&app).await;
    let other = desk(&other);
    let mut officer = app.petugas().await;
    let rows = press_until_whole(&app, "pemeriksaan", async || officer.post(&format!("{case}/pemeriksaan"), &[]).await).await;
    assert!(rows > 3, "lease, event, head: {rows}");
    let fields = [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "orang_lain"), ("kata", "Datang ke loket.")];
    let page = officer.post(&format!("{case}/penolakan"), &fields).await;
    let sms = page.attributes("input[name=sms]", "value").remove(0);
    let fields: Vec<(&str, &str)> = fields.into_iter().chain([("sms", sms.as_str())]).collect();
    // The next case is taken in a transaction of its own, and its failing does not undo the decision.
    let rows = press_until_whole(&app, "penolakan", async || officer.post(&format!("{case}/penolakan"), &fields).await).await;
    assert!(rows > 5, "status, event, head, message, lease, place: {rows}");

    officer.post(&format!("{other}/pemeriksaan"), &[]).await;
    let rows = press_until_whole(&app, "persetujuan", async || officer.post(&format!("{other}/persetujuan"), &[]).await).await;
    assert!(rows > 4, "{rows}");
    assert_eq!(app.count("select count(*) from events where to_status in ('disetujui', 'ditolak')").await, 2);

    let (_, third) = sent(&app).await;
    let third = desk(&third);
    officer.post(&format!("{third}/pemeriksaan"), &[]).await;
    let fields = [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "fotokopi")];
    explain(&mut officer, &format!("{third}/pengembalian"), &fields).await.location();
}
