//! Pages for everybody, and pages that say what is not possible.

use serde_json::{Value, json};

use crate::browser::{Browser, Manner};
use crate::people::{PASSWORD, fresh_family};
use crate::service::{self, Service};

#[tokio::test]
async fn pictures_of_pages_for_everybody() {
    let browser = Browser::open(Manner { pictures: Some("umum"), ..Manner::default() }).await;
    browser.visit("/kontak").await;
    browser.look("kontak").await;
    browser.choose_next("Kelurahan").await;
    browser.press("Tampilkan").await;
    browser.look("kontak-terpilih").await;
    browser.visit("/kontak?kelurahan=31.71.01.1002").await;
    browser.look("kontak-dengan-alamat").await;
    assert!(browser.text().await.contains("Jalan Contoh Nomor 7"));
    browser.visit("/privasi").await;
    browser.look("privasi").await;
    browser.visit("/periksa/00000000000000000000000000000000").await;
    assert_eq!(browser.status().await, 404);
    browser.look("periksa-tidak-dikenal").await;
    browser.visit("/tidak-ada").await;
    assert_eq!(browser.status().await, 404);
    browser.look("404").await;
    browser.visit("/pencetakan-ktp-el").await;
    browser.look("masuk-dulu").await;
    // A form that stands on somebody else's page.
    browser.client.goto("about:blank").await.unwrap();
    let foreign = "const form = document.createElement('form');
        form.method = 'post';
        form.action = arguments[0] + '/masuk';
        document.body.append(form);
        form.submit();";
    browser.leave_by(async || drop(browser.run(foreign, vec![json!(browser.service.address)]).await)).await;
    assert_eq!(browser.status().await, 403);
    browser.look("403").await;
    browser.close().await;
}

#[tokio::test]
async fn too_many_wrong_answers() {
    let browser = Browser::open(Manner { pictures: Some("batas"), ..Manner::default() }).await;
    let person = fresh_family().mother;
    browser.join(&person).await;
    browser.press("Keluar").await;

    browser.visit("/masuk").await;
    browser.send_ten_times("/masuk", &json!({"nik": person.nik, "sandi": "bukan yang ini"})).await;
    browser.fill("NIK", &person.nik).await;
    browser.fill("Kata sandi", PASSWORD).await;
    browser.press("Masuk").await;
    browser.look_at_refusal("masuk", 429, 1).await;

    browser.visit("/registrasi").await;
    let somebody = json!({
        "nik": person.nik, "nomor_kk": person.kk_number, "nama": "Orang Lain", "tanggal_lahir": person.born,
        "ponsel": "0812-0000-1234", "sandi": PASSWORD,
    });
    browser.send_ten_times("/registrasi", &somebody).await;
    browser.fill_registration(&person, PASSWORD).await;
    browser.press("Registrasi").await;
    browser.look_at_refusal("registrasi", 429, 0).await;

    browser.visit("/cek-status").await;
    browser.send_ten_times("/cek-status", &json!({"nomor": "2222-2222", "lahir": "05-08-1990"})).await;
    browser.fill("Nomor permohonan", "2222-2222").await;
    browser.fill("Tanggal lahir", "05-08-1990").await;
    browser.press("Cek status").await;
    browser.look_at_refusal("cek-status", 429, 1).await;
    browser.close().await;
}

#[tokio::test]
async fn too_many_wrong_passwords_on_the_account_page() {
    let browser = Browser::open(Manner { pictures: Some("batas"), ..Manner::default() }).await;
    browser.join(&fresh_family().mother).await;
    browser.visit("/akun").await;
    let wrong = json!({"sandi_sekarang": "bukan yang ini", "sandi_baru": "pohon di tepi kali"});
    browser.send_ten_times("/akun/kata-sandi", &wrong).await;
    browser.fill("Kata sandi sekarang", PASSWORD).await;
    browser.fill("Kata sandi baru", "pohon di tepi kali").await;
    browser.press("Ganti kata sandi").await;
    browser.look_at_refusal("akun", 429, 0).await;
    browser.close().await;
}

