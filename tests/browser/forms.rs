//! Forms that are refused: the same page with a status that says so, a summary that leads to the fields, a sentence at
//! each, and everything kept that was typed but passwords.

use crate::browser::{Browser, Manner};
use crate::hand::section;
use crate::people::{PASSWORD, fresh_family};
use crate::uploads;
use crate::way::lost;

const KK: &str = "Kartu Keluarga (KK)";

impl Browser {
    async fn value(&self, label: &str) -> String {
        self.field("", label).await.prop("value").await.unwrap().unwrap_or_default()
    }

    /// Follows the summary's first link, which has to put the cursor into its field.
    async fn follow_summary(&self) {
        let link = self.find("//main/*[1]//li[1]/a").await;
        link.click().await.unwrap();
        let arrived = "return document.activeElement.id === location.hash.slice(1)";
        assert_eq!(self.run(arrived, vec![]).await, true, "{}", self.path().await);
    }
}

#[tokio::test]
async fn registration() {
    let browser = Browser::open(Manner { pictures: Some("galat"), ..Manner::default() }).await;
    let person = fresh_family().mother;
    browser.visit("/registrasi").await;
    browser.press("Registrasi").await;
    browser.look_at_refusal("registrasi-kosong", 422, 6).await;
    browser.follow_summary().await;

    browser.fill_registration(&person, "12345678").await;
    browser.fill("NIK", "3171 0150 0890 00").await;
    browser.fill("Nomor KK", "317101X").await;
    browser.fill("Nama lengkap", "Umpama 2").await;
    browser.fill("Tanggal lahir", "31-02-1990").await;
    browser.fill("Nomor ponsel", "021 555 1234").await;
    browser.fill("Email (opsional)", "nama@").await;
    browser.press("Registrasi").await;
    browser.look_at_refusal("registrasi-salah", 422, 7).await;
    assert_eq!(browser.value("NIK").await, "3171 0150 0890 00");
    assert_eq!(browser.value("Email (opsional)").await, "nama@");

    browser.fill_registration(&person, PASSWORD).await;
    browser.fill("Email (opsional)", "").await;
    browser.fill("Nama lengkap", "Orang Lain").await;
    browser.press("Registrasi").await;
    browser.look_at_refusal("registrasi-tidak-cocok", 422, 1).await;
    assert_eq!(browser.value("Nama lengkap").await, "Orang Lain");
    browser.close().await;
}

#[tokio::test]
async fn log_in_and_tracking() {
    let browser = Browser::open(Manner { pictures: Some("galat"), ..Manner::default() }).await;
    let person = fresh_family().mother;
    browser.visit("/masuk").await;
    browser.press("Masuk").await;
    browser.look_at_refusal("masuk-kosong", 422, 2).await;
    browser.fill("NIK", &person.nik).await;
    browser.fill("Kata sandi", "bukan yang ini").await;
    browser.press("Masuk").await;
    browser.look_at_refusal("masuk-salah", 422, 1).await;
    assert_eq!(browser.value("NIK").await, person.nik);
    browser.follow_summary().await;

    browser.visit("/cek-status").await;
    browser.look("cek-status").await;
    browser.press("Cek status").await;
    browser.look_at_refusal("cek-status-kosong", 422, 2).await;
    browser.fill("Nomor permohonan", "K7M3-9QXA").await;
    browser.fill("Tanggal lahir", "kemarin").await;
    browser.press("Cek status").await;
    browser.look_at_refusal("cek-status-salah", 422, 2).await;
    browser.fill("Nomor permohonan", "k7m39qxf").await;
    browser.fill("Tanggal lahir", "5/8/1990").await;
    browser.press("Cek status").await;
    browser.look_at_refusal("cek-status-tidak-ada", 422, 1).await;
    assert_eq!(browser.value("Nomor permohonan").await, "k7m39qxf");
    browser.close().await;
}

