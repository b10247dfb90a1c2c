//! Messages as people meet them: codes that prove a phone, an appointment for the calendar, and at the desk what did not
//! arrive. Registration with its code is part of every citizen's way.

use time::macros::datetime;

use crate::{
    browser::{Browser, Manner},
    desk::{apply, come_back, come_in, desk, open_history},
    kannel::Kannel,
    people::{PASSWORD, Person, fresh_family},
    service,
};

const NEW_PASSWORD: &str = "hujan sore di atap";

/// Types a code in, after none and a wrong one.
async fn type_code(browser: &Browser, name: &str, code: &str, button: &str) {
    browser.look(name).await;
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    for (typed, told) in [("", "Isi 6 angka dari SMS."), (&wrong, "Kode belum cocok.")] {
        browser.fill("Kode", typed).await;
        if button == "Ganti kata sandi" {
            browser.fill("Kata sandi baru", NEW_PASSWORD).await;
        }
        browser.press(button).await;
        browser.look_at_refusal(&format!("{name}-salah"), 422, 1).await;
        assert!(browser.text().await.contains(told), "{}", browser.text().await);
    }
    browser.fill("Kode", code).await;
    if button == "Ganti kata sandi" {
        browser.fill("Kata sandi baru", NEW_PASSWORD).await;
    }
    browser.press(button).await;
}

/// A password that was forgotten, and then a phone that is exchanged.
async fn forget_and_exchange(manner: Manner) {
    let browser = Browser::open(manner).await;
    let family = fresh_family();
    let person = family.mother;
    browser.join(&person).await;
    let first = browser.service.code(&person.phone, "").await;
    browser.press("Keluar").await;

    browser.visit("/masuk").await;
    browser.press("Lupa kata sandi?").await;
    browser.look("lupa").await;
    browser.press("Kirim kode").await;
    browser.look_at_refusal("lupa-kosong", 422, 1).await;
    browser.fill("NIK", &person.nik).await;
    browser.press("Kirim kode").await;
    let second = browser.service.code(&person.phone, &first).await;
    type_code(&browser, "sandi-baru", &second, "Ganti kata sandi").await;
    browser.look("sandi-diganti").await;
    assert!(browser.text().await.contains("Masuk dengan kata sandi yang baru."), "{}", browser.text().await);
    browser.service.sms(&person.phone, "Kata sandi akun Anda diganti").await;
    browser.fill("NIK", &person.nik).await;
    browser.fill("Kata sandi", PASSWORD).await;
    browser.press("Masuk").await;
    browser.look_at_refusal("sandi-lama", 422, 1).await;
    browser.fill("Kata sandi", NEW_PASSWORD).await;
    browser.press("Masuk").await;
    assert!(browser.has("//h1[normalize-space()='Pencetakan KTP-El']").await, "{}", browser.text().await);

    let Person { phone: other, .. } = family.daughter;
    browser.press("Akun").await;
    browser.press("Ganti nomor ponsel").await;
    browser.look("ponsel").await;
    browser.press("Kirim kode").await;
    browser.look_at_refusal("ponsel-kosong", 422, 2).await;
    browser.fill("Nomor ponsel", &other).await;
    browser.fill("Kata sandi sekarang", NEW_PASSWORD).await;
    browser.press("Kirim kode").await;
    let third = browser.service.code(&other, "").await;
    type_code(&browser, "ponsel-kode", &third, "Lanjut").await;
    browser.look("ponsel-diganti").await;
    let masked = format!("{}****{}", &other[..5], &other[9..]);
    assert!(browser.text().await.contains(&masked), "{masked}: {}", browser.text().await);
    browser.service.sms(&person.phone, "Nomor ponsel akun Anda diganti").await;
    browser.close().await;
}

#[tokio::test]
async fn a_forgotten_password_and_another_phone() {
    forget_and_exchange(Manner { pictures: Some("kode"), ..Manner::default() }).await;
}

#[tokio::test]
async fn the_same_without_scripts() {
    forget_and_exchange(Manner { scripts: false, ..Manner::default() }).await;
}

