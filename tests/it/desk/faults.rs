//! Two officers at once, and a database that fails in the middle: one wins, and nothing is half done.

use alpukat::domain::{officer::Role, status::Status};
use sqlx::{AssertSqlSafe, Executor};

use super::{
    case::{desk, sent},
    printing::{approved, printer},
};
use crate::support::{
    app::{App, COUNTER},
    browser::{Browser, Page},
    cases::Wish,
    people::grown_up,
    rounds,
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
    for round in 1..=rounds(50, 500) {
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
    (select string_agg(id::text, '' order by id) from pages), (select string_agg(r::text, '' order by id) from print_runs r),
    (select string_agg(c::text, '' order by run_id, number) from print_cards c), (select string_agg(b::text, '' order by id) from blanks b),
    (select string_agg(x::text, '' order by on_date) from counter_exceptions x), (select string_agg(a::text, '' order by id) from accounts a)))";

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
             foreach t in array array['applications', 'events', 'messages', 'leases', 'places', 'chain_heads', 'pages', 'print_runs',
                                            'print_cards', 'blanks', 'counter_exceptions', 'accounts'] loop
                 execute format('drop trigger if exists a_fail_once on %I', t);
                 execute format('create trigger a_fail_once before insert or update or delete on %I for each row execute function fail_once()', t);
             end loop; end $$"
    );
    app.owner().await.execute(AssertSqlSafe(script)).await.unwrap();
}

/// Presses a button with every row of it failing once; what it takes until it goes through.
async fn press_until_whole(app: &App, what: &str, mut deed: impl AsyncFnMut() -> Page) -> i64 {
    for n in 1..80 {
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
    let asked = officer.post(&format!("{case}/penolakan"), &fields).await;
    let page = officer.follow(&asked).await;
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
    let asked = officer.post(&format!("{third}/pengembalian"), &fields).await;
    let page = officer.follow(&asked).await;
    let sms = page.attributes("input[name=sms]", "value").remove(0);
    let fields: Vec<(&str, &str)> = fields.into_iter().chain([("sms", sms.as_str())]).collect();
    let rows =
        press_until_whole(&app, "pengembalian", async || officer.post(&format!("{third}/pengembalian"), &fields).await).await;
    assert!(rows > 4, "status, event, head, message, lease: {rows}");
}

/// A half hour that an officer offers in place of one that was missed.
const LATER: &str = "2026-11-24T14:00:00+07:00";

#[tokio::test]
async fn whatever_row_fails_nothing_of_a_print_run_or_a_hand_over_remains() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let cases = approved(&app, &officer, 3).await;
    let page = browser.get("/petugas/cetak").await;
    let (delivery, run) =
        (page.attributes("input[name=kiriman]", "value").remove(0), page.attributes("input[name=rangkaian]", "value").remove(0));
    let fields = [("kiriman", delivery.as_str()), ("jumlah", "2")];
    let rows = press_until_whole(&app, "blangko", async || browser.post("/petugas/cetak/blangko", &fields).await).await;
    assert!(rows > 3, "ledger, event, head: {rows}");
    let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
    let mut fields = vec![("rangkaian", run.as_str())];
    fields.extend(ids.iter().map(|id| ("pilih", id.as_str())).chain([("menunggu", "1")]));
    let rows = press_until_whole(&app, "cetak", async || browser.post("/petugas/cetak", &fields).await).await;
    assert!(rows > 16, "run, two cards, two blanks, event, head, three times status, event, head, and a message: {rows}");
    let fields = [("hasil-1", "baik"), ("hasil-2", "rusak"), ("alasan-2", "bergaris")];
    let address = format!("/petugas/cetak/{run}/hasil");
    let rows = press_until_whole(&app, "hasil", async || browser.post(&address, &fields).await).await;
    assert!(rows > 9, "two cards, two steps, a message: {rows}");
    assert_eq!(app.status(&cases[0]).await, "siap_diambil");

    let resident: uuid::Uuid = sqlx::query_scalar("select resident_id from applications where id = $1")
        .bind(cases[0].id.uuid())
        .fetch_one(&mut app.owner().await)
        .await
        .unwrap();
    let resident = resident.to_string();
    let fields = [("pengambil", resident.as_str()), ("cek", "identitas"), ("cek", "ktp_ditarik")];
    let address = format!("{}/penyerahan", desk(&cases[0]));
    let rows = press_until_whole(&app, "penyerahan", async || browser.post(&address, &fields).await).await;
    assert!(rows > 5, "status, event, head, message, place: {rows}");

    app.walk(&cases[1], officer.id, &[Status::Dicetak, Status::SiapDiambil]).await;
    let address = format!("{}/salah-cetak", desk(&cases[1]));
    press_until_whole(&app, "salah cetak", async || browser.post(&address, &[("salah", "foto_salah")]).await).await;
    app.walk(&cases[1], officer.id, &[Status::Dicetak, Status::SiapDiambil, Status::TidakDiambil]).await;
    let address = format!("{}/jadwal", desk(&cases[1]));
    let rows = press_until_whole(&app, "jadwal", async || browser.post(&address, &[("jam", LATER)]).await).await;
    assert!(rows > 5, "status, event, head, message, appointment, place: {rows}");
}

#[tokio::test]
async fn whatever_row_fails_nothing_of_a_closed_day_or_an_accounts_change_remains() {
    let app = App::new().await;
    let person = grown_up();
    let account = app.account(&person).await.to_string();
    for _ in 0..2 {
        app.booked(&Wish::of(&app, &grown_up())).await;
    }
    let mut browser = app.petugas().await;
    let fields = [("sebab", "banjir"), ("jumlah", "2")];
    let address = "/petugas/jadwal/2026-11-25/penutupan";
    let rows = press_until_whole(&app, "penutupan", async || browser.post(address, &fields).await).await;
    assert!(rows > 12, "day, event, head, and for two: place, old place, event, head, message, appointment: {rows}");
    let code = "/petugas/loket/akun/kode";
    let fields = [("akun", account.as_str()), ("ponsel", "0813-0000-9999"), ("cek-ponsel", "identitas")];
    browser.post("/petugas/loket/akun/ponsel", &fields).await.location();
    let typed = app.code("0813-0000-9999").await;
    let rows = press_until_whole(&app, "ponsel", async || browser.post(code, &[("kode", &typed)]).await).await;
    assert!(rows > 3, "account, event, head, message: {rows}");
    let page = browser.search("/petugas/loket/akun", &[("nik", person.nik.as_str())]).await;
    let mark = page.attributes("input[name=tanda]", "value").remove(0);
    let fields = [("akun", account.as_str()), ("tanda", &mark), ("ponsel-pemilik", "0813-0000-8888"), ("cek-akun", "identitas")];
    browser.post("/petugas/loket/akun/pelepasan", &fields).await.location();
    let typed = app.code("0813-0000-8888").await;
    press_until_whole(&app, "lepas akun", async || browser.post(code, &[("kode", &typed)]).await).await;
}
