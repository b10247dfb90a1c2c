//! The desk in a real browser: an officer comes in, checks a case, prints the card and hands it over. Citizens' and
//! officers' cookies live side by side, so one window is both.

use serde_json::json;
use totp_rs::{Builder, Secret};

use crate::{
    browser::{Browser, Manner},
    lines::heights,
    people::{Person, fresh_family},
    service, uploads,
    way::{Filed, Reason, damaged},
};

/// More than the minute in which a decision can be taken back.
const UNDO: time::Duration = time::Duration::seconds(61);

/// What officers of these tests log in with.
pub const PASSWORD: &str = "stempel-di-meja-kiri";

/// The authenticator app: the code of this moment on the program's clock.
fn code(browser: &Browser, key: &str) -> String {
    let secret = Secret::try_from_base32(key.replace(' ', "")).unwrap();
    let totp = Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    totp.generate(u64::try_from(browser.service.now().unix_timestamp()).unwrap()).to_string()
}

/// From the door to the queue, setting up the second factor; gives its key.
pub async fn come_in(browser: &Browser, username: &str) -> String {
    browser.service.officer(username, PASSWORD);
    browser.visit("/petugas/masuk").await;
    browser.glance("petugas-masuk").await;
    browser.fill("Nama pengguna", username).await;
    browser.fill("Kata sandi", PASSWORD).await;
    browser.press("Masuk").await;
    browser.glance("petugas-dua-langkah").await;
    let key = browser.find("//main//code").await.text().await.unwrap();
    browser.fill("Kode", &code(browser, &key)).await;
    browser.press("Masuk").await;
    browser.glance("petugas-kode-pemulihan").await;
    browser.press("Sudah disimpan, ke antrean").await;
    key
}

/// The same once the second factor is set up.
pub async fn come_back(browser: &Browser, username: &str, key: &str) {
    browser.visit("/petugas/masuk").await;
    browser.fill("Nama pengguna", username).await;
    browser.fill("Kata sandi", PASSWORD).await;
    browser.press("Masuk").await;
    browser.fill("Kode", &code(browser, key)).await;
    browser.press("Masuk").await;
}

/// A damaged card is applied for, to be fetched at the counter of the kecamatan.
pub async fn apply(browser: &Browser, person: &Person, hour: &str) -> Filed {
    apply_for(browser, person, &damaged(), hour).await
}

/// The same for any reason.
pub async fn apply_for(browser: &Browser, person: &Person, reason: &Reason, hour: &str) -> Filed {
    browser.be_wide(390).await;
    browser.join(person).await;
    browser.begin(person, reason).await;
    browser.upload_all(reason).await;
    browser.press("Lanjut").await;
    browser.choose_next("Service point").await;
    browser.press("Tampilkan jam").await;
    browser.choose(hour).await;
    browser.press("Kirim Permohonan Jadwal").await;
    let filed = browser.send(person).await;
    browser.be_wide(browser.manner.width).await;
    filed
}

/// The officer's page of a case.
pub fn desk(filed: &Filed) -> String {
    filed.page.replace("/pencetakan-ktp-el/", "/petugas/permohonan/")
}

/// The citizen's page says all of this, and the case's history and messages, seen by the officer, say that.
pub async fn check(browser: &Browser, filed: &Filed, citizen: &[&str], officer: &[&str]) {
    browser.visit(&filed.page).await;
    let page = browser.text().await;
    for told in citizen {
        assert!(page.contains(told), "the citizen does not read {told}: {page}");
    }
    browser.visit(&desk(filed)).await;
    open_history(browser).await;
    let page = browser.text().await;
    for told in officer {
        assert!(page.contains(told), "the officer does not read {told}: {page}");
    }
}

/// Unfolds a case's history and messages.
pub async fn open_history(browser: &Browser) {
    if !browser.has("//main//details[@open]").await {
        browser.find("//main//summary[starts-with(normalize-space(), 'Riwayat')]").await.click().await.unwrap();
    }
}

/// Takes a case and approves it, and lets the minute pass in which that can be taken back.
pub async fn approve(browser: &Browser, filed: &Filed) {
    browser.visit(&desk(filed)).await;
    browser.press("Periksa P").await;
    browser.press("Setujui S").await;
    assert!(browser.text().await.contains("disetujui."), "{}", browser.text().await);
    browser.service.pass(UNDO).await;
}

/// Starts a run with the oldest case.
pub async fn print(browser: &Browser) {
    browser.visit("/petugas/cetak").await;
    browser.fill("Cetak berapa kartu, mulai dari yang paling lama?", "1").await;
    browser.press("Mulai cetak").await;
}

