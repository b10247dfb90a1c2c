//! When and where a card is fetched, on every page and in every state of a case: it is told and offered for a calendar where
//! it stands, and nowhere else.

use alpukat::domain::{officer::Role, status::Status};
use scraper::Selector;

use crate::{
    receipt::text,
    support::{
        app::{App, COUNTER},
        browser::{Browser, Page},
        cases::{Case, Wish},
        people::grown_up,
    },
};

const WHEN: &str = "Rabu, 25 November 2026, 09.30–10.00";
const STALE: &str = "Pernah menyimpan jadwalnya ke kalender ponsel? Hapus dari sana: jadwal itu tidak berlaku lagi.";

/// Every status of a sent case, and the officers' and the clock's steps to it.
const WAYS: [(Status, &[Status]); 11] = [
    (Status::Diajukan, &[]),
    (Status::PerluPerbaikan, &[Status::PerluPerbaikan]),
    (Status::Disetujui, &[Status::Disetujui]),
    (Status::MenungguBlangko, &[Status::Disetujui, Status::MenungguBlangko]),
    (Status::Dicetak, &[Status::Disetujui, Status::Dicetak]),
    (Status::SiapDiambil, &[Status::Disetujui, Status::Dicetak, Status::SiapDiambil]),
    (Status::TidakDiambil, &[Status::Disetujui, Status::Dicetak, Status::SiapDiambil, Status::TidakDiambil]),
    (Status::Selesai, &[Status::Disetujui, Status::Dicetak, Status::SiapDiambil, Status::Selesai]),
    (Status::Ditolak, &[Status::Ditolak]),
    (Status::Dibatalkan, &[]),
    (Status::Kedaluwarsa, &[Status::PerluPerbaikan, Status::Kedaluwarsa]),
];

/// A case in this status, and its citizen.
async fn brought_to(app: &App, status: Status, steps: &[Status]) -> (Case, Browser, String) {
    let case = app.booked(&Wish::of(app, &grown_up())).await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    app.walk(&case, officer.id, steps).await;
    let mut browser = app.log_in_as(&case).await;
    let page = format!("/pencetakan-ktp-el/{}", case.id);
    if status == Status::Dibatalkan {
        browser.post(&format!("{page}/pembatalan"), &[]).await.location();
    }
    assert_eq!(app.status(&case).await, status.code());
    (case, browser, page)
}

fn says(told: &str, words: &str) -> bool {
    told.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
}

#[tokio::test]
async fn an_appointment_is_told_and_saved_only_where_it_stands() {
    for (status, steps) in WAYS {
        let app = App::new().await;
        let (case, mut browser, page) = brought_to(&app, status, steps).await;
        let stands = status.is_open() && status != Status::TidakDiambil;
        let shown = browser.get(&page).await;
        let receipt = browser.get(&format!("{page}/keterangan-cetak")).await;
        let pdf = browser.get(&format!("{page}/keterangan-cetak.pdf")).await;
        let pdf = text("pdftotext", &["-layout", "-", "-"], &pdf.bytes);
        let calendar = browser.get(&format!("{page}/jadwal.ics")).await;
        let mut stranger = app.browser();
        let asked = stranger.post("/cek-status", &[("nomor", &case.number.to_string()), ("lahir", "05-08-1990")]).await;
        let tracked = stranger.follow(&asked).await;

        for (what, told) in [("page", shown.text("main")), ("receipt", receipt.text("article")), ("PDF", pdf.clone())] {
            assert_eq!(says(&told, WHEN), stands, "{status:?}, {what}: {told}");
        }
        // Who tracks a card that lies ready reads the hour in the sentence, and before that in the time line.
        assert_eq!(says(&tracked.text("section"), WHEN), stands, "{status:?}: {}", tracked.text("section"));
        for (what, shown) in [("page", &shown), ("receipt", &receipt)] {
            let links = shown.attributes("main a[href$='.ics']", "href").len();
            assert_eq!(links, usize::from(stands), "{status:?}: the {what}'s links to the calendar file");
        }
        if stands {
            assert_eq!((calendar.status, calendar.header("content-type")), (200, "text/calendar; charset=utf-8"));
        } else {
            assert_eq!(calendar.location(), page, "{status:?}: an old link leads to what can be done");
        }
        for (what, told) in [("receipt", receipt.text("article")), ("PDF", pdf)] {
            assert_eq!(says(&told, &format!("{}. ", status.label())), !stands, "{status:?}, {what}: {told}");
            assert_eq!(says(&told, "Yang dibawa"), status.is_open(), "{status:?}, {what}: {told}");
            assert_eq!(says(&told, "Yang boleh mengambil"), status.is_open(), "{status:?}, {what}: {told}");
        }
        let stale = matches!(status, Status::Ditolak | Status::Dibatalkan | Status::Kedaluwarsa);
        assert_eq!(shown.text("main").contains(STALE), stale, "{status:?}");
        check(&app, &case, status).await;
    }
}

