//! The day sheet, and closing a day.

use alpukat::domain::status::Status;
use time::{Duration, OffsetDateTime, macros::datetime};

use super::printing::printer;
use crate::support::{
    app::{App, SLOT},
    cases::{Case, Wish},
    people::grown_up,
};

/// Bookings of Wednesday 25 November, three in each half hour from 7.30.
async fn booked(app: &App, count: i64) -> Vec<Case> {
    let mut cases = Vec::new();
    for n in 0..count {
        let slot = n / 3;
        // 7.30 to 12.00, then 13.00 to 16.00.
        let minutes = if slot < 9 { slot * 30 } else { 330 + (slot - 9) * 30 };
        let starts_at: OffsetDateTime = datetime!(2026-11-25 07:30 +7) + Duration::minutes(minutes);
        cases.push(app.booked(&Wish { starts_at, ..Wish::of(app, &grown_up()) }).await);
    }
    cases
}

#[tokio::test]
async fn the_sheet_shows_who_comes_when_and_who_did_not() {
    let app = App::new().await;
    let (officer, mut browser) = printer(&app).await;
    let cases = booked(&app, 4).await;
    let done = [Status::Disetujui, Status::Dicetak, Status::SiapDiambil];
    for case in &cases[..3] {
        app.walk(case, officer.id, &done).await;
    }
    app.clock().set(datetime!(2026-11-25 08:10 +7));
    app.walk(&cases[0], officer.id, &[Status::Selesai]).await;
    let (_, mut today) = printer(&app).await;
    assert_eq!(today.get("/petugas/jadwal").await.location(), "/petugas/jadwal/2026-11-25");
    let page = today.get("/petugas/jadwal/2026-11-25").await;
    assert!(
        page.text("main").contains("Kelurahan Petojo Selatan. 4 orang: 1 sudah diambil, 1 ditunggu, 2 belum datang."),
        "{}",
        page.text("main")
    );
    assert!(page.text(".note.act h2").contains("2 orang belum datang"));
    assert!(page.text("tbody").contains("07.30–08.00") && page.text("tbody").contains("3 dari 3 tempat"));
    assert_eq!(page.attributes("td.print .box", "class").len(), 4, "ticks for paper");
    assert!(!page.body().contains(cases[0].person.nik.as_str()), "paper shows no NIK");
    for nonsense in ["x", "2026-02-30", "2026-11-25x", "20261125", "9999-12-31", "-2026-11-25"] {
        assert_eq!(today.get(&format!("/petugas/jadwal/{nonsense}")).await.status, 404, "{nonsense}");
    }
    // The session of Friday has ended.
    assert_eq!(browser.get("/petugas/jadwal").await.location(), "/petugas/masuk?ke=/petugas/jadwal");
    // A Saturday leads on to Monday.
    app.clock().set(datetime!(2026-11-28 09:00 +7));
    let (_, mut later) = printer(&app).await;
    assert_eq!(later.get("/petugas/jadwal").await.location(), "/petugas/jadwal/2026-11-30");
    assert!(later.get("/petugas/jadwal/2026-11-30").await.text("main").contains("Belum ada pengambilan pada hari ini."));
}

#[tokio::test]
async fn closing_a_day_moves_its_sixty_bookings_in_one_act() {
    let app = App::new().await;
    // Nine half hours before and six after lunch hold 45; five seats each make room for 60.
    sqlx::query("update counters set places = 5 where code = '31.71.01.1004'").execute(&mut app.owner().await).await.unwrap();
    let mut cases = Vec::new();
    for n in 0..60 {
        let slot = n / 5;
        let minutes = if slot < 9 { slot * 30 } else { 330 + (slot - 9) * 30 };
        let starts_at: OffsetDateTime = datetime!(2026-11-25 07:30 +7) + Duration::minutes(minutes);
        cases.push(app.booked(&Wish { starts_at, ..Wish::of(&app, &grown_up()) }).await);
    }
    // The day after is half full already.
    for n in 0..40 {
        let starts_at: OffsetDateTime = datetime!(2026-11-26 07:30 +7) + Duration::minutes(30 * (n / 5));
        app.booked(&Wish { starts_at, ..Wish::of(&app, &grown_up()) }).await;
    }
    let holder = grown_up();
    let mut citizen = app.citizen(&holder).await;
    let draft = citizen.begin(&holder).await;
    citizen.fill(&draft).await;
    citizen.choose(&draft, "2026-11-25T15:30:00+07:00").await.location();

    let (_, mut browser) = printer(&app).await;
    let address = "/petugas/jadwal/2026-11-25/penutupan";
    let empty = browser.post(address, &[("sebab", " ")]).await;
    assert_eq!(empty.status, 422);
    let asked = browser.search(address, &[("sebab", "listrik padam")]).await;
    assert_eq!(asked.status, 200);
    assert!(asked.text("[role=status]").contains("60 janji dipindah"), "{}", asked.text("[role=status]"));
    assert!(asked.text("[role=status]").contains("DUKCAPIL DKI: Jadwal ambil KTP-el"));
    assert_eq!(app.count("select count(*) from counter_exceptions").await, 0, "asking does nothing");
    let other = browser.post(address, &[("sebab", "listrik padam"), ("jumlah", "59")]).await;
    assert_eq!(other.status, 409);
    for moved in ["60 janji dipindah", "Loket sudah ditutup pada hari itu, dengan sebab: listrik padam."] {
        let done = browser.post(address, &[("sebab", "listrik padam"), ("jumlah", "60")]).await;
        assert_eq!(done.location(), "/petugas/jadwal/2026-11-25");
        assert!(browser.follow(&done).await.text("[role=status]").contains(moved));
    }
    assert_eq!(app.count("select count(*) from messages where kind = 'dipindah'").await, 60);
    assert_eq!(app.count("select count(distinct application_id) from messages where kind = 'dipindah'").await, 60);
    assert_eq!(app.count("select count(*) from events where deed = 'ubah_jadwal'").await, 60);
    assert_eq!(app.count("select count(*) from events where deed = 'tutup_hari'").await, 1);
    assert_eq!(app.count("select count(*) from places").await, 100, "the draft's hold is gone, all others have a place");
    assert_eq!(app.count("select count(*) from places where starts_at < '2026-11-26T00:00+07'").await, 0);
    let fullest = "select max(seats) from (select count(*) as seats from places group by starts_at) as slot";
    assert_eq!(app.count(fullest).await, 5, "no slot above its places");
    // Who came first still comes first.
    let order: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select p.application_id from places p join messages m on m.application_id = p.application_id order by p.starts_at, p.seat",
    )
    .fetch_all(&mut app.owner().await)
    .await
    .unwrap();
    let expected: Vec<uuid::Uuid> = cases.iter().map(|case| case.id.uuid()).collect();
    assert_eq!(order.len(), 60);
    let early: std::collections::HashSet<_> = order[..5].iter().collect();
    assert!(expected[..5].iter().all(|id| early.contains(id)), "the first half hour moves first");
    // Nobody is offered the day any more, also not the one who held a place.
    let page = citizen.yes(&draft).await;
    assert_eq!(page.status, 409, "{}", page.text("main"));
    let page = citizen.get(&format!("{draft}/jadwal?tanggal=2026-11-25")).await;
    assert!(page.text("main").contains("listrik padam"), "{}", page.text("main"));
}