#[tokio::test]
async fn application() {
    let browser = Browser::open(Manner { pictures: Some("galat"), ..Manner::default() }).await;
    let family = fresh_family();
    browser.join(&family.mother).await;
    browser.visit("/pencetakan-ktp-el/tambah").await;
    browser.press_in(&crate::hand::row(family.daughter.name), "Cetak").await;
    browser.look("keterangan-sebagian").await;
    browser.press("Lanjut").await;
    browser.look_at_refusal("keterangan-kosong", 422, 1).await;
    browser.follow_summary().await;

    browser.visit("/pencetakan-ktp-el/tambah").await;
    browser.press_in(&crate::hand::row(family.mother.name), "Cetak").await;
    browser.choose("KTP-el hilang").await;
    browser.press("Lanjut").await;
    browser.fill("Nomor ponsel", "").await;
    browser.press("Lanjut").await;
    browser.look_at_refusal("dokumen-kosong", 422, 6).await;
    browser.choose(KK).await;
    browser.fill("Kantor polisi", "Polsek Gambir").await;
    browser.fill("Tanggal surat", "01-01-2027").await;
    browser.fill("Nomor ponsel", "08123").await;
    browser.press("Lanjut").await;
    browser.look_at_refusal("dokumen-salah", 422, 4).await;
    assert_eq!(browser.value("Kantor polisi").await, "Polsek Gambir");
    assert!(browser.field("", KK).await.is_selected().await.unwrap());
    browser.follow_summary().await;

    browser.choose("Surat keterangan kehilangan").await;
    browser.fill("Nomor surat", "STPL/9/X/2026").await;
    browser.fill("Tanggal surat", "10-10-2026").await;
    browser.fill("Nomor ponsel", "0812-0000-1234").await;
    browser.press("Lanjut").await;
    browser.press("← Kembali").await;
    browser.look("dokumen-surat-lama").await;
    assert!(browser.text().await.contains("Surat ini sudah 41 hari."));
    browser.press("Lanjut").await;
    uploading(&browser).await;

    browser.press("Kirim Permohonan Jadwal").await;
    browser.look_at_refusal("jadwal-kosong", 422, 1).await;
    browser.follow_summary().await;
    browser.close().await;
}

/// From the upload page to the schedule, with everything that can go wrong between.
async fn uploading(browser: &Browser) {
    browser.press("Lanjut").await;
    browser.look_at_refusal("unggah-kurang", 422, 1).await;
    browser.press_in(&section(KK), "Upload").await;
    browser.look_at_refusal("unggah-tanpa-berkas", 422, 1).await;
    for (name, file) in [("heic", uploads::heic()), ("kosong", uploads::empty()), ("besar", uploads::too_large())] {
        browser.upload(KK, &file).await;
        browser.look_at_errors(&format!("unggah-{name}"), 1).await;
    }
    for (document, files) in &lost().papers {
        browser.upload(document, &files[0]).await;
    }
    browser.upload(KK, &uploads::pdf()).await;
    browser.look_at_errors("unggah-dua-kali", 1).await;
    for _ in 0..2 {
        browser.press_in(&section(KK), "Hapus").await;
    }
    browser.look("unggah-dihapus").await;
    browser.upload(KK, &uploads::jpeg()).await;
    browser.press("Lanjut").await;
}

#[tokio::test]
async fn account() {
    let browser = Browser::open(Manner { pictures: Some("galat"), ..Manner::default() }).await;
    browser.join(&fresh_family().mother).await;
    browser.press("Akun").await;
    browser.look("akun").await;
    browser.press("Ganti kata sandi").await;
    browser.look_at_refusal("akun-kosong", 422, 2).await;
    browser.fill("Kata sandi sekarang", "bukan yang ini").await;
    browser.fill("Kata sandi baru", "pohon di tepi kali").await;
    browser.press("Ganti kata sandi").await;
    browser.look_at_refusal("akun-salah", 422, 1).await;
    browser.follow_summary().await;
    browser.fill("Kata sandi sekarang", PASSWORD).await;
    browser.fill("Kata sandi baru", "pohon di tepi kali").await;
    browser.press("Ganti kata sandi").await;
    browser.look("akun-diganti").await;
    assert!(browser.text().await.contains("Kata sandi diganti."));
    browser.press("Keluar dari semua perangkat").await;
    browser.look("keluar").await;
    browser.close().await;
}