/// The page behind the receipt's QR tells an ended case from one under way.
async fn check(app: &App, case: &Case, status: Status) {
    let code: uuid::Uuid = sqlx::query_scalar("select check_code from applications where id = $1")
        .bind(case.id.uuid())
        .fetch_one(&mut app.owner().await)
        .await
        .unwrap();
    let checked = app.browser().get(&format!("/periksa/{}", code.simple())).await.text("main");
    assert!(checked.contains(&format!("Status: {}", status.label())), "{checked}");
    assert_eq!(checked.contains("Permohonan ini sudah berakhir."), !status.is_open(), "{checked}");
}

#[tokio::test]
async fn a_returned_case_that_gave_its_place_up_shows_no_appointment() {
    let app = App::new().await;
    let (case, mut browser, page) = brought_to(&app, Status::PerluPerbaikan, &[Status::PerluPerbaikan]).await;
    sqlx::query("delete from places where application_id = $1")
        .bind(case.id.uuid())
        .execute(&mut app.owner().await)
        .await
        .unwrap();
    let shown = browser.get(&page).await;
    let receipt = browser.get(&format!("{page}/keterangan-cetak")).await.text("article");
    assert!(!shown.text("main").contains(WHEN) && shown.text("main").contains(STALE), "{}", shown.text("main"));
    assert!(receipt.contains("Perlu perbaikan. Jadwal lama sudah dilepas; pilih jadwal baru."), "{receipt}");
    assert!(receipt.contains("Yang dibawa") && !receipt.contains(WHEN), "{receipt}");
    assert_eq!(browser.get(&format!("{page}/jadwal.ics")).await.location(), page);
}

#[tokio::test]
async fn place_and_hour_of_a_card_that_is_ready_stand_once_in_what_to_do() {
    let app = App::new().await;
    let ready = [Status::Disetujui, Status::Dicetak, Status::SiapDiambil];
    let (_, mut browser, page) = brought_to(&app, Status::SiapDiambil, &ready).await;
    let told = browser.get(&page).await.text("main .note");
    assert_eq!(told.matches("25 November 2026").count(), 1, "{told}");
    assert_eq!(told.matches("Kelurahan Petojo Selatan").count(), 1, "{told}");
}

/// A line of a calendar file.
fn line<'a>(file: &'a str, name: &str) -> &'a str {
    file.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {file}"))
}

#[tokio::test]
async fn each_move_gives_the_same_event_a_higher_number_also_within_a_minute() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let page = browser.apply(&person).await;
    let mut files = vec![browser.get(&format!("{page}/jadwal.ics")).await.body()];
    // The clock stands still.
    for slot in ["2026-11-26T09:30:00+07:00", "2026-11-25T10:30:00+07:00", "2026-11-26T09:30:00+07:00"] {
        browser.choose(&page, slot).await.location();
        files.push(browser.get(&format!("{page}/jadwal.ics")).await.body());
    }
    let numbers: Vec<u32> = files.iter().map(|file| line(file, "SEQUENCE:").parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|earlier, later| earlier < later), "{numbers:?}");
    assert!(files.iter().all(|file| line(file, "UID:") == line(&files[0], "UID:")));
    // Choosing the same half hour is no move.
    browser.choose(&page, "2026-11-26T09:30:00+07:00").await.location();
    assert_eq!(browser.get(&format!("{page}/jadwal.ics")).await.body(), files[3]);
}

/// The lines of a time line: over (✓), current (→) or to come.
fn steps(page: &Page) -> Vec<String> {
    let html = page.html();
    let lines = Selector::parse(".steps li").unwrap();
    let bold = Selector::parse("b").unwrap();
    let mark = |line: scraper::ElementRef| match (line.attr("class"), line.attr("aria-current")) {
        (Some("done"), None) => "✓",
        (None, Some("step")) => "→",
        (Some("next"), None) => "",
        other => panic!("{other:?}"),
    };
    let label = |line: scraper::ElementRef| line.select(&bold).next().unwrap().text().collect::<String>();
    html.select(&lines).map(|line| format!("{}{}", mark(line), label(line))).collect()
}

