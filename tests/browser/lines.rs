//! The queue as an officer sees it: dense, come back to, and a page that is turned where it lies.

use serde_json::{Value, json};

use crate::{
    browser::{Browser, Manner},
    desk::{apply, come_in, desk},
    people::fresh_family,
    service,
};

/// The height of the first row, and of what is pressed in it.
const HEIGHTS: &str = "
    const row = document.querySelector('table.queue tbody tr');
    return [row, row.querySelector('a')].map((part) => part.getBoundingClientRect().height)";

/// The same, measured.
pub async fn heights(browser: &Browser) -> (f64, f64) {
    let heights = browser.run(HEIGHTS, vec![]).await;
    (heights[0].as_f64().unwrap(), heights[1].as_f64().unwrap())
}

/// How often the pictures of a case's pages were fetched.
const FETCHED: &str = "
    return performance.getEntriesByType('resource').filter(({ name }) => name.includes('/halaman/')).length";

async fn number(browser: &Browser, script: &str) -> i64 {
    browser.run(script, vec![]).await.as_i64().unwrap()
}

async fn turn(browser: &Browser) -> Value {
    browser.run("return document.querySelector('[data-zoom] img').className", vec![]).await
}

#[tokio::test]
async fn rows_are_dense_results_are_come_back_to_and_pages_turn_where_they_lie() {
    let browser = Browser::open_at(service::own().await, Manner { width: 1280, ..Manner::default() }).await;
    let person = fresh_family().mother;
    let filed = apply(&browser, &person, "09.00–09.30").await;
    come_in(&browser, "anggrek.desk").await;
    for width in [1280, 768] {
        browser.be_wide(width).await;
        let (row, link) = heights(&browser).await;
        assert!(row <= 25.0 && link >= 24.0, "{width}: a row of {row} with a link of {link}");
    }
    browser.look("antrean-rapat").await;
    browser.be_wide(1280).await;

    browser.fill("Cari nomor, NIK, atau nama", &person.nik).await;
    browser.press("Cari").await;
    let results = browser.path().await;
    assert!(results.starts_with("/petugas?hasil=") && !results.contains(&person.nik), "{results}");
    browser.press(&filed.number).await;
    assert_eq!(browser.path().await, desk(&filed));
    browser.client.back().await.unwrap();
    browser.until("//caption[contains(., '1 permohonan ditemukan.')]").await;
    assert_eq!(browser.path().await, results);

    browser.press(&filed.number).await;
    assert!(!browser.text().await.contains(&grouped(&person.nik)));
    let fetched = number(&browser, FETCHED).await;
    for (degrees, key) in [(90, true), (180, false), (270, true), (0, true), (90, false)] {
        if key {
            browser.keys_act().await;
            browser.press_keys("r").await;
            tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        } else {
            browser.press_and_stay("", "Putar R").await;
        }
        assert_eq!(turn(&browser).await, json!(format!("turn-{degrees}")));
    }
    assert_eq!((number(&browser, FETCHED).await, browser.path().await), (fetched, desk(&filed)), "nothing was fetched");

    browser.press("Tampilkan NIK dan nomor KK").await;
    assert!(browser.text().await.contains(&grouped(&person.nik)), "{}", browser.text().await);
    browser.look("kasus-nik").await;
    browser.visit("/petugas?hasil=lama").await;
    browser.look("pencarian-berakhir").await;
    browser.close().await;
}

fn grouped(nik: &str) -> String {
    [&nik[..4], &nik[4..8], &nik[8..12], &nik[12..]].join(" ")
}