pub async fn deliver(browser: &Browser, blanks: &str) {
    browser.visit("/petugas/cetak").await;
    browser.fill("Jumlah blangko", blanks).await;
    browser.press("Catat blangko").await;
}

/// Finds a case at the counter.
pub async fn at_counter(browser: &Browser, filed: &Filed) {
    browser.visit("/petugas/loket").await;
    browser.fill("Ketik atau pindai nomor", &filed.number).await;
    browser.press("Cari").await;
}

/// Hands a card to its holder.
pub async fn hand_over(browser: &Browser, filed: &Filed, person: &Person) {
    at_counter(browser, filed).await;
    browser.choose(&format!("{}, pemilik kartu", person.name)).await;
    browser.choose("Identitas pengambil dicocokkan").await;
    browser.choose("KTP-el lama ditarik").await;
    browser.press("Serahkan kartu").await;
    assert!(browser.text().await.contains(&format!("Kartu {} diserahkan kepada", filed.number)), "{}", browser.text().await);
}

/// A form that was just refused, looked at closely on the way that is looked at.
async fn refused(browser: &Browser, name: &str, fields: u64) {
    if browser.manner.whole_way {
        browser.look_at_refusal(name, 422, fields).await;
    } else {
        assert_eq!(browser.status().await, 422, "{name}");
    }
}

/// From "Ya" to the hand-over, through a return that is mended.
async fn whole_case(manner: Manner, username: &str, hour: &str) {
    let browser = Browser::open_at(service::own().await, manner).await;
    let person = fresh_family().mother;
    let filed = apply(&browser, &person, hour).await;
    check_in_and_return(&browser, username, &filed).await;
    mend(&browser, &filed).await;

    if manner.scripts {
        browser.visit(&desk(&filed)).await;
        browser.press("Periksa P").await;
        browser.keys_act().await;
        browser.leave_by(async || browser.press_keys("s").await).await;
        assert!(browser.text().await.contains("disetujui."), "{}", browser.text().await);
        browser.service.pass(UNDO).await;
    } else {
        approve(&browser, &filed).await;
    }
    check(&browser, &filed, &["Disetujui, antre cetak", "Giliran kami"], &["Diperiksa dan disetujui", "SMS “disetujui”"]).await;
    browser.glance("kasus-disetujui").await;

    browser.visit("/petugas/cetak").await;
    browser.glance("cetak-tanpa-blangko").await;
    browser.press("Catat blangko").await;
    refused(&browser, "blangko-kosong", 1).await;
    deliver(&browser, "3").await;
    browser.glance("cetak").await;
    browser.press("Mulai cetak yang dicentang").await;
    refused(&browser, "cetak-kosong", 1).await;
    print(&browser).await;
    browser.glance("daftar-cetak").await;
    let (row, _) = heights(&browser).await;
    assert!(row <= 35.0, "a row of {row}");
    let run = browser.path().await;
    check(&browser, &filed, &["Sedang dicetak"], &["Sedang dicetak"]).await;
    browser.visit(&run).await;
    browser.press("Simpan hasil").await;
    refused(&browser, "daftar-cetak-kosong", 1).await;
    browser.choose("Baik").await;
    browser.press("Simpan hasil").await;
    browser.glance("daftar-cetak-selesai").await;
    check(&browser, &filed, &["Siap diambil", "Giliran Anda", "Bawa: KTP-el yang rusak"], &["SMS “siap diambil”"]).await;

    at_counter(&browser, &filed).await;
    browser.glance("loket").await;
    browser.press("Serahkan kartu").await;
    refused(&browser, "loket-kosong", 1).await;
    hand_over(&browser, &filed, &person).await;
    browser.glance("loket-diserahkan").await;
    check(
        &browser,
        &filed,
        &["Sudah diambil pada Jumat, 20 November 2026"],
        &["Diambil", "pemilik kartu", "SMS “sudah diambil”"],
    )
    .await;

    browser.visit("/akun/akses").await;
    let told = browser.text().await;
    for deed in [
        "Membuka permohonan",
        "Kecamatan Gambir",
        "Memeriksa dan meminta perbaikan",
        "Mulai mencetak kartu",
        "Menandai kartu siap diambil",
        "Menyerahkan kartu",
    ] {
        assert!(told.contains(deed), "{deed}: {told}");
    }
    browser.glance("akses").await;
    browser.visit("/petugas/loket/ditarik").await;
    assert!(browser.text().await.contains(&filed.number));
    browser.glance("kartu-ditarik").await;
    let heads = browser.service.verify_audit();
    assert!(heads.contains("31.71.01 "), "{heads}");
    // The blanks that are left go back, so that the next test begins with none.
    deliver(&browser, "-2").await;
    browser.close().await;
}

