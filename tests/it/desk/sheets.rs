//! The sheet of a day: what stood on it when the day was over stands on it for ever.

use alpukat::{domain::status::Status, worker::clockwork};
use time::{OffsetDateTime, macros::datetime};

use super::printing::printer;
use crate::support::{
    app::App,
    browser::{Browser, Page},
    cases::{Case, Wish},
    people::grown_up,
};

const READY: [Status; 3] = [Status::Disetujui, Status::Dicetak, Status::SiapDiambil];
const SHEET: &str = "/petugas/jadwal/2026-11-25";

/// Cards that lie at the counter, to be fetched then.
async fn ready(app: &App, starts_at: OffsetDateTime, count: usize) -> Vec<Case> {
    let officer = app.officer(alpukat::domain::officer::Role::Petugas, Some(crate::support::app::COUNTER)).await;
    let mut cases = Vec::new();
    for _ in 0..count {
        let case = app.booked(&Wish { starts_at, ..Wish::of(app, &grown_up()) }).await;
        app.walk(&case, officer.id, &READY).await;
        cases.push(case);
    }
    cases
}

async fn hand_over(app: &App, browser: &mut Browser, case: &Case) {
    let page = browser.get(&format!("/petugas/loket?nomor={}", case.number)).await;
    let holder = page.attributes("input[name=pengambil]", "value").remove(0);
    let fields = [("pengambil", holder.as_str()), ("cek", "identitas"), ("cek", "ktp_ditarik")];
    browser.post(&format!("/petugas/permohonan/{}/penyerahan", case.id), &fields).await.location();
    assert_eq!(app.status(case).await, "selesai");
}

/// What stands beside a number on a sheet.
fn fate(sheet: &Page, case: &Case) -> Option<String> {
    let html = sheet.html();
    let row = scraper::Selector::parse("tbody tr").unwrap();
    let tag = scraper::Selector::parse(".tag").unwrap();
    let number = case.number.to_string();
    let line = html.select(&row).find(|row| row.text().any(|text| text == number))?;
    line.select(&tag).next().map(|tag| tag.text().collect())
}

#[tokio::test]
async fn whoever_comes_early_stands_in_their_half_hour_and_the_place_is_somebody_elses() {
    let app = App::new().await;
    let noon = datetime!(2026-11-25 13:00 +7);
    let cases = ready(&app, noon, 3).await;
    // Two days before, and on the day in the morning.
    app.clock().set(datetime!(2026-11-23 10:00 +7));
    let (_, mut browser) = printer(&app).await;
    hand_over(&app, &mut browser, &cases[0]).await;
    let page = browser.get(SHEET).await;
    assert!(page.text("main").contains("3 orang: 1 sudah diambil, 2 ditunggu, 0 belum datang."), "{}", page.text("main"));
    assert!(page.text("tbody").contains("2 dari 3 tempat, 1 diambil lebih awal"), "{}", page.text("tbody"));
    assert_eq!(fate(&page, &cases[0]).unwrap(), "Sudah diambil Sen, 23/11 10.00");
    // On the day on which it was fetched it stands below.
    let page = browser.get("/petugas/jadwal/2026-11-23").await;
    assert!(
        page.text("main")
            .contains("0 orang: 0 sudah diambil, 0 ditunggu, 0 belum datang. 1 kartu lain diambil di luar jadwalnya.")
    );
    assert!(page.text("tbody").contains("Diambil di luar jadwalnya"), "{}", page.text("tbody"));
    assert_eq!(fate(&page, &cases[0]).unwrap(), "Sudah diambil Sen, 23/11 10.00");
    // The place is free, and taken.
    let another = ready(&app, noon, 1).await.remove(0);
    let page = browser.get(SHEET).await;
    assert!(page.text("tbody").contains("3 dari 3 tempat, 1 diambil lebih awal"), "{}", page.text("tbody"));

    app.clock().set(datetime!(2026-11-25 08:10 +7));
    let (_, mut browser) = printer(&app).await;
    hand_over(&app, &mut browser, &cases[1]).await;
    let page = browser.get(SHEET).await;
    assert!(page.text("main").contains("4 orang: 2 sudah diambil, 2 ditunggu, 0 belum datang."), "{}", page.text("main"));
    assert_eq!(fate(&page, &cases[1]).unwrap(), "Sudah diambil 08.10");
    app.clock().set(datetime!(2026-11-25 14:00 +7));
    let (_, mut browser) = printer(&app).await;
    hand_over(&app, &mut browser, &another).await;
    let page = browser.get(SHEET).await;
    assert!(page.text("main").contains("4 orang: 3 sudah diambil, 0 ditunggu, 1 belum datang."), "{}", page.text("main"));
    assert_eq!(app.count("select count(*) from events where to_status = 'selesai'").await, 3);
}

