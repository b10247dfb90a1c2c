//! Slips that a person makes in a browser, with and without scripts: going back, another day, a file that was only chosen.

use serde_json::json;

use crate::browser::{Browser, Manner};
use crate::hand::section;
use crate::people::{PASSWORD, fresh_family};
use crate::uploads;
use crate::way::damaged;

impl Browser {
    /// Chooses an entry of a list by its place, as a finger does.
    async fn choose_entry(&self, label: &str, place: usize) {
        self.field("", label).await.select_by_index(place).await.unwrap();
    }

    async fn value_of(&self, script: &str) -> serde_json::Value {
        self.run(&format!("return {script}"), vec![]).await
    }
}

#[tokio::test]
async fn going_back_after_a_corrected_form_asks_nothing() {
    let browser = Browser::open(Manner { pictures: Some("slip"), ..Manner::default() }).await;
    let person = fresh_family().mother;
    browser.visit("/registrasi").await;
    browser.fill_registration(&person, &person.nik).await;
    browser.press("Registrasi").await;
    browser.look_at_refusal("sandi-sendiri", 422, 1).await;
    assert_eq!(browser.value_of("document.activeElement.getAttribute('role')").await, "alert", "the summary has the focus");
    browser.press_and_stay("", "Tampilkan").await;
    assert_eq!(browser.value_of("document.querySelector('#sandi').type").await, "text");
    browser.look("sandi-tampil").await;
    browser.fill("Kata sandi", PASSWORD).await;
    browser.press("Registrasi").await;
    assert_eq!(browser.path().await, "/registrasi/kode", "{}", browser.text().await);
    browser.client.back().await.unwrap();
    assert_eq!(browser.path().await, "/registrasi");
    assert!(browser.has("//h1[.='Registrasi']").await, "{}", browser.text().await);
    browser.close().await;
}

#[tokio::test]
async fn a_summary_has_the_focus_without_scripts_too() {
    let browser = Browser::open(Manner { scripts: false, ..Manner::default() }).await;
    browser.visit("/masuk").await;
    browser.press("Masuk").await;
    let focused = browser.client.active_element().await.unwrap();
    assert_eq!(focused.attr("role").await.unwrap().as_deref(), Some("alert"));
    browser.close().await;
}

#[tokio::test]
async fn hours_are_always_those_of_the_day_that_is_shown() {
    for scripts in [true, false] {
        let browser = Browser::open(Manner { scripts, ..Manner::default() }).await;
        let person = fresh_family().mother;
        browser.join(&person).await;
        browser.begin(&person, &damaged()).await;
        browser.upload_all(&damaged()).await;
        browser.press("Lanjut").await;
        let first = browser.find("//main//legend").await.text().await.unwrap();
        browser.choose("08.00–08.30").await;
        browser.choose_entry("Tanggal", 3).await;
        if scripts {
            browser.until(&format!("//main//legend[not(.='{first}')]")).await;
            let chosen = "document.querySelector('[name=jam]:checked')";
            assert_eq!(browser.value_of(chosen).await, json!(null), "an hour of the old day is chosen no more");
            assert_eq!(browser.value_of("document.activeElement.id").await, "tanggal");
            browser.look("jam-menyusul").await;
        } else {
            browser.press("Kirim Permohonan Jadwal").await;
            browser.look_at_refusal("hari-lain", 422, 1).await;
            assert!(browser.text().await.contains("Ini jam untuk pilihan itu"));
        }
        let now = browser.find("//main//legend").await.text().await.unwrap();
        browser.choose("09.00–09.30").await;
        browser.press("Kirim Permohonan Jadwal").await;
        let day = now.trim_start_matches("Jam pada ").to_owned();
        assert!(browser.text().await.contains(&day), "{day}: {}", browser.text().await);
        browser.close().await;
    }
}

#[tokio::test]
async fn a_file_that_was_only_chosen_is_stored_by_every_button() {
    let browser = Browser::open(Manner { scripts: false, ..Manner::default() }).await;
    let person = fresh_family().mother;
    browser.join(&person).await;
    browser.begin(&person, &damaged()).await;
    browser.attach("Foto KTP-el yang rusak", &uploads::png()).await;
    browser.attach("Kartu Keluarga (KK)", &uploads::pdf()).await;
    browser.press("Lanjut").await;
    assert!(browser.path().await.ends_with("/jadwal"), "{}", browser.text().await);
    browser.press("← Kembali").await;
    assert!(browser.text().await.contains("✓ 2 halaman tersimpan"), "{}", browser.text().await);
    browser.close().await;
}