/// Puts another phone into an account: the code is read out at the counter.
async fn change_phone(browser: &Browser, person: &Person) {
    let other = format!("0899{}", &person.phone[4..]);
    browser.fill("Nomor ponsel baru", &other).await;
    browser.choose("Identitasnya sudah saya cocokkan").await;
    browser.press("Ganti nomor ponsel: kirim kode dulu").await;
    browser.look("akun-kode").await;
    browser.press("Ganti nomor ponsel").await;
    browser.look_at_refusal("akun-kode-kosong", 422, 1).await;
    browser.fill("Kode", &browser.service.code(&other, "").await).await;
    browser.press("Ganti nomor ponsel").await;
    assert!(browser.text().await.contains("Nomor ponsel diganti."), "{}", browser.text().await);
}

async fn check_in_and_return(browser: &Browser, username: &str, filed: &Filed) {
    come_in(browser, username).await;
    browser.glance("antrean").await;
    browser.fill("Cari nomor, NIK, atau nama", &filed.number).await;
    browser.press("Cari").await;
    browser.glance("pencarian").await;
    browser.press(&filed.number).await;
    browser.glance("kasus").await;
    browser.press("Periksa P").await;
    browser.glance("kasus-dipegang").await;
    if browser.manner.scripts {
        browser.press_and_stay("", "Putar R").await;
    } else {
        browser.press("Putar R").await;
    }
    browser.glance("kasus-diputar").await;
    if browser.manner.scripts {
        browser.press_and_stay("", "Perbesar +").await;
        let zoomed = browser.run("return document.querySelector('[data-zoom] img').className", vec![]).await;
        assert_eq!(zoomed, json!("turn-90 zoom-1"));
    }
    browser.press("Kembalikan K").await;
    browser.press("Kembalikan: lihat SMS dulu").await;
    refused(browser, "kembalikan-kosong", 1).await;
    browser.choose("Foto KTP-el yang rusak").await;
    browser.choose_next("Alasan untuk Foto KTP-el yang rusak").await;
    browser.fill("Pesan untuk pemohon", "Foto ulang di tempat terang.").await;
    browser.press("Kembalikan: lihat SMS dulu").await;
    browser.glance("kembalikan-sms").await;
    browser.press("Kembalikan dan kirim SMS").await;
    assert!(browser.text().await.contains("dikembalikan."), "{}", browser.text().await);
    let officer = ["Foto KTP-el yang rusak: tulisan tidak terbaca", "Foto ulang di tempat terang.", "SMS “perlu perbaikan”"];
    check(browser, filed, &["Perlu perbaikan", "Tulisan tidak terbaca", "antrean Anda tetap"], &officer).await;
}

async fn mend(browser: &Browser, filed: &Filed) {
    browser.be_wide(390).await;
    browser.visit(&filed.page).await;
    browser.glance("perlu-perbaikan").await;
    browser.press("Perbaiki dokumen").await;
    browser.glance("perbaiki").await;
    browser.press("Kirim perbaikan").await;
    refused(browser, "perbaiki-kurang", 1).await;
    browser.upload("Foto KTP-el yang rusak", &uploads::pdf()).await;
    browser.glance("perbaiki-terunggah").await;
    browser.press("Kirim perbaikan").await;
    browser.glance("diperbaiki").await;
    browser.be_wide(browser.manner.width).await;
    check(browser, filed, &["Menunggu pemeriksaan"], &["Diperbaiki dan diajukan lagi", "SMS “diterima”"]).await;
}

#[tokio::test]
async fn a_case_is_returned_mended_printed_and_handed_over() {
    let manner = Manner { width: 1280, whole_way: true, pictures: Some("meja"), ..Manner::default() };
    whole_case(manner, "melati.desk", "14.00–14.30").await;
}

#[tokio::test]
async fn the_same_without_scripts() {
    whole_case(Manner { scripts: false, width: 1280, ..Manner::default() }, "kenanga.desk", "14.30–15.00").await;
}

#[tokio::test]
async fn the_same_by_keyboard_alone() {
    whole_case(Manner { keyboard: true, width: 1280, ..Manner::default() }, "dahlia.desk", "15.00–15.30").await;
}

