//! What a line of the queue says at each step, and the words around the desk.

use alpukat::domain::{officer::Role, person::FullName, resident::CivilRecord, status::Status};
use time::{Duration, macros::datetime};

use super::{
    case::{desk, explain, sent},
    printing::{approved, enter_blanks, printer},
};
use crate::support::{
    app::{App, COUNTER},
    cases::Wish,
    people::{grown_up, relative_of},
};

#[tokio::test]
async fn each_step_says_since_how_long_and_what_counts_there() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let (person, waiting) = sent(&app).await;
    let returned = app.case(&Wish::of(&app, &grown_up())).await;
    app.walk(&returned, officer.id, &[Status::PerluPerbaikan]).await;
    let ready = app.booked(&Wish { starts_at: datetime!(2026-11-25 13:30 +7), ..Wish::of(&app, &grown_up()) }).await;
    app.walk(&ready, officer.id, &[Status::Disetujui, Status::Dicetak, Status::SiapDiambil]).await;
    app.clock().advance(Duration::minutes(3));

    let page = browser.get("/petugas").await;
    assert_eq!(page.text("thead"), "Umur (janji 1 hari kerja) Nomor Nama dan catatan NIK Keterangan Diajukan (WIB)");
    assert!(page.text("tbody").contains(&person.nik.masked_grouped()) && page.text("tbody").contains("Jum, 20/11 09.00"));
    let body = page.body();
    let at = |text: &str| body.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(at("Buka yang paling lama") < at("<table") && at("Pintasan:") < at("<table"), "above the list");
    for (step, head, moment) in [
        ("perlu_perbaikan", "Lamanya Nomor Nama dan catatan NIK Keterangan Diperbaiki sampai", "Jum, 27/11"),
        ("siap_diambil", "Lamanya Nomor Nama dan catatan NIK Keterangan Pengambilan (WIB)", "Rab, 25/11 13.30"),
    ] {
        let page = browser.get(&format!("/petugas?langkah={step}")).await;
        assert_eq!((page.text("thead").as_str(), page.text("tbody td:last-child").as_str()), (head, moment));
        assert_eq!(page.text("tbody .tag"), if step == "perlu_perbaikan" { "4 menit" } else { "3 menit" });
    }

    // Who holds what has a column while somebody holds something.
    browser.post(&format!("{}/pemeriksaan", desk(&waiting)), &[]).await.location();
    let page = browser.get("/petugas").await;
    assert!(page.text("thead").ends_with("Sedang dibuka") && page.text("tbody td:last-child").contains(&officer.name));
}

#[tokio::test]
async fn the_same_file_and_the_same_phone_are_noted_in_the_line() {
    let app = App::new().await;
    let (one, other) = (grown_up(), grown_up());
    for person in [&one, &other] {
        let mut citizen = app.citizen(person).await;
        citizen.apply(person).await;
    }
    let mut browser = app.petugas().await;
    let page = browser.get("/petugas").await;
    assert_eq!(page.text("tbody small"), "Berkas sama dengan KK lain Berkas sama dengan KK lain");
    // The family of one of them has no other family's file.
    let relative = CivilRecord { name: FullName::parse("Satu Keluarga").unwrap(), ..relative_of(&one) };
    for person in [&relative, &grown_up(), &grown_up()] {
        app.case(&Wish::of(&app, person)).await;
    }
    let page = browser.get("/petugas").await;
    assert_eq!(page.text("tbody small").matches("Ponsel di 4 KK").count(), 5, "{}", page.text("tbody"));
    assert_eq!(page.text("tbody small").matches("Berkas sama").count(), 2);
    let found = browser.search("/petugas", &[("cari", "Satu Keluarga")]).await;
    assert_eq!(found.text("tbody small"), "Ponsel di 4 KK");
}

#[tokio::test]
async fn the_header_names_the_post_of_whoever_looks() {
    let app = App::new().await;
    for (role, counter, post) in [
        (Role::Petugas, Some(COUNTER), "Alpukat Loket Kelurahan Petojo Selatan"),
        (Role::Penyelia, Some("31.71.01"), "Alpukat Penyelia Kecamatan Gambir"),
        (Role::Admin, None, "Alpukat Dinas"),
    ] {
        let officer = app.officer(role, counter).await;
        assert_eq!(app.desk(&officer).await.get("/petugas").await.text(".brand"), post);
    }
}