#[tokio::test]
async fn the_time_line_marks_what_is_over_and_where_the_case_stands() {
    let expected: [&[&str]; 11] = [
        &["✓Diajukan", "→Menunggu pemeriksaan", "Dicetak", "Siap diambil", "Sudah diambil"],
        &[
            "✓Diajukan",
            "✓Diperiksa: perlu perbaikan",
            "→Menunggu perbaikan",
            "Diperiksa",
            "Dicetak",
            "Siap diambil",
            "Sudah diambil",
        ],
        &["✓Diajukan", "✓Diperiksa dan disetujui", "→Antre cetak", "Siap diambil", "Sudah diambil"],
        &["✓Diajukan", "✓Diperiksa dan disetujui", "→Menunggu blangko", "Dicetak", "Siap diambil", "Sudah diambil"],
        &["✓Diajukan", "✓Diperiksa dan disetujui", "→Sedang dicetak", "Siap diambil", "Sudah diambil"],
        &["✓Diajukan", "✓Diperiksa dan disetujui", "✓Sedang dicetak", "→Siap diambil", "Sudah diambil"],
        &["✓Diajukan", "✓Diperiksa dan disetujui", "✓Sedang dicetak", "✓Siap diambil", "→Belum diambil", "Sudah diambil"],
        &["✓Diajukan", "✓Diperiksa dan disetujui", "✓Sedang dicetak", "✓Siap diambil", "✓Sudah diambil"],
        &["✓Diajukan", "→Ditolak"],
        &["✓Diajukan", "→Dibatalkan"],
        &["✓Diajukan", "✓Diperiksa: perlu perbaikan", "→Kedaluwarsa"],
    ];
    for ((status, way), expected) in WAYS.into_iter().zip(expected) {
        let app = App::new().await;
        let (case, mut browser, page) = brought_to(&app, status, way).await;
        assert_eq!(steps(&browser.get(&page).await), expected, "{status:?}");
        let mut stranger = app.browser();
        let asked = stranger.post("/cek-status", &[("nomor", &case.number.to_string()), ("lahir", "05-08-1990")]).await;
        let tracked = stranger.follow(&asked).await;
        assert_eq!(steps(&tracked), expected, "{status:?}");
    }
}

#[tokio::test]
async fn a_misprinted_card_is_not_told_as_checked_twice() {
    let app = App::new().await;
    let way = [Status::Disetujui, Status::Dicetak, Status::Disetujui];
    let (_, mut browser, page) = brought_to(&app, Status::Disetujui, &way).await;
    let told = steps(&browser.get(&page).await);
    assert_eq!(told[3..5], ["✓Kembali ke antrean cetak", "→Antre cetak"], "{told:?}");
    let told = browser.get("/akun/akses").await.text("tbody");
    for deed in ["Memeriksa dan menyetujui", "Mulai mencetak kartu", "Mengembalikan kartu ke antrean cetak"] {
        assert!(told.contains(deed), "{deed}: {told}");
    }
}

#[tokio::test]
async fn what_officers_did_is_told_as_deeds() {
    let app = App::new().await;
    let collected = [Status::Disetujui, Status::MenungguBlangko, Status::Dicetak, Status::SiapDiambil, Status::Selesai];
    for (status, way, deeds) in [
        (
            Status::Selesai,
            &collected[..],
            &["Menandai menunggu blangko", "Mulai mencetak kartu", "Menandai kartu siap diambil", "Menyerahkan kartu"][..],
        ),
        (Status::PerluPerbaikan, &[Status::PerluPerbaikan], &["Memeriksa dan meminta perbaikan"]),
        (Status::Ditolak, &[Status::Ditolak], &["Memeriksa dan menolak"]),
    ] {
        let (_, mut browser, _) = brought_to(&app, status, way).await;
        let told = browser.get("/akun/akses").await.text("tbody");
        for deed in deeds {
            assert!(told.contains(deed), "{deed}: {told}");
        }
        for label in ["Sedang dicetak", "Siap diambil", "Sudah diambil", "Ditolak"] {
            assert!(!told.contains(label), "{label} is a status, not a deed: {told}");
        }
    }
}

#[tokio::test]
async fn the_next_person_at_a_shared_counter_sees_no_number_or_birth_date() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    let mut stranger = app.browser();
    let asked = stranger.post("/cek-status", &[("nomor", &case.number.to_string()), ("lahir", "05-08-1990")]).await;
    let found = stranger.follow(&asked).await;
    assert_eq!(found.status, 200);
    assert!(found.attributes("main input", "value").is_empty(), "the form is gone");
    assert!(!found.body().contains("05-08-1990"));
    assert_eq!(found.attributes("main a[href='/cek-status']", "href").len(), 1, "and one press leads to an empty one");
    let empty = app.browser().get("/cek-status").await;
    assert_eq!(empty.attributes("main input", "value"), ["", ""]);
}
