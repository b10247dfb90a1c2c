//! The counter's search: by NIK, and by words of a name among the cards that are ready there.

use alpukat::domain::{person::FullName, status::Status};
use time::Duration;

use super::printing::printer;
use crate::support::{
    app::App,
    cases::{Case, Wish},
    desk::TestOfficer,
    people::grown_up,
};

const READY: [Status; 3] = [Status::Disetujui, Status::Dicetak, Status::SiapDiambil];

/// A case about somebody of this name.
async fn named(app: &App, officer: &TestOfficer, name: &str, steps: &[Status]) -> Case {
    let person = alpukat::domain::resident::CivilRecord { name: FullName::parse(name).unwrap(), ..grown_up() };
    let case = app.case(&Wish::of(app, &person)).await;
    app.walk(&case, officer.id, steps).await;
    case
}

#[tokio::test]
async fn a_card_is_found_by_nik_or_name_and_neither_stands_in_an_address() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let fetched = [&READY[..], &[Status::Selesai]].concat();
    let missed = [&READY[..], &[Status::TidakDiambil]].concat();
    let siti = named(&app, &officer, "Siti Contoh Melati", &READY).await;
    app.clock().advance(Duration::seconds(1));
    let sitorus = named(&app, &officer, "Sitorus Contoh", &missed).await;
    let waiting = named(&app, &officer, "Siti Contoh Belum", &[]).await;
    named(&app, &officer, "Siti Contoh Sudah", &fetched).await;

    let at = |case: &Case| format!("/petugas/loket?nomor={}", case.number);
    for (typed, case) in [
        ("melati siti", &siti),
        ("SITORUS", &sitorus),
        (siti.person.nik.as_str(), &siti),
        (&siti.person.nik.grouped(), &siti),
        // Not ready; its page says so.
        (waiting.person.nik.as_str(), &waiting),
    ] {
        assert_eq!(browser.post("/petugas/loket", &[("nomor", typed)]).await.location(), at(case), "{typed}");
    }
    assert_eq!(app.count("select count(*) from events where deed = 'cari' and sealed is not null").await, 5, "written down");
    for (typed, sentence) in [
        ("belum", "Tidak ada kartu yang siap diambil atas nama itu di loket ini."),
        ("sudah", "Tidak ada kartu yang siap diambil atas nama itu di loket ini."),
        ("3171014508900002", "Tidak ada permohonan untuk NIK itu di loket ini."),
        ("31710145089000", "NIK"),
        ("", "Tulis nomor permohonan, NIK, atau nama."),
    ] {
        let page = browser.post("/petugas/loket", &[("nomor", typed)]).await;
        assert_eq!(page.status, 422, "{typed}");
        assert!(page.text(".error").contains(sentence), "{typed}: {}", page.text(".error"));
        assert_eq!(page.attributes("#nomor", "value"), [typed], "what was typed stays");
    }

    let several = browser.post("/petugas/loket", &[("nomor", "sit")]).await.location();
    let (path, address) = several.split_once("?hasil=").unwrap();
    assert!(path == "/petugas/loket" && address.parse::<uuid::Uuid>().is_ok(), "{several}");
    for _ in 0..2 {
        let page = browser.get(&several).await;
        assert_eq!(page.text("tbody th code"), format!("{} {}", sitorus.number, siti.number), "{}", page.text("main"));
        assert_eq!(page.attributes("tbody a", "href"), [at(&sitorus), at(&siti)]);
        assert_eq!(page.attributes("#nomor", "value"), ["sit"]);
    }
    let stored: Vec<u8> =
        sqlx::query_scalar("select string_agg(data, '') from sessions").fetch_one(&mut app.owner().await).await.unwrap();
    assert!(!String::from_utf8_lossy(&stored).contains("sit"), "a session names nobody");
    // Of somebody else's session, or later, it is over.
    let (_, mut other) = printer(&app).await;
    assert!(other.get(&several).await.text("main").contains("Hasil pencarian ini sudah ditutup."));
    app.clock().advance(Duration::minutes(14));
    assert!(browser.get(&several).await.text("main").contains("2 kartu ditemukan"));
    app.clock().advance(Duration::minutes(2));
    let page = browser.get(&several).await;
    assert!(page.text("main").contains("Hasil pencarian ini sudah ditutup. Tulis lagi yang Anda cari."), "{}", page.text("main"));
    assert_eq!(page.attributes("#nomor", "value"), [""]);
}

#[tokio::test]
async fn a_ready_case_leads_to_the_hand_over_for_whoever_serves_there() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let ready = named(&app, &officer, "Contoh Siap", &READY).await;
    let missed = named(&app, &officer, "Contoh Lewat", &[&READY[..], &[Status::TidakDiambil]].concat()).await;
    let printing = named(&app, &officer, "Contoh Cetak", &READY[..2]).await;
    let page = |case: &Case| format!("/petugas/permohonan/{}", case.id);
    let watcher = app.officer(alpukat::domain::officer::Role::Penyelia, Some("31.71.01")).await;
    let mut watcher = app.desk(&watcher).await;
    for case in [&ready, &missed] {
        let address = format!("/petugas/loket?nomor={}", case.number);
        assert_eq!(browser.get(&page(case)).await.attributes("main a.button", "href").concat(), address);
        assert!(browser.get(&address).await.text("main").contains("Serahkan kartu"));
        assert!(!watcher.get(&page(case)).await.text("main").contains("Serahkan"), "who only watches hands nothing over");
    }
    assert!(!browser.get(&page(&printing)).await.text("main").contains("Serahkan"));
}
