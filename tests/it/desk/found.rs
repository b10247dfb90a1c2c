//! Searches of the desk lead to an address of this session alone, so that the browser's way back works and no name stands in one.

use time::Duration;

use crate::support::{
    app::{App, COUNTER},
    browser::{Browser, Page},
    cases::Wish,
    people::grown_up,
};

const OVER: &str = "Hasil pencarian ini sudah ditutup. Tulis lagi yang Anda cari.";

/// Where a search leads: to a random part alone.
async fn led(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> String {
    let to = browser.post(page, fields).await.location();
    let id = to.strip_prefix(&format!("{page}?hasil=")).unwrap_or_else(|| panic!("{to}"));
    assert!(id.parse::<uuid::Uuid>().is_ok(), "{to}");
    to
}

fn is_over(page: &Page, field: &str) -> bool {
    page.status == 200 && page.text("main p").contains(OVER) && page.attributes(field, "value").concat().is_empty()
}

#[tokio::test]
async fn results_of_a_search_are_come_back_to_and_written_down_once() {
    let app = App::new().await;
    let person = grown_up();
    let case = app.case(&Wish::of(&app, &person)).await;
    let (mut browser, mut other) = (app.petugas().await, app.petugas().await);
    let by_nik = led(&mut browser, "/petugas", &[("cari", person.nik.as_str())]).await;
    let by_name = led(&mut browser, "/petugas", &[("cari", person.name.as_str())]).await;
    for (address, typed) in [(&by_nik, person.nik.as_str()), (&by_name, person.name.as_str()), (&by_nik, person.nik.as_str())] {
        let page = browser.get(address).await;
        assert_eq!((page.status, page.text("tbody th code")), (200, case.number.to_string()), "{typed}");
        assert_eq!(page.attributes("#cari", "value"), [typed], "to be corrected");
        assert!(!page.text("main").contains(OVER));
    }
    assert_eq!(app.count("select count(*) from events where deed = 'cari' and sealed is not null").await, 2, "not at every look");
    let telling = "select count(*) from sessions where position('9901' in encode(data, 'escape')) > 0
                   or position('Umpama' in encode(data, 'escape')) > 0";
    assert_eq!(app.count(telling).await, 0, "in the session it is sealed");

    // Somebody else's, one that never was, and one that is too old.
    assert!(is_over(&other.get(&by_nik).await, "#cari"));
    assert!(is_over(&browser.get("/petugas?hasil=apa").await, "#cari"));
    app.clock().advance(Duration::minutes(14));
    assert_eq!(browser.get(&by_nik).await.text("tbody th code"), case.number.to_string());
    app.clock().advance(Duration::minutes(1));
    assert!(is_over(&browser.get(&by_nik).await, "#cari"), "{}", browser.get(&by_nik).await.text("main"));
}

#[tokio::test]
async fn a_supervisor_comes_back_to_the_counter_that_was_searched() {
    let app = App::new().await;
    let case = app.case(&Wish::of(&app, &grown_up())).await;
    let officer = app.officer(alpukat::domain::officer::Role::Penyelia, Some("31.71.01")).await;
    let mut browser = app.desk(&officer).await;
    let page = browser.search(&format!("/petugas?titik={COUNTER}"), &[("cari", case.person.name.as_str())]).await;
    assert_eq!(page.text("tbody th code"), case.number.to_string());
    assert_eq!(page.text("h1"), "Antrean Kelurahan Petojo Selatan");
}

#[tokio::test]
async fn an_account_is_looked_for_by_an_address_of_its_own() {
    let app = App::new().await;
    let person = grown_up();
    app.account(&person).await;
    let (mut browser, mut other) = (app.petugas().await, app.petugas().await);
    let address = led(&mut browser, "/petugas/loket/akun", &[("nik", person.nik.as_str())]).await;
    for _ in 0..2 {
        let page = browser.get(&address).await;
        assert!(page.text("dl").contains("ada, dengan ponsel 0812-****-1234"), "{}", page.text("main"));
        assert!(page.text("dl").contains(&person.nik.grouped()));
    }
    assert_eq!(app.count("select count(*) from events where deed = 'cari' and sealed is not null").await, 1);
    assert!(is_over(&other.get(&address).await, "#nik"));
    app.clock().advance(Duration::minutes(14));
    assert!(!is_over(&browser.get(&address).await, "#nik"));
    app.clock().advance(Duration::minutes(1));
    assert!(is_over(&browser.get(&address).await, "#nik"));
}

#[tokio::test]
async fn what_closing_a_day_would_do_is_come_back_to() {
    let app = App::new().await;
    app.booked(&Wish::of(&app, &grown_up())).await;
    let mut browser = app.petugas().await;
    let to = browser.post("/petugas/jadwal/2026-11-25/penutupan", &[("sebab", "listrik padam")]).await.location();
    assert!(to.starts_with("/petugas/jadwal/2026-11-25?hasil="), "{to}");
    for _ in 0..2 {
        let page = browser.get(&to).await;
        assert!(page.text("[role=status]").contains("1 janji dipindah"), "{}", page.text("main"));
        assert_eq!(page.attributes("#sebab", "value"), ["listrik padam"]);
    }
    let other = app.petugas().await.get(&to).await;
    assert_eq!((other.status, other.attributes("input[name=jumlah]", "value").len()), (200, 0));
}