#[tokio::test]
async fn who_books_while_a_day_is_closed_is_moved_or_refused() {
    let app = App::new().await;
    booked(&app, 6).await;
    let mut citizens = Vec::new();
    for _ in 0..6 {
        let person = grown_up();
        let mut citizen = app.citizen(&person).await;
        let draft = citizen.begin(&person).await;
        citizen.fill(&draft).await;
        citizen.choose(&draft, SLOT).await;
        citizens.push((citizen, draft));
    }
    let (_, mut browser) = printer(&app).await;
    let bookings = citizens.into_iter().map(|(mut citizen, draft)| {
        tokio::spawn(async move {
            citizen.choose(&draft, "2026-11-25T13:00:00+07:00").await;
            citizen.yes(&draft).await.status
        })
    });
    let bookings: Vec<_> = bookings.collect();
    for round in 0.. {
        assert!(round < 50, "never closed");
        let asked = browser.search("/petugas/jadwal/2026-11-25/penutupan", &[("sebab", "banjir")]).await;
        let shown = asked.attributes("input[name=jumlah]", "value").remove(0);
        let done = browser.post("/petugas/jadwal/2026-11-25/penutupan", &[("sebab", "banjir"), ("jumlah", &shown)]).await;
        if done.status == 303 {
            break;
        }
        assert_eq!(done.status, 409);
    }
    for booking in bookings {
        let status = booking.await.unwrap();
        assert!(matches!(status, 303 | 409), "{status}");
    }
    assert_eq!(
        app.count("select count(*) from places where starts_at < '2026-11-26T00:00+07'").await,
        0,
        "nobody is booked on a closed day"
    );
    let lost = "select count(*) from applications a where status <> 'draf' and not exists (select from places p where p.application_id = a.id)";
    assert_eq!(app.count(lost).await, 0);
}

#[tokio::test]
async fn a_day_is_closed_only_where_people_are_booked_and_opened_again() {
    let app = App::new().await;
    let (_, mut browser) = printer(&app).await;
    // A Sunday, a holiday, yesterday, and what nobody is offered yet.
    for day in ["2026-11-22", "2026-12-25", "2026-11-19", "2027-03-01", "2200-12-31"] {
        let closed = browser.post(&format!("/petugas/jadwal/{day}/penutupan"), &[("sebab", "x"), ("jumlah", "0")]).await;
        assert_eq!(closed.status, 404, "{day}");
    }
    let closed = browser.post("/petugas/jadwal/2026-11-25/penutupan", &[("sebab", "banjir"), ("jumlah", "0")]).await;
    let page = browser.follow(&closed).await;
    assert!(
        page.text("main").contains("Loket tutup: banjir.") && page.text("main").contains("Buka kembali"),
        "{}",
        page.text("main")
    );
    // A colleague who had the page open since before.
    let (_, mut other) = printer(&app).await;
    let again = other.post("/petugas/jadwal/2026-11-25/penutupan", &[("sebab", "listrik padam"), ("jumlah", "0")]).await;
    let told = other.follow(&again).await.text("[role=status]");
    assert_eq!(told, "Loket sudah ditutup pada hari itu, dengan sebab: banjir. Tidak ada yang berubah.");
    assert_eq!(app.count("select count(*) from events where deed = 'tutup_hari'").await, 1);
    for _ in 0..2 {
        let opened = browser.post("/petugas/jadwal/2026-11-25/pembukaan", &[]).await;
        assert!(browser.follow(&opened).await.text("[role=status]").contains("Loket dibuka kembali pada hari itu."));
    }
    assert_eq!(app.count("select count(*) from events where deed = 'buka_hari'").await, 1);
    assert_eq!(app.count("select count(*) from events where deed = 'tutup_hari' and sealed is not null").await, 1);
    app.booked(&Wish::of(&app, &grown_up())).await;
}