#[tokio::test]
async fn who_types_five_wrong_codes_asks_for_a_new_one() {
    let browser = Browser::open(Manner { pictures: Some("kode-habis"), ..Manner::default() }).await;
    let person = fresh_family().mother;
    browser.visit("/registrasi").await;
    browser.fill_registration(&person, PASSWORD).await;
    browser.press("Registrasi").await;
    let first = browser.service.code(&person.phone, "").await;
    let wrong = format!("{:06}", (first.parse::<u32>().unwrap() + 1) % 1_000_000);
    for _ in 0..5 {
        browser.fill("Kode", &wrong).await;
        browser.press("Lanjut").await;
    }
    browser.fill("Kode", &first).await;
    browser.press("Lanjut").await;
    browser.look_at_refusal("kode", 422, 1).await;
    browser.press("Kirim kode baru").await;
    browser.look("kode-baru").await;
    let second = browser.service.code(&person.phone, &first).await;
    browser.fill("Kode", &second).await;
    browser.press("Lanjut").await;
    browser.log_in(&person).await;
    browser.close().await;
}

#[tokio::test]
async fn what_did_not_arrive_is_telephoned_or_sent_again_and_the_hour_goes_into_a_calendar() {
    let service = service::own().await;
    let browser = Browser::open_at(service, Manner { width: 1280, pictures: Some("pesan"), ..Manner::default() }).await;
    let person = fresh_family().mother;
    let filed = apply(&browser, &person, "14.00–14.30").await;
    let calendar = String::from_utf8(browser.fetch(&format!("{}/jadwal.ics", filed.page)).await).unwrap();
    for line in ["BEGIN:VCALENDAR", "DTSTART:20261125T070000Z", "DTEND:20261125T073000Z", "END:VCALENDAR"] {
        assert!(calendar.lines().any(|found| found == line), "{line}: {calendar}");
    }
    browser.visit(&filed.page).await;
    let link = browser.find("//main//a[contains(@href, 'jadwal.ics')]").await;
    assert!(link.text().await.unwrap().contains("kalender"), "{}", link.text().await.unwrap());
    let key = come_in(&browser, "pesan.desk").await;
    browser.visit("/admin/pesan").await;
    browser.look("kosong").await;
    assert!(browser.text().await.contains("Tidak ada. Semua pesan sampai atau masih dicoba."));

    // A gateway with another password refuses us: two messages wait, of a place changed, and changed again.
    let kannel = Kannel::start().await;
    service.start_with(datetime!(2026-11-20 10:00 +7), Some(kannel.url().replace("rahasia", "salah"))).await;
    browser.visit("/masuk").await;
    browser.log_in(&person).await;
    for _ in 0..2 {
        browser.visit(&filed.page).await;
        browser.press("Ubah jadwal").await;
        browser.choose_next("Tanggal").await;
        browser.press("Tampilkan jam").await;
        browser.choose("15.00–15.30").await;
        browser.press("Kirim Permohonan Jadwal").await;
    }
    come_back(&browser, "pesan.desk", &key).await;
    let listed = format!("//main//tbody//tr[th//code[normalize-space()='{}']]", filed.number);
    browser.until_visiting("/admin/pesan", "//main//p[b='Gateway SMS menolak layanan ini.']").await;
    browser.look("gateway-menolak").await;
    // Hours later they are given up.
    service.sql("update messages set state = 'gagal', cause = 'gateway_menolak' where state = 'menunggu'");
    browser.until_visiting("/admin/pesan", &format!("({listed})[2]")).await;
    browser.look("perlu-ditelepon").await;
    assert!(browser.text().await.contains("gateway menolak layanan ini"), "{}", browser.text().await);
    browser.press_in("//tbody/tr[1]", "Sudah ditelepon").await;
    browser.look("ditelepon").await;
    assert!(browser.has(&listed).await && !browser.has(&format!("({listed})[2]")).await, "{}", browser.text().await);

    service.start_with(datetime!(2026-11-20 10:30 +7), Some(kannel.url())).await;
    come_back(&browser, "pesan.desk", &key).await;
    browser.visit(&desk(&filed)).await;
    open_history(&browser).await;
    // The newest, which nobody telephoned about.
    let newest = "//li[contains(., 'Kirim ulang') and not(following-sibling::li[contains(., 'Kirim ulang')])]";
    browser.press_in(newest, "Kirim ulang SMS “jadwal pindah”").await;
    kannel.until(1).await;
    browser.until_visiting(&desk(&filed), "//main//li[contains(., 'sampai di ponsel')]").await;
    open_history(&browser).await;
    browser.look("dikirim-ulang").await;
    browser.visit("/admin/pesan").await;
    assert!(browser.text().await.contains("Tidak ada. Semua pesan sampai atau masih dicoba."), "{}", browser.text().await);
    browser.close().await;
}