#[tokio::test]
async fn refused_cancelled_misprinted_and_without_blanks() {
    let manner = Manner { width: 1280, pictures: Some("meja-lain"), ..Manner::default() };
    let browser = Browser::open_at(service::own().await, manner).await;
    let family = fresh_family();
    let filed = apply(&browser, &family.mother, "09.00–09.30").await;
    come_in(&browser, "teratai.desk").await;
    browser.visit(&desk(&filed)).await;
    browser.press("Periksa P").await;
    browser.press("Tolak T").await;
    browser.choose("Foto KTP-el yang rusak").await;
    browser.choose_next("Alasan untuk Foto KTP-el yang rusak").await;
    browser.press("Tolak: lihat SMS dulu").await;
    browser.look_at_refusal("tolak-kosong", 422, 1).await;
    browser.fill("Pesan untuk pemohon", "Ajukan lagi dengan foto kartunya sendiri.").await;
    browser.press("Tolak: lihat SMS dulu").await;
    browser.press("Tolak dan kirim SMS").await;
    check(&browser, &filed, &["Ditolak", "Ajukan lagi dengan foto kartunya sendiri."], &["Ditolak", "SMS “ditolak”"]).await;
    browser.visit(&filed.page).await;
    browser.look("ditolak").await;

    let person = fresh_family().mother;
    let cancelled = apply(&browser, &person, "09.30–10.00").await;
    browser.visit(&cancelled.page).await;
    browser.press("Batalkan permohonan").await;
    browser.press("Batalkan permohonan").await;
    check(&browser, &cancelled, &["Dibatalkan"], &["Dibatalkan", "SMS “dibatalkan”"]).await;

    let person = fresh_family().mother;
    let misprinted = apply(&browser, &person, "10.00–10.30").await;
    approve(&browser, &misprinted).await;
    browser.visit("/petugas/cetak").await;
    browser.find(&format!("//main//input[@aria-label='Pilih {}']", misprinted.number)).await.click().await.unwrap();
    browser.press("Pindahkan yang dicentang ke “Menunggu blangko”").await;
    browser.look("blangko-tanya").await;
    browser.press("Ya").await;
    assert!(browser.text().await.contains("Blangko habis. 1 permohonan kini “Menunggu blangko”"), "{}", browser.text().await);
    browser.look("blangko-habis").await;
    check(&browser, &misprinted, &["Menunggu blangko", "kartu kosong di loket habis"], &["SMS “menunggu blangko”"]).await;
    deliver(&browser, "2").await;
    print(&browser).await;
    browser.press("Simpan, sisanya baik").await;
    at_counter(&browser, &misprinted).await;
    browser.find("//main//summary").await.click().await.unwrap();
    browser.press("Kembalikan ke antrean cetak").await;
    browser.look_at_refusal("salah-cetak-kosong", 422, 1).await;
    browser.choose_next("Yang tidak sesuai").await;
    browser.press("Kembalikan ke antrean cetak").await;
    browser.look("salah-cetak").await;
    check(&browser, &misprinted, &["Disetujui, antre cetak"], &["Kartu rusak: hasil cetak bergaris"]).await;
    print(&browser).await;
    browser.choose("Rusak").await;
    browser.press("Simpan hasil").await;
    browser.look_at_refusal("rusak-tanpa-alasan", 422, 1).await;
    browser.choose("Baik").await;
    browser.press("Simpan hasil").await;
    browser.visit("/petugas/jadwal/2026-11-25").await;
    browser.look("jadwal").await;
    hand_over(&browser, &misprinted, &person).await;
    browser.visit("/petugas/loket/akun").await;
    browser.look("akun-loket").await;
    browser.fill("NIK", &person.nik).await;
    browser.press("Cari").await;
    browser.look("akun-ditemukan").await;
    browser.press("Ganti nomor ponsel: kirim kode dulu").await;
    browser.look_at_refusal("akun-belum-dicek", 422, 2).await;
    change_phone(&browser, &person).await;
    browser.visit("/petugas/jadwal/2026-11-26").await;
    browser.find("//main//summary").await.click().await.unwrap();
    browser.press("Tutup hari: lihat akibatnya dulu").await;
    browser.look_at_refusal("tutup-kosong", 422, 1).await;
    browser.fill("Sebab", "rapat kelurahan").await;
    browser.press("Tutup hari: lihat akibatnya dulu").await;
    browser.look("tutup-tanya").await;
    browser.press("Tidak jadi").await;
    browser.close().await;
}
