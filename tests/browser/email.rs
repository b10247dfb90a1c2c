//! An e-mail address as people meet it: given at registration, proved, changed, removed; and pages without a mail server.

use std::time::Duration;

use time::macros::datetime;
use tokio::time::{Instant, sleep};

use crate::{
    browser::{Browser, Manner},
    mail_server::MailServer,
    people::{PASSWORD, fresh_family},
    service,
};

/// As long as a name that knows no break.
const LONG: &str = "sari.umpama.dengan.nama.yang.panjang.sekali.tanpa.jeda@surat.contoh.example";

/// The code in the newest of so many e-mails.
async fn mailed_code(server: &MailServer, count: usize) -> String {
    let begun = Instant::now();
    while server.arrived().len() < count {
        assert!(begun.elapsed() < Duration::from_secs(20), "no code was mailed");
        sleep(Duration::from_millis(30)).await;
    }
    let arrived = server.arrived();
    let (_, rest) = arrived.last().unwrap().text.split_once("Kode Anda ").unwrap();
    rest[..6].to_owned()
}

/// Types a code in, after none and a wrong one.
async fn type_code(browser: &Browser, name: &str, code: &str) {
    browser.look(name).await;
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    for (typed, told) in [("", "Isi 6 angka dari email."), (&wrong, "Kode belum cocok.")] {
        browser.fill("Kode", typed).await;
        browser.press("Lanjut").await;
        browser.look_at_refusal(&format!("{name}-salah"), 422, 1).await;
        assert!(browser.text().await.contains(told), "{}", browser.text().await);
    }
    browser.fill("Kode", code).await;
    browser.press("Lanjut").await;
}

async fn prove_change_and_remove(manner: Manner) {
    let service = service::own().await;
    let browser = Browser::open_at(service, manner).await;
    let person = fresh_family().mother;
    browser.visit("/registrasi").await;
    assert!(browser.text().await.contains("Saat ini kami tidak mengirim email."), "{}", browser.text().await);
    browser.fill_registration(&person, PASSWORD).await;
    browser.fill("Email (opsional)", LONG).await;
    browser.press("Registrasi").await;
    let code = service.code(&person.phone, "").await;
    browser.fill("Kode", &code).await;
    browser.press("Lanjut").await;
    browser.log_in(&person).await;
    for page in ["/akun", "/akun/email", "/privasi"] {
        browser.visit(page).await;
        browser.look(&format!("tanpa-server{}", page.replace('/', "-"))).await;
        assert!(browser.text().await.contains("aat ini kami tidak mengirim email."), "{}", browser.text().await);
    }

    let server = MailServer::start().await;
    service.start_with_mail(datetime!(2026-11-20 09:10 +7), server.url()).await;
    browser.visit("/registrasi").await;
    browser.look("registrasi").await;
    assert!(browser.text().await.contains("setelah Anda membuktikan alamatnya"), "{}", browser.text().await);
    browser.visit("/privasi").await;
    browser.look("privasi").await;
    browser.visit("/akun").await;
    browser.look("belum-dibuktikan").await;
    browser.press("Kirim kode ke email Anda").await;
    let code = mailed_code(&server, 1).await;
    type_code(&browser, "kode", &code).await;
    browser.look("terbukti").await;
    assert!(browser.text().await.contains("Email terbukti."), "{}", browser.text().await);

    browser.press("Ganti atau hapus email").await;
    browser.look("ganti").await;
    browser.press("Kirim kode").await;
    browser.look_at_refusal("ganti-kosong", 422, 2).await;
    browser.fill("Email", "sari@lain.example").await;
    browser.fill("Kata sandi sekarang", PASSWORD).await;
    browser.press("Kirim kode").await;
    let code = mailed_code(&server, 2).await;
    type_code(&browser, "kode-lain", &code).await;
    assert!(browser.text().await.contains("sari@lain.example (terbukti)"), "{}", browser.text().await);
    browser.press("Ganti atau hapus email").await;
    browser.press("Hapus email").await;
    browser.look("dihapus").await;
    assert!(!browser.text().await.contains("lain.example"), "{}", browser.text().await);
    browser.press("Tambah email").await;
    browser.look("tambah").await;
    browser.close().await;
}

#[tokio::test]
async fn an_address_is_proved_changed_and_removed() {
    prove_change_and_remove(Manner { pictures: Some("email"), ..Manner::default() }).await;
}

#[tokio::test]
async fn the_same_without_scripts() {
    prove_change_and_remove(Manner { scripts: false, ..Manner::default() }).await;
}
