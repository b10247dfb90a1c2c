//! The desk in a real browser: an officer comes in, checks a case and decides it; its citizen mends it.

use serde_json::json;
use totp_rs::{Builder, Secret};

use crate::{
    browser::{Browser, Manner},
    people::fresh_family,
    uploads,
    way::damaged,
};

/// What officers of these tests log in with.
const PASSWORD: &str = "stempel-di-meja-kiri";

/// The authenticator app: the code of this moment on the program's clock.
fn code(browser: &Browser, key: &str) -> String {
    let secret = Secret::try_from_base32(key.replace(' ', "")).unwrap();
    let totp = Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    totp.generate(u64::try_from(browser.service.now().unix_timestamp()).unwrap()).to_string()
}

/// From the door to the queue, setting up the second factor.
async fn come_in(browser: &Browser, username: &str) {
    browser.service.officer(username, PASSWORD);
    browser.visit("/petugas/masuk").await;
    browser.look("petugas-masuk").await;
    browser.press("Masuk").await;
    browser.look_at_refusal("petugas-masuk-kosong", 422, 2).await;
    browser.fill("Nama pengguna", username).await;
    browser.fill("Kata sandi", PASSWORD).await;
    browser.press("Masuk").await;
    browser.look("petugas-dua-langkah").await;
    let key = browser.find("//main//code").await.text().await.unwrap();
    browser.fill("Kode", "000000").await;
    browser.press("Masuk").await;
    browser.look("petugas-dua-langkah-salah").await;
    browser.fill("Kode", &code(browser, &key)).await;
    browser.press("Masuk").await;
    browser.look("petugas-kode-pemulihan").await;
    browser.press("Sudah disimpan, ke antrean").await;
}

#[tokio::test]
async fn a_case_is_returned_mended_and_approved() {
    let citizen = Browser::open(Manner::default()).await;
    let (person, reason) = (fresh_family().mother, damaged());
    citizen.join(&person).await;
    citizen.begin(&person, &reason).await;
    citizen.upload_all(&reason).await;
    // At the counter of the kecamatan, where no other test's cases are.
    citizen.press("Lanjut").await;
    citizen.choose_next("Service point").await;
    citizen.press("Tampilkan jam").await;
    citizen.choose("14.00–14.30").await;
    citizen.press("Kirim Permohonan Jadwal").await;
    let filed = citizen.send(&person).await;

    let desk = Browser::open(Manner { width: 1280, pictures: Some("meja"), ..Manner::default() }).await;
    come_in(&desk, "melati.desk").await;
    desk.look("antrean").await;
    desk.fill("Cari nomor, NIK, atau nama", &filed.number).await;
    desk.press("Cari").await;
    desk.look("pencarian").await;
    desk.press(&filed.number).await;
    desk.look("kasus").await;
    desk.press("Periksa P").await;
    desk.look("kasus-dipegang").await;
    desk.press("Putar R").await;
    desk.look("kasus-diputar").await;
    desk.press_and_stay("", "Perbesar +").await;
    let zoomed = desk.run("return document.querySelector('[data-zoom] img').className", vec![]).await;
    assert_eq!(zoomed, json!("turn-90 zoom-1"));
    desk.press("Kembalikan K").await;
    desk.press("Kembalikan: lihat SMS dulu").await;
    desk.look("kembalikan-kosong").await;
    desk.choose("Foto KTP-el yang rusak").await;
    desk.choose_next("Alasan untuk Foto KTP-el yang rusak").await;
    desk.fill("Pesan untuk pemohon", "Foto ulang di tempat terang.").await;
    desk.press("Kembalikan: lihat SMS dulu").await;
    desk.look("kembalikan-sms").await;
    desk.press("Kembalikan dan kirim SMS").await;
    assert!(desk.text().await.contains("dikembalikan, SMS dikirim."), "{}", desk.text().await);

    citizen.visit(&filed.page).await;
    citizen.look("perlu-perbaikan").await;
    citizen.press("Perbaiki dokumen").await;
    citizen.look("perbaiki").await;
    citizen.press("Kirim perbaikan").await;
    citizen.look_at_refusal("perbaiki-kurang", 422, 1).await;
    citizen.upload("Foto KTP-el yang rusak", &uploads::pdf()).await;
    citizen.look("perbaiki-terunggah").await;
    citizen.press("Kirim perbaikan").await;
    citizen.look("diperbaiki").await;
    citizen.visit("/akun/akses").await;
    citizen.look("akses").await;
    citizen.close().await;

    let case = filed.page.replace("/pencetakan-ktp-el/", "/petugas/permohonan/");
    desk.visit(&case).await;
    desk.press("Periksa P").await;
    desk.leave_by(async || desk.press_keys("s").await).await;
    assert!(desk.text().await.contains("disetujui."), "{}", desk.text().await);
    desk.visit(&case).await;
    desk.look("kasus-disetujui").await;
    assert!(desk.text().await.contains("Disetujui, antre cetak"));
    desk.visit("/petugas/permohonan/bukan-nomor").await;
    desk.look("tidak-ditemukan").await;
    desk.close().await;
}
