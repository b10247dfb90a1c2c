//! Two at once: pages that have grown old when their buttons are pressed.

use crate::browser::{Browser, Manner};
use crate::hand::row;
use crate::people::{fresh_crowded_family, fresh_family};
use crate::way::{damaged, recorded};

/// A half hour with a single place, which is taken in another window meanwhile.
#[tokio::test]
async fn an_hour_that_has_just_become_full() {
    let browser = Browser::open(Manner { pictures: Some("bentrok"), ..Manner::default() }).await;
    let family = fresh_crowded_family();
    browser.join(&family.mother).await;
    browser.begin(&family.mother, &damaged()).await;
    browser.upload_all(&damaged()).await;
    browser.press("Lanjut").await;
    let first = browser.client.window().await.unwrap();
    browser.choose("09.00–09.30").await;

    let second = browser.client.new_window(true).await.unwrap();
    browser.client.switch_to_window(second.handle).await.unwrap();
    browser.visit("/pencetakan-ktp-el").await;
    browser.begin(&family.daughter, &recorded()).await;
    browser.upload_all(&recorded()).await;
    browser.press("Lanjut").await;
    browser.choose("09.00–09.30").await;
    browser.press("Kirim Permohonan Jadwal").await;
    assert!(browser.path().await.ends_with("/konfirmasi"));

    browser.client.switch_to_window(first).await.unwrap();
    browser.press("Kirim Permohonan Jadwal").await;
    browser.look_at_refusal("jam-penuh", 409, 1).await;
    assert!(browser.text().await.contains("Jam 09.00–09.30 baru saja penuh. Yang terdekat"));
    assert!(!browser.field("", "09.00–09.30").await.is_enabled().await.unwrap());
    browser.close().await;
}

/// Mother and daughter both apply for the daughter.
#[tokio::test]
async fn an_application_that_somebody_else_has_just_sent() {
    let browser = Browser::open(Manner { pictures: Some("bentrok"), ..Manner::default() }).await;
    let family = fresh_family();
    browser.join(&family.mother).await;
    browser.begin(&family.daughter, &recorded()).await;
    browser.upload_all(&recorded()).await;
    browser.choose_place("10.00–10.30").await;
    let mothers = browser.path().await;
    let window = browser.client.window().await.unwrap();
    browser.visit("/pencetakan-ktp-el/tambah").await;
    let old = browser.client.new_window(true).await.unwrap();

    browser.client.switch_to_window(old.handle).await.unwrap();
    browser.visit("/").await;
    browser.press("Keluar").await;
    browser.join(&family.daughter).await;
    browser.begin(&family.daughter, &recorded()).await;
    browser.upload_all(&recorded()).await;
    browser.choose_place("10.30–11.00").await;
    browser.press("Ya").await;
    browser.press("Keluar").await;
    browser.log_in(&family.mother).await;

    browser.visit(&mothers).await;
    assert!(!browser.has("//button[.='Ya']").await, "there is nothing left to send");
    assert!(browser.text().await.contains("sedang diproses sejak 20 November 2026, jadi draf ini tidak dapat dikirim."));
    browser.look("didahului").await;
    // Somebody may still have the page from before.
    assert_eq!(browser.send_form(&mothers, serde_json::json!({})).await, 409);

    browser.client.switch_to_window(window).await.unwrap();
    browser.press_in(&row(family.daughter.name), "Cetak").await;
    browser.look_at_refusal("tambah", 422, 1).await;
    browser.close().await;
}