#[tokio::test]
async fn a_sheet_of_a_past_day_never_changes() {
    let app = App::new().await;
    let at = datetime!(2026-11-25 09:30 +7);
    let [came, missed, later] = <[Case; 3]>::try_from(ready(&app, at, 3).await).unwrap();
    let moved_before = ready(&app, datetime!(2026-11-25 10:00 +7), 1).await.remove(0);
    let moved_on_it = ready(&app, datetime!(2026-11-25 15:00 +7), 1).await.remove(0);
    let mut citizen = app.log_in_as(&moved_before).await;
    citizen.choose(&format!("/pencetakan-ktp-el/{}", moved_before.id), "2026-11-26T13:00:00+07:00").await.location();
    app.clock().set(datetime!(2026-11-25 09:40 +7));
    let mut citizen = app.log_in_as(&moved_on_it).await;
    citizen.choose(&format!("/pencetakan-ktp-el/{}", moved_on_it.id), "2026-11-26T13:30:00+07:00").await.location();
    let (_, mut browser) = printer(&app).await;
    hand_over(&app, &mut browser, &came).await;

    app.clock().set(datetime!(2026-11-26 08:00 +7));
    clockwork::keep(&app.state.db, app.clock().now()).await.unwrap();
    let (_, mut browser) = printer(&app).await;
    let sheet = browser.get(SHEET).await;
    let main = sheet.text("main");
    assert!(main.contains("4 orang: 1 sudah diambil, 2 tidak datang, 1 pindah atau batal."), "{main}");
    assert!(main.contains("2 orang tidak datang") && !sheet.text("tbody").contains("tempat"), "{main}");
    assert_eq!(fate(&sheet, &came).unwrap(), "Sudah diambil 09.40");
    assert_eq!(fate(&sheet, &missed).unwrap(), "Tidak datang");
    assert_eq!(fate(&sheet, &moved_before), None);
    assert_eq!(fate(&sheet, &moved_on_it).unwrap(), "Pindah ke Kam, 26/11 13.30");

    // One who did not come gets another half hour; the other comes without one; the counter gets more places.
    let page = browser.get(&format!("/petugas/permohonan/{}/jadwal", later.id)).await;
    let slot = page.attributes("input[name=jam]:not([disabled])", "value").remove(0);
    browser.post(&format!("/petugas/permohonan/{}/jadwal", later.id), &[("jam", &slot)]).await.location();
    hand_over(&app, &mut browser, &missed).await;
    sqlx::query("update counters set places = 9").execute(&mut app.owner().await).await.unwrap();
    let again = browser.get(SHEET).await;
    let kept = |page: &Page| (page.text("main > p"), page.text("table"), page.text(".note"));
    assert_eq!(kept(&again), kept(&sheet));
    let today = browser.get("/petugas/jadwal/2026-11-26").await;
    assert_eq!(fate(&today, &missed).unwrap(), "Sudah diambil Kam, 26/11 08.00", "below, on the day on which it was fetched");
}

#[tokio::test]
async fn who_is_moved_from_a_day_that_is_closed_while_it_goes_on_stands_on_its_sheet() {
    let app = App::new().await;
    let cases = ready(&app, datetime!(2026-11-25 13:00 +7), 2).await;
    app.clock().set(datetime!(2026-11-25 08:00 +7));
    let (_, mut browser) = printer(&app).await;
    browser.post(&format!("{SHEET}/penutupan"), &[("sebab", "banjir"), ("jumlah", "2")]).await.location();
    let page = browser.get(SHEET).await;
    assert!(page.text("main").contains("2 orang: 0 sudah diambil, 0 ditunggu, 0 belum datang, 2 pindah atau batal."));
    assert!(page.text("tbody").contains("0 dari 3 tempat, 2 pindah atau batal"), "{}", page.text("tbody"));
    assert_eq!(fate(&page, &cases[0]).unwrap(), "Pindah ke Kam, 26/11 07.30");
}

#[tokio::test]
async fn no_half_hour_is_given_without_being_written_down_and_none_is_forgotten() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    assert_eq!(app.count("select count(*) from appointments").await, 1);
    let mut program = app.program().await;
    for (statement, code) in [
        (format!("update applications set starts_at = '2026-12-01T02:00Z' where id = '{}'", case.id), "23514"),
        ("update appointments set starts_at = now()".to_owned(), "42501"),
        ("delete from appointments".to_owned(), "42501"),
    ] {
        let outcome = sqlx::query(sqlx::AssertSqlSafe(statement.clone())).execute(&mut program).await;
        let refusal = outcome.unwrap_err().into_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(refusal, code, "{statement}");
    }
    sqlx::query("delete from appointments").execute(&mut app.owner().await).await.unwrap_err();
}

#[tokio::test]
async fn a_database_from_before_there_were_sheets_tells_what_is_known() {
    let app = App::new().await;
    let at = datetime!(2026-11-25 09:30 +7);
    let [early, moved, stays] = <[Case; 3]>::try_from(ready(&app, at, 3).await).unwrap();
    let mut citizen = app.log_in_as(&moved).await;
    citizen.choose(&format!("/pencetakan-ktp-el/{}", moved.id), "2026-11-26T13:00:00+07:00").await.location();
    let (_, mut browser) = printer(&app).await;
    hand_over(&app, &mut browser, &early).await;
    let sheet = browser.get(SHEET).await.text("table");
    let mut owner = app.owner().await;
    let forget = "begin; set local session_replication_role = replica; delete from appointments; commit";
    sqlx::raw_sql(forget).execute(&mut owner).await.unwrap();
    assert_eq!(fate(&browser.get(SHEET).await, &stays), None);
    let migration = include_str!("../../../migrations/0016_sheets.sql");
    let (_, fill) = migration.split_once("insert into appointments").unwrap();
    let fill = format!("insert into appointments {}", fill.split_once(';').unwrap().0);
    sqlx::query(sqlx::AssertSqlSafe(fill)).execute(&mut owner).await.unwrap();
    assert_eq!(browser.get(SHEET).await.text("table"), sheet);
    assert_eq!(fate(&browser.get("/petugas/jadwal/2026-11-26").await, &moved).unwrap(), "Siap diambil");
}
