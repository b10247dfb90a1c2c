//! After a break, after a second thought, and after "Ya".

use crate::browser::{Browser, Manner};
use crate::hand::{row, section};
use crate::people::fresh_family;
use crate::uploads;
use crate::way::{damaged, lost};

#[tokio::test]
async fn a_draft_is_resumed_after_logging_out() {
    let browser = Browser::open(Manner { pictures: Some("draf"), ..Manner::default() }).await;
    let person = fresh_family().mother;
    browser.join(&person).await;
    browser.begin(&person, &lost()).await;
    browser.upload("Surat keterangan kehilangan", &uploads::jpeg()).await;
    browser.press("Keluar").await;
    browser.look("keluar").await;
    assert!(browser.text().await.contains("Anda sudah keluar."));
    // What was there is no longer shown, also not by going back.
    browser.client.back().await.unwrap();
    assert!(browser.path().await.starts_with("/masuk"), "{}", browser.path().await);

    browser.visit("/").await;
    browser.log_in(&person).await;
    browser.look("layanan").await;
    browser.press(&format!("Lanjutkan draf {}", person.name)).await;
    assert!(browser.path().await.ends_with("/unggah"));
    assert!(browser.text().await.contains("1 halaman tersimpan"));

    browser.visit("/pencetakan-ktp-el").await;
    browser.press(person.name).await;
    browser.look("halaman").await;
    // A jump ahead lands on the first page that is not answered.
    let page = browser.path().await;
    browser.visit(&format!("{page}/konfirmasi")).await;
    assert_eq!(browser.path().await, format!("{page}/unggah"));
    browser.visit(&page).await;
    browser.press("Batalkan draf").await;
    browser.look("batalkan").await;
    browser.press("Batalkan draf").await;
    browser.look("dibatalkan").await;
    assert!(browser.text().await.contains("Belum ada permohonan di akun ini."));
    browser.visit(&page).await;
    assert_eq!(browser.status().await, 404);
    browser.look("404").await;
    browser.close().await;
}

#[tokio::test]
async fn every_answer_can_be_changed_from_the_check_page() {
    let browser = Browser::open(Manner::default()).await;
    let person = fresh_family().mother;
    browser.join(&person).await;
    browser.begin(&person, &damaged()).await;
    browser.upload_all(&damaged()).await;
    browser.choose_place("11.00–11.30").await;

    browser.press("Ubah nomor ponsel").await;
    browser.look("ubah-dokumen").await;
    browser.fill("Nomor ponsel", "08").await;
    browser.press("Lanjut").await;
    browser.look_at_refusal("ubah-dokumen-salah", 422, 1).await;
    browser.fill("Nomor ponsel", "0812-0000-9876").await;
    browser.press("Lanjut").await;
    browser.is_at_check("0812-0000-9876").await;

    browser.press("Ubah Foto KTP-el yang rusak").await;
    browser.press_in(&format!("{}//li[.//b[.='Halaman 2']]", section("Foto KTP-el yang rusak")), "Hapus").await;
    browser.look("ubah-unggah").await;
    browser.press("Lanjut").await;
    browser.is_at_check("1 halaman").await;

    browser.press("Ubah keterangan permohonan").await;
    browser.look("ubah-keterangan").await;
    browser.press("Lanjut").await;
    browser.is_at_check("KTP-el rusak").await;

    browser.press("Ubah tanggal").await;
    browser.look("ubah-jadwal").await;
    browser.choose("14.00–14.30").await;
    browser.press("Kirim Permohonan Jadwal").await;
    browser.is_at_check("14.00–14.30").await;

    browser.press("Tidak, ubah lagi").await;
    browser.press("← Kembali").await;
    assert!(browser.path().await.contains("/pencetakan-ktp-el/"));
    browser.close().await;
}

#[tokio::test]
async fn a_sent_application_is_moved_tracked_checked_and_cancelled() {
    let browser = Browser::open(Manner { pictures: Some("terkirim"), ..Manner::default() }).await;
    let family = fresh_family();
    let person = &family.mother;
    browser.join(person).await;
    browser.begin(person, &damaged()).await;
    browser.upload_all(&damaged()).await;
    browser.choose_place("09.30–10.00").await;
    let filed = browser.send(person).await;

    browser.visit("/pencetakan-ktp-el/tambah").await;
    browser.look("tambah").await;
    assert!(browser.has(&format!("{}//a[.='Lihat permohonan {}']", row(person.name), person.name)).await);

    browser.visit(&filed.page).await;
    browser.press("Ubah jadwal").await;
    browser.look("ubah-jadwal").await;
    browser.choose_next("Tanggal").await;
    browser.press("Tampilkan jam").await;
    browser.choose("13.30–14.00").await;
    browser.press("Kirim Permohonan Jadwal").await;
    browser.look("dipindah").await;
    assert!(browser.text().await.contains("Jadwal diubah: Jumat, 27 November 2026, 13.30–14.00"));

    browser.visit("/pencetakan-ktp-el").await;
    browser.look("layanan").await;
    browser.press("Keluar").await;
    browser.track(&filed.number, person.born).await;
    browser.look("cek-status").await;
    assert!(browser.text().await.contains("Menunggu pemeriksaan"));
    assert!(!browser.text().await.contains(person.name));
    browser.client.goto(&filed.check).await.unwrap();
    browser.look("periksa").await;
    assert!(browser.text().await.contains(&format!("Nomor permohonan {}. Status: Menunggu pemeriksaan.", filed.number)));

    browser.log_in(person).await;
    browser.visit(&filed.page).await;
    browser.press("Batalkan permohonan").await;
    browser.look("batalkan").await;
    browser.press("Batalkan permohonan").await;
    browser.look("dibatalkan").await;
    assert!(browser.text().await.contains(&format!("Permohonan {} dibatalkan.", filed.number)));
    browser.press("Keterangan Cetak KTP-el").await;
    browser.look("keterangan-dibatalkan").await;
    browser.visit("/").await;
    browser.look("beranda").await;
    browser.track(&filed.number, person.born).await;
    browser.look("cek-status-dibatalkan").await;
    browser.client.goto(&filed.check).await.unwrap();
    assert!(browser.text().await.contains("Status: Dibatalkan."));
    browser.close().await;
}

impl Browser {
    async fn is_at_check(&self, expected: &str) {
        assert!(self.path().await.ends_with("/konfirmasi"), "{}", self.path().await);
        let text = self.text().await;
        assert!(text.contains(expected), "no {expected} in: {text}");
    }

    async fn track(&self, number: &str, born: &str) {
        self.visit("/cek-status").await;
        self.fill("Nomor permohonan", number).await;
        self.fill("Tanggal lahir", born).await;
        self.press("Cek status").await;
    }
}
