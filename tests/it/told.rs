//! What was just done is said once, by the page that follows, and by no address.

use crate::support::{
    app::App,
    people::{PASSWORD, grown_up},
};

#[tokio::test]
async fn no_address_makes_a_page_say_what_never_happened() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let sent = citizen.apply(&person).await;
    citizen.get(&sent).await;
    for address in [
        format!("{sent}?terkirim=1"),
        format!("{sent}?dipindah=1"),
        format!("{sent}?dibatalkan=1"),
        format!("{sent}?kabar=Kartu+siap"),
        "/akun?sandi=diganti".to_owned(),
        "/akun?ponsel=diganti".to_owned(),
        "/akun?email=dihapus".to_owned(),
        "/pencetakan-ktp-el?draf=dihapus".to_owned(),
    ] {
        assert_eq!(citizen.get(&address).await.text("main > .note[role=status]"), "", "{address}");
    }
    let mut stranger = app.browser();
    for address in
        ["/masuk?terdaftar=1", "/masuk?sandi=diganti", "/masuk?keluar=1", "/masuk?habis=lain", "/petugas/masuk?keluar=1"]
    {
        assert_eq!(stranger.get(address).await.text("main > .note[role=status]"), "", "{address}");
    }
    let mut officer = app.petugas().await;
    for address in [
        "/petugas?sesudah=K7M3-9QXF&putusan=disetujui",
        "/petugas/cetak?blangko=5000",
        "/petugas/cetak?menunggu=5",
        "/petugas/jadwal/2026-11-25?dipindah=60",
        "/petugas/jadwal/2026-11-25?dibuka=1",
        "/petugas/loket/akun?selesai=dilepas",
        "/admin/pesan?ditelepon=1",
    ] {
        assert_eq!(officer.get(address).await.text("main > .note[role=status]"), "", "{address}");
    }
}

#[tokio::test]
async fn it_is_said_once_on_its_page_and_not_by_a_cookie_that_was_made_up() {
    let app = App::new().await;
    let mut citizen = app.citizen(&grown_up()).await;
    let out = citizen.post("/akun/keluar-semua", &[]).await;
    let kept = citizen.cookies.clone();
    assert_eq!(citizen.get("/kontak").await.text("main > .note[role=status]"), "", "not on another page");
    assert!(citizen.follow(&out).await.text("[role=status]").contains("Anda sudah keluar."));
    assert!(!citizen.cookies.contains_key("alpukat-kabar"), "taken away");
    assert_eq!(citizen.follow(&out).await.text("[role=status]"), "", "once");
    // Sealed: nobody else's words, and not readable on the way.
    let cookie = kept["alpukat-kabar"].clone();
    assert!(!cookie.contains("keluar") && !cookie.contains(PASSWORD), "{cookie}");
    for made_up in ["%7B%22page%22%3A%22%2Fmasuk%22%2C%22sentence%22%3A%22x%22%7D", "x", &cookie[..cookie.len() - 2]] {
        citizen.cookies.insert("alpukat-kabar".to_owned(), made_up.to_owned());
        assert_eq!(citizen.get("/masuk").await.text("[role=status]"), "", "{made_up}");
    }
}
