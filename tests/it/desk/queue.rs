//! The queue: its order, its counts, its pages, its search, and whose it is.

use alpukat::domain::{category::Category, officer::Role, region::RegionCode};
use time::{Duration, macros::datetime};

use crate::support::{
    app::{App, COUNTER, NOW},
    browser::{Browser, Page},
    cases::Wish,
    people::grown_up,
};

fn numbers(page: &Page) -> Vec<String> {
    page.text("tbody th code").split_whitespace().map(ToOwned::to_owned).collect()
}

/// Every number of a step, page by page.
async fn all(browser: &mut Browser, address: &str) -> Vec<String> {
    let mut page = browser.get(address).await;
    let mut found = numbers(&page);
    while let Some(next) = page.attributes("main p.row a.button.quiet", "href").first().cloned() {
        page = browser.get(&next).await;
        found.extend(numbers(&page));
    }
    found
}

#[tokio::test]
async fn late_ones_come_first_then_the_oldest_and_every_page_goes_on_where_the_last_ended() {
    let app = App::new().await;
    let mut expected = Vec::new();
    // Wednesday's are late on Friday morning, Thursday's are due on Friday.
    let days = [datetime!(2026-11-18 10:00 +7), datetime!(2026-11-19 08:00 +7)];
    for day in days {
        for minute in 0..60 {
            let wish = Wish { at: day + Duration::minutes(minute), ..Wish::of(&app, &grown_up()) };
            expected.push(app.case(&wish).await.number.to_string());
        }
    }
    let elsewhere = app.case(&Wish { counter: "31.71.01", ..Wish::of(&app, &grown_up()) }).await.number.to_string();
    let mut browser = app.petugas().await;
    let page = browser.get("/petugas").await;
    assert_eq!(page.text(".tabs [aria-current] b"), "120");
    assert_eq!(page.text("caption .tag"), "60 lewat janji");
    assert_eq!(page.text("tbody tr:first-child .tag.stop"), "1 hari 23 jam, lewat janji");
    assert_eq!(numbers(&page).len(), 50);
    let found = all(&mut browser, "/petugas").await;
    assert_eq!(found, expected);
    assert!(!found.contains(&elsewhere));
    assert!(all(&mut browser, "/petugas?langkah=dicetak").await.is_empty());
    for nonsense in ["x", "1.2", "1.99999999999999999999999999999999999999999.x", "%00"] {
        assert_eq!(browser.get(&format!("/petugas?setelah={nonsense}")).await.status, 200, "{nonsense}");
    }
}

#[tokio::test]
async fn a_filter_counts_what_it_shows() {
    let app = App::new().await;
    for (category, count) in [(Category::Hilang, 3), (Category::Rusak, 2)] {
        for _ in 0..count {
            app.case(&Wish { category, ..Wish::of(&app, &grown_up()) }).await;
        }
    }
    let mut browser = app.petugas().await;
    for (address, count) in [("/petugas", 5), ("/petugas?ket=hilang", 3), ("/petugas?ket=rusak", 2), ("/petugas?ket=pindah", 0)] {
        let page = browser.get(address).await;
        assert_eq!(page.text(".tabs a:first-child b"), count.to_string(), "{address}");
        assert_eq!(numbers(&page).len(), count, "{address}");
    }
}

#[tokio::test]
async fn a_search_finds_number_nik_and_name_and_only_what_is_theirs() {
    let app = App::new().await;
    let person = grown_up();
    let case = app.case(&Wish::of(&app, &person)).await;
    let foreign = grown_up();
    let far = app.case(&Wish { counter: "31.72.01", ..Wish::of(&app, &foreign) }).await;
    let mut browser = app.petugas().await;
    let number = case.number.to_string();
    let name = person.name.as_str().to_uppercase();
    for typed in [number.as_str(), &number.to_lowercase().replace('-', " "), person.nik.as_str(), &name] {
        let page = browser.search("/petugas", &[("cari", typed)]).await;
        assert_eq!((page.status, numbers(&page)), (200, vec![number.clone()]), "{typed}");
    }
    for typed in [far.number.to_string().as_str(), foreign.nik.as_str(), foreign.name.as_str(), "tidak ada", "%", "_"] {
        let page = browser.search("/petugas", &[("cari", typed)]).await;
        assert!(numbers(&page).is_empty() && page.text("main p").contains("Tidak ada permohonan yang cocok"), "{typed}");
    }
    assert_eq!(browser.search("/petugas", &[("cari", "  ")]).await.status, 422);
    assert_eq!(app.count("select count(*) from events where deed = 'cari' and sealed is not null and reason is null").await, 10);
    let typed =
        app.count("select count(*) from events where deed = 'cari' and position('9901' in encode(sealed, 'escape')) > 0").await;
    assert_eq!(typed, 0, "what was typed is sealed");
}

#[tokio::test]
async fn everybody_sees_the_counters_of_their_own() {
    let app = App::new().await;
    let here = app.case(&Wish::of(&app, &grown_up())).await.number.to_string();
    let district = app.case(&Wish { counter: "31.71.01", ..Wish::of(&app, &grown_up()) }).await.number.to_string();
    let far = app.case(&Wish { counter: "31.72.01", ..Wish::of(&app, &grown_up()) }).await.number.to_string();
    let table: [(Role, Option<&str>, [bool; 3]); 5] = [
        (Role::Petugas, Some(COUNTER), [true, false, false]),
        (Role::Petugas, Some("31.71.01"), [false, true, false]),
        (Role::Penyelia, Some("31.71.01"), [true, true, false]),
        (Role::Penyelia, Some("31.72"), [false, false, true]),
        (Role::Admin, None, [true, true, true]),
    ];
    for (role, counter, sees) in table {
        let officer = app.officer(role, counter).await;
        let mut browser = app.desk(&officer).await;
        assert_eq!(browser.get("/petugas").await.status, 200);
        for ((code, number), seen) in [(COUNTER, &here), ("31.71.01", &district), ("31.72.01", &far)].into_iter().zip(sees) {
            let page = browser.get(&format!("/petugas?titik={code}")).await;
            assert_eq!(page.status == 200 && numbers(&page) == [number.clone()], seen, "{role:?} {counter:?} at {code}");
            assert_eq!(page.status == 404, !seen);
            let page = browser.search("/petugas", &[("cari", number)]).await;
            assert_eq!(numbers(&page).len(), usize::from(seen), "{role:?} {counter:?} searching at {code}");
        }
        assert_eq!(browser.get("/petugas?titik=31.99").await.status, 404);
    }
    assert_eq!(RegionCode::parse(COUNTER).unwrap().counters().len(), 3);
    assert_eq!(app.clock().now(), NOW);
}