/// Pages for what is far too large and for what is broken inside, from a service of its own.
#[tokio::test]
async fn pages_when_something_is_too_large_or_broken() {
    let service = service::own().await;
    let browser = Browser::open_at(service, Manner { pictures: Some("umum"), ..Manner::default() }).await;
    browser.visit("/registrasi").await;
    browser.run("document.querySelector('#nama').value = 'a'.repeat(300000)", vec![]).await;
    browser.press("Registrasi").await;
    assert_eq!(browser.status().await, 413);
    browser.look("413").await;
    service.sql("alter table counters rename to lost_counters");
    browser.visit("/kontak").await;
    assert_eq!(browser.status().await, 500);
    browser.look("500").await;
    assert!(!browser.text().await.contains("counters"), "{}", browser.text().await);
    browser.close().await;
}

/// What was typed survives a fault of ours, and what is not known is not claimed. Faults from a service of its own.
#[tokio::test]
async fn pages_that_keep_what_was_typed() {
    let service = service::own().await;
    let browser = Browser::open_at(service, Manner { pictures: Some("galat"), ..Manner::default() }).await;
    let person = fresh_family().mother;
    browser.visit("/registrasi").await;
    browser.fill_registration(&person, PASSWORD).await;
    service.sql("alter table residents rename to lost_residents");
    browser.press("Registrasi").await;
    assert_eq!(browser.status().await, 500);
    browser.look("belum-tersimpan").await;
    let text = browser.text().await;
    assert!(text.contains("Kiriman terakhir belum tersimpan, tetapi isiannya masih ada di sini."), "{text}");
    service.sql("alter table lost_residents rename to residents");
    browser.press("Kirim lagi").await;
    assert_eq!(browser.status().await, 422, "the password alone is to be typed again");
    browser.console().await;
    let typed = browser.field("", "NIK").await.prop("value").await.unwrap();
    assert_eq!(typed.as_deref(), Some(person.nik.as_str()));
    browser.fill("Kata sandi", PASSWORD).await;
    browser.press("Registrasi").await;
    assert!(browser.path().await.starts_with("/registrasi/kode"), "{}", browser.text().await);

    // The log-in is written down, and then its session cannot be kept.
    let person = fresh_family().mother;
    browser.join(&person).await;
    browser.press("Keluar").await;
    service.sql("revoke insert on sessions from alpukat");
    browser.fill("NIK", &person.nik).await;
    browser.fill("Kata sandi", PASSWORD).await;
    browser.press("Masuk").await;
    assert_eq!(browser.status().await, 503);
    browser.look("belum-tahu").await;
    assert!(browser.text().await.contains("Kami belum tahu apakah ini tersimpan; buka halamannya dan lihat."));
    browser.visit("/petugas/masuk").await;
    service.sql("alter table officers rename to lost_officers");
    browser.fill("Nama pengguna", "siapa").await;
    browser.fill("Kata sandi", PASSWORD).await;
    browser.press("Masuk").await;
    assert_eq!(browser.status().await, 500);
    browser.look("meja-belum-tersimpan").await;
    assert!(browser.text().await.contains("Tidak ada yang tersimpan dari tekanan tombol terakhir."));
    browser.close().await;
}

/// The page for a database that is away, from a service of its own.
#[tokio::test]
async fn pages_without_a_database() {
    let browser = Browser::open(Manner { pictures: Some("umum"), ..Manner::default() }).await;
    let service = Service::start().await;
    service.lose_database();
    browser.client.goto(&format!("{}/kontak", service.address)).await.unwrap();
    assert_eq!(browser.status().await, 503);
    browser.look("503").await;
    browser.close().await;
}

/// The close look is worth something only if it sees.
#[tokio::test]
#[should_panic(expected = "label: Form elements must have labels")]
async fn a_field_without_a_label_is_noticed() {
    let browser = Browser::open(Manner::default()).await;
    browser.visit("/masuk").await;
    browser.run("document.querySelector('label').remove()", vec![]).await;
    browser.look("masuk").await;
}

#[tokio::test]
#[should_panic(expected = "Content Security Policy")]
async fn what_the_policy_forbids_is_noticed() {
    let browser = Browser::open(Manner::default()).await;
    browser.visit("/masuk").await;
    let foreign = "const image = new Image();
        image.src = 'http://localhost:1/';
        return new Promise((done) => image.onerror = () => done(0));";
    browser.run(foreign, vec![]).await;
    browser.look("masuk").await;
}

impl Browser {
    /// Gives the same wrong answers as often as is borne.
    async fn send_ten_times(&self, path: &str, fields: &Value) {
        for _ in 0..10 {
            assert_eq!(self.send_form(path, fields.clone()).await, 422, "{path}");
        }
        // The browser's lines about all these are not the page's.
        self.console().await;
    }
}
