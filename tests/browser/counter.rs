//! The counter by keyboard: how many keys a hand-over takes, and that lists are whole on a small screen and on paper.

use fantoccini::key::Key;
use serde_json::json;

use crate::{
    browser::{Browser, Manner},
    desk::{apply, approve, come_in, deliver, print},
    people::fresh_family,
    service,
};

/// Whether nothing of a table is beyond the edge of the page.
const FITS: &str = "const place = document.querySelector('.scroll'); return place.scrollWidth <= place.clientWidth";
/// On how many lines each box stands with its word; none is shown on the screen.
const LINES: &str = "return [...document.querySelectorAll('td.print .nw')].map((choice) => choice.getClientRects().length)";

#[tokio::test]
async fn a_card_is_handed_over_with_eight_keys_after_the_scan() {
    let service = service::own().await;
    let browser = Browser::open_at(service, Manner { width: 1280, ..Manner::default() }).await;
    let person = fresh_family().mother;
    let filed = apply(&browser, &person, "10.30–11.00").await;
    come_in(&browser, "cempaka.desk").await;
    approve(&browser, &filed).await;
    deliver(&browser, "1").await;
    browser.visit("/petugas/cetak").await;
    browser.be_wide(768).await;
    assert_eq!(browser.run(FITS, vec![]).await, true, "what waits for the printer is cut off");
    print(&browser).await;
    browser.choose("Rusak").await;
    assert_eq!(browser.run(FITS, vec![]).await, true, "a run is cut off");
    browser.look("daftar-cetak-sempit").await;
    // The width of A4 within its margins.
    browser.be_wide(680).await;
    browser.devtools("Emulation.setEmulatedMedia", json!({"media": "print"})).await;
    assert_eq!(browser.run(LINES, vec![]).await, json!([1, 1]), "a box stands on the line of its word");
    browser.devtools("Emulation.setEmulatedMedia", json!({"media": "screen"})).await;
    browser.be_wide(1280).await;
    browser.press("Simpan, sisanya baik").await;
    browser.look_at_refusal("daftar-cetak-sempit-salah", 422, 1).await;
    browser.choose("Baik").await;
    browser.press("Simpan hasil").await;

    browser.visit("/petugas/loket").await;
    let key = |key: Key| char::from(key).to_string();
    let scan = format!("{}{}", filed.number, key(Key::Enter));
    browser.leave_by(async || browser.press_keys(&scan).await).await;
    assert!(browser.text().await.contains(person.name), "{}", browser.text().await);
    let (space, tab, enter) = (key(Key::Space), key(Key::Tab), key(Key::Enter));
    // The holder; past the reason; identity; the old card; "Serahkan kartu".
    let keys = [&space, &tab, &tab, &space, &tab, &space, &tab, &enter];
    let keys: Vec<String> = keys.into_iter().cloned().collect();
    assert_eq!(keys.len(), 8);
    browser.leave_by(async || browser.press_keys(&keys.concat()).await).await;
    assert!(browser.text().await.contains(&format!("Kartu {} diserahkan kepada", filed.number)), "{}", browser.text().await);
    // The next one can be scanned at once.
    assert_eq!(browser.run("return document.activeElement.id", vec![]).await, "nomor");
    browser.close().await;
}