#[tokio::test]
async fn whoever_decided_the_last_one_they_may_is_told_that_others_wait() {
    let app = App::new().await;
    let (_, first) = sent(&app).await;
    let (_, held) = sent(&app).await;
    let (mut browser, mut colleague) = (app.petugas().await, app.petugas().await);
    colleague.post(&format!("{}/pemeriksaan", desk(&held)), &[]).await.location();
    browser.post(&format!("{}/pemeriksaan", desk(&first)), &[]).await.location();
    let done = browser.post(&format!("{}/persetujuan", desk(&first)), &[]).await;
    let told = browser.follow(&done).await.text("[role=status]");
    assert!(told.contains("Tidak ada lagi yang dapat Anda periksa."), "{told}");
    let done = colleague.post(&format!("{}/persetujuan", desk(&held)), &[]).await;
    let told = colleague.follow(&done).await.text("[role=status]");
    assert!(told.contains("Tidak ada lagi yang menunggu pemeriksaan."), "{told}");
}

#[tokio::test]
async fn the_field_for_own_words_says_where_they_are_read() {
    let app = App::new().await;
    let (_, case) = sent(&app).await;
    let mut browser = app.petugas().await;
    browser.post(&format!("{}/pemeriksaan", desk(&case)), &[]).await.location();
    for form in ["kembali", "tolak"] {
        let page = browser.get(&format!("{}?buka={form}", desk(&case))).await;
        assert_eq!(page.text("#kata-petunjuk"), "Tampil di akun pemohon, tidak di SMS.");
        assert_eq!(page.attributes("#kata", "aria-describedby"), ["kata-petunjuk"]);
    }
    // And so it is.
    let fields = [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "fotokopi"), ("kata", "Foto di tempat terang.")];
    explain(&mut browser, &format!("{}/pengembalian", desk(&case)), &fields).await.location();
    assert!(!app.told(&case).await.concat().contains("tempat terang"));
}

#[tokio::test]
async fn whoever_is_late_reads_what_the_other_did() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let cases = approved(&app, &officer, 1).await;
    enter_blanks(&mut browser, "5").await.location();
    let page = browser.get("/petugas/cetak").await;
    let run = page.attributes("input[name=rangkaian]", "value").remove(0);
    app.walk(&cases[0], officer.id, &[Status::Dicetak]).await;
    let late = browser.post("/petugas/cetak", &[("rangkaian", &run), ("pilih", &cases[0].id.to_string())]).await;
    let told = late.text("[role=alert]");
    assert!(late.status == 409 && told.contains(&format!("{} sudah memulai cetak pada", officer.name)), "{told}");
    app.walk(&cases[0], officer.id, &[Status::SiapDiambil, Status::Selesai]).await;
    let late = app.petugas().await.post(&format!("{}/salah-cetak", desk(&cases[0])), &[("salah", "bergaris")]).await;
    let told = late.text("[role=alert]");
    assert!(late.status == 409 && told.contains(&format!("{} sudah menyerahkan kartu ini pada", officer.name)), "{told}");
}

#[tokio::test]
async fn a_thousand_is_typed_with_or_without_its_dot_and_none_are_left_is_said_so() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    approved(&app, &officer, 2).await;
    assert!(browser.get("/petugas/cetak").await.text("main").contains("Blangko habis."));
    for (typed, told) in [("1.000", "1000 blangko dicatat masuk."), ("-1.000", "1000 blangko dicatat keluar.")] {
        let done = enter_blanks(&mut browser, typed).await;
        assert!(browser.follow(&done).await.text("[role=status]").contains(told), "{typed}");
    }
    for wrong in ["1.5", "1,000", "seribu"] {
        assert_eq!(enter_blanks(&mut browser, wrong).await.status, 422, "{wrong}");
    }
    assert_eq!(app.count("select balance::bigint from blanks order by number desc limit 1").await, 0);
}