#[tokio::test]
async fn with_the_script_a_file_is_sent_when_it_is_chosen_and_the_page_stays_where_it_is() {
    let browser = Browser::open(Manner { pictures: Some("slip"), ..Manner::default() }).await;
    let person = fresh_family().mother;
    browser.join(&person).await;
    browser.begin(&person, &damaged()).await;
    browser.run("document.querySelector('#kartu-kk').scrollIntoView()", vec![]).await;
    let before = browser.value_of("Math.round(scrollY)").await.as_i64().unwrap();
    browser.upload("Kartu Keluarga (KK)", &uploads::pdf()).await;
    let after = browser.value_of("Math.round(scrollY)").await.as_i64().unwrap();
    // What came in is looked at, and the page does not begin anew.
    assert!(before > 100 && after > before / 2, "from {before} to {after}");
    let card = section("Kartu Keluarga (KK)");
    assert!(browser.has(&format!("{card}//*[@role='status'][contains(., 'halaman 2, tersimpan')]")).await);
    assert_eq!(browser.value_of("document.activeElement.getAttribute('role')").await, "status");
    assert!(browser.client.title().await.unwrap().starts_with("Kartu Keluarga (KK), halaman 2, tersimpan."));
    browser.look("terkirim-sendiri").await;
    // "Upload" pressed out of habit is no fault.
    browser.press_and_stay(&card, "Upload").await;
    assert!(!browser.has("//*[@role='alert']").await);
    // Two files one after the other, and "Lanjut" while they are on their way.
    browser.attach("Foto KTP-el yang rusak", &uploads::large_photo()).await;
    browser.leave_by(async || browser.press_and_stay("", "Lanjut").await).await;
    browser.until("//h1[.='Jadwal pengambilan']").await;
    browser.close().await;
}

#[tokio::test]
async fn a_file_that_could_not_be_sent_is_not_forgotten() {
    let browser = Browser::open(Manner::default()).await;
    let person = fresh_family().mother;
    browser.join(&person).await;
    browser.begin(&person, &damaged()).await;
    let network = |offline: bool| json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
    browser.devtools("Network.enable", json!({})).await;
    browser.devtools("Network.emulateNetworkConditions", network(true)).await;
    let card = section("Foto KTP-el yang rusak");
    browser.attach("Foto KTP-el yang rusak", &uploads::png()).await;
    browser.until(&format!("{card}//*[contains(., 'Belum terkirim karena sambungan terputus.')]")).await;
    browser.attach("Foto KTP-el yang rusak", &uploads::jpeg()).await;
    browser.devtools("Network.emulateNetworkConditions", network(false)).await;
    browser.upload("Kartu Keluarga (KK)", &uploads::pdf()).await;
    assert!(browser.has(&format!("{card}//*[contains(., 'Belum terkirim karena sambungan terputus.')]")).await);
    browser.press_and_stay("", "Lanjut").await;
    browser.until("//h1[.='Jadwal pengambilan']").await;
    browser.press("← Kembali").await;
    let pages = "document.querySelectorAll('#kartu-ktp_rusak .files li').length";
    assert_eq!(browser.value_of(pages).await, 2, "both files that waited are stored");
    browser.close().await;
}

#[tokio::test]
async fn what_one_post_cannot_bring_is_told_and_nobody_is_led_on() {
    let browser = Browser::open(Manner::default()).await;
    let person = fresh_family().mother;
    browser.join(&person).await;
    browser.begin(&person, &damaged()).await;
    let field = browser.field(&section("Foto KTP-el yang rusak"), "Browse").await;
    let (first, second) = (uploads::png(), uploads::heic());
    let both = format!("{}\n{}", first.display(), second.display());
    browser.leave_by(async || field.send_keys(&both).await.unwrap()).await;
    assert!(browser.text().await.contains("Berkas foto.heic berformat HEIC."), "{}", browser.text().await);
    assert!(browser.text().await.contains("✓ 1 halaman tersimpan"), "{}", browser.text().await);
    browser.close().await;
}
