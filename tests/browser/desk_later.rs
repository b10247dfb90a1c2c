//! What the clock does, as citizen and officer see it: the program is stopped and started on a later day.

use time::macros::datetime;

use crate::{
    browser::{Browser, Manner},
    desk::{apply, approve, at_counter, check, come_back, come_in, deliver, desk, hand_over, print},
    people::fresh_family,
    service,
};

#[tokio::test]
async fn a_return_expires_and_a_card_that_nobody_fetched_gets_another_hour() {
    let service = service::own().await;
    let browser = Browser::open_at(service, Manner { width: 1280, pictures: Some("kemudian"), ..Manner::default() }).await;
    let (late, absent) = (fresh_family().mother, fresh_family().mother);
    let returned = apply(&browser, &late, "14.00–14.30").await;
    let key = come_in(&browser, "seruni.desk").await;
    browser.visit(&desk(&returned)).await;
    browser.press("Periksa P").await;
    browser.press("Kembalikan K").await;
    browser.choose("Foto KTP-el yang rusak").await;
    browser.choose_next("Alasan untuk Foto KTP-el yang rusak").await;
    browser.press("Kembalikan: lihat SMS dulu").await;
    browser.press("Kembalikan dan kirim SMS").await;

    let missed = apply(&browser, &absent, "14.30–15.00").await;
    approve(&browser, &missed).await;
    deliver(&browser, "1").await;
    print(&browser).await;
    browser.press("Simpan, sisanya baik").await;

    service.start_at(datetime!(2026-11-25 15:10 +7)).await;
    come_back(&browser, "seruni.desk", &key).await;
    browser.visit("/petugas/jadwal/2026-11-25").await;
    assert!(browser.text().await.contains("1 orang belum datang"), "{}", browser.text().await);
    browser.look("jadwal").await;

    service.start_at(datetime!(2026-11-30 08:00 +7)).await;
    come_back(&browser, "seruni.desk", &key).await;
    browser.visit("/petugas?langkah=tidak_diambil").await;
    browser.until(&format!("//main//code[normalize-space()='{}']", missed.number)).await;
    at_counter(&browser, &missed).await;
    browser.look("loket-belum-diambil").await;
    browser.press("Pilih jam baru").await;
    browser.press("Pindahkan dan kirim SMS").await;
    browser.look_at_refusal("jam-baru-kosong", 422, 1).await;
    browser.choose("08.30–09.00").await;
    browser.press("Pindahkan dan kirim SMS").await;
    browser.look("jam-baru").await;
    browser.visit("/masuk").await;
    browser.log_in(&absent).await;
    check(&browser, &missed, &["Siap diambil", "1 Desember 2026"], &["SMS “belum diambil”", "SMS “jadwal pindah”"]).await;
    hand_over(&browser, &missed, &absent).await;

    browser.visit("/pencetakan-ktp-el").await;
    browser.press("Keluar").await;
    browser.visit("/masuk").await;
    browser.log_in(&late).await;
    check(&browser, &returned, &["Kedaluwarsa", "Anda boleh mengajukan lagi"], &["Kedaluwarsa", "SMS “kedaluwarsa”"]).await;
    browser.visit(&returned.page).await;
    browser.look("kedaluwarsa").await;
    browser.close().await;
}
