//! "Urungkan": whoever decided takes it back within a minute, whatever comes between.

use alpukat::{
    db::audit,
    domain::{officer::Role, status::Status},
};
use time::{Duration, OffsetDateTime};

use super::{
    case::{desk, explain},
    printing::{enter_blanks, printer, start},
};
use crate::support::{
    app::{App, COUNTER},
    browser::{Browser, Page},
    cases::{Case, Wish},
    people::grown_up,
};

/// The three decisions, and what each is called on the page.
const DECISIONS: [(&str, &str, &str); 3] = [
    ("persetujuan", "disetujui", "disetujui"),
    ("pengembalian", "perlu_perbaikan", "dikembalikan"),
    ("penolakan", "ditolak", "ditolak"),
];

/// What is wrong, in the form of a return or refusal.
const WHY: [(&str, &str); 3] = [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "orang_lain"), ("kata", "Datang ke loket.")];

async fn decide(officer: &mut Browser, case: &Case, deed: &str) -> Page {
    officer.post(&format!("{}/pemeriksaan", desk(case)), &[]).await.location();
    let address = format!("{}/{deed}", desk(case));
    if deed == "persetujuan" { officer.post(&address, &[]).await } else { explain(officer, &address, &WHY).await }
}

/// A sent case with a firm place, so many half hours after the usual one.
async fn placed(app: &App, half_hours: i64) -> Case {
    let wish = Wish::of(app, &grown_up());
    app.booked(&Wish { starts_at: wish.starts_at + Duration::minutes(30 * half_hours), ..wish }).await
}

async fn undo(officer: &mut Browser, case: &Case) -> Page {
    officer.post(&format!("{}/pengurungan", desk(case)), &[]).await
}

/// Everything of a case that a decision changes: where it stands and since when, its place, what its citizen is owed.
async fn standing(app: &App, case: &Case) -> (String, OffsetDateTime, OffsetDateTime, Option<OffsetDateTime>, i64) {
    let row = sqlx::query_as(
        "select a.status, a.status_since, a.submitted_at, (select p.starts_at from places p where p.application_id = a.id and p.held_until is null),
                (select count(*) from messages where application_id = a.id)
         from applications a where a.id = $1",
    );
    row.bind(case.id.uuid()).fetch_one(&mut app.owner().await).await.unwrap()
}

#[tokio::test]
async fn every_decision_is_taken_back_within_the_minute_and_no_sms_of_it_leaves() {
    let app = App::new().await;
    let mut officer = app.petugas().await;
    for (place, (deed, status, said)) in (0..).zip(DECISIONS) {
        let (case, next) = (placed(&app, place).await, placed(&app, place).await);
        app.clock().advance(Duration::minutes(10));
        let before = standing(&app, &case).await;
        let done = decide(&mut officer, &case, deed).await;
        assert_eq!(app.status(&case).await, status);
        assert_eq!(
            app.count("select count(*) from messages where due_at < created_at + interval '60 seconds'").await,
            0,
            "{deed}"
        );

        // It stands on the next case and in the queue, as a button.
        for page in [officer.follow(&done).await, officer.get("/petugas").await] {
            assert!(page.text("form.undo").contains(&format!("{} {said}. Dapat diurungkan sampai", case.number)), "{deed}");
            let address = page.attributes("form.undo", "action").remove(0);
            assert_eq!(address, format!("{}/pengurungan", desk(&case)));
            assert!(page.text("form.undo button").starts_with("Urungkan"));
        }
        app.clock().advance(Duration::seconds(59));
        let undone = undo(&mut officer, &case).await;
        assert_eq!(undone.location(), desk(&case));
        let page = officer.follow(&undone).await;
        assert!(page.text("[role=status]").contains(&format!("Putusan {} diurungkan. SMS-nya tidak dikirim", case.number)));
        assert!(page.text("main").contains("Dipegang Anda sampai"), "the lease is theirs again");
        assert!(page.text("main").contains("Putusan diurungkan"), "history tells it");
        assert_eq!(standing(&app, &case).await, before, "{deed}: place in the queue, appointment and messages are the old ones");
        assert_eq!(undo(&mut officer, &case).await.status, 303, "twice is once");
        assert_eq!(standing(&app, &case).await, before);
        let mut citizen = app.log_in_as(&case).await;
        let page = citizen.get(&format!("/pencetakan-ktp-el/{}", case.id)).await;
        let steps = page.text("ol.steps");
        assert!(steps.contains("Diajukan") && !steps.contains("diurungkan") && !steps.contains("Diperiksa"), "{steps}");

        // Both are given back, for the next decision.
        for case in [&case, &next] {
            officer.post(&format!("{}/lewati", desk(case)), &[]).await;
            app.walk(case, app.officer(Role::Petugas, Some(COUNTER)).await.id, &[Status::Ditolak]).await;
        }
    }
    assert_eq!(app.count("select count(*) from events where to_status = 'diajukan' and actor = 'petugas'").await, 3);
}

#[tokio::test]
async fn after_the_minute_it_stands_and_says_so() {
    let app = App::new().await;
    let mut officer = app.petugas().await;
    for (deed, status, _) in DECISIONS {
        let case = placed(&app, 0).await;
        decide(&mut officer, &case, deed).await.location();
        app.clock().advance(Duration::seconds(60));
        let late = undo(&mut officer, &case).await;
        assert_eq!(late.status, 409, "{deed}");
        assert!(late.text("[role=alert]").contains("sudah lebih dari 1 menit"), "{}", late.text("[role=alert]"));
        assert_eq!(app.status(&case).await, status);
        assert!(officer.get("/petugas").await.attributes("form.undo", "action").is_empty(), "and is offered no more");
    }
    // The place of the refused one is free by itself.
    assert_eq!(app.count("select count(*) from places where held_until is null").await, 2);
    placed(&app, 0).await;
    assert_eq!(app.count("select count(*) from places").await, 3, "the next one took it over");
}

#[tokio::test]
async fn only_whoever_decided_takes_it_back() {
    let app = App::new().await;
    let (mut one, mut two) = (app.petugas().await, app.petugas().await);
    let case = placed(&app, 0).await;
    decide(&mut one, &case, "persetujuan").await.location();
    let other = undo(&mut two, &case).await;
    assert_eq!((other.status, app.status(&case).await.as_str()), (409, "disetujui"));
    assert!(other.text("[role=alert]").contains("Tidak dapat diurungkan"), "{}", other.text("main"));
    assert!(two.get("/petugas").await.attributes("form.undo", "action").is_empty());
    let supervisor = app.officer(Role::Penyelia, Some("31.71.01")).await;
    assert_eq!(undo(&mut app.desk(&supervisor).await, &case).await.status, 409);
    let elsewhere = app.officer(Role::Petugas, Some("31.71.01.1002")).await;
    assert_eq!(undo(&mut app.desk(&elsewhere).await, &case).await.status, 404, "of another counter");
    // On two nodes at once, and on one of them twice.
    let (mut again, mut at_once) = (one.clone(), one.clone());
    let (left, right, third) = tokio::join!(undo(&mut one, &case), undo(&mut again, &case), undo(&mut at_once, &case));
    assert_eq!((left.status, right.status, third.status), (303, 303, 303));
    assert_eq!(app.count("select count(*) from events where to_status = 'diajukan' and actor = 'petugas'").await, 1);
    // Decided again by somebody else, it is theirs to take back.
    one.post(&format!("{}/lewati", desk(&case)), &[]).await.location();
    decide(&mut two, &case, "persetujuan").await.location();
    assert_eq!(undo(&mut one, &case).await.status, 409);
    assert_eq!(undo(&mut two, &case).await.status, 303);
}

#[tokio::test]
async fn whatever_followed_is_named_and_stands() {
    let app = App::new().await;
    let mut officer = app.petugas().await;
    // Cancelled by its citizen.
    let case = placed(&app, 0).await;
    decide(&mut officer, &case, "persetujuan").await.location();
    let mut citizen = app.log_in_as(&case).await;
    citizen.post(&format!("/pencetakan-ktp-el/{}/pembatalan", case.id), &[]).await.location();
    let late = undo(&mut officer, &case).await;
    assert_eq!((late.status, app.status(&case).await.as_str()), (409, "dibatalkan"));
    assert!(late.text("[role=alert]").contains("Dibatalkan"), "{}", late.text("[role=alert]"));

    // Sent in again by its citizen.
    let case = placed(&app, 0).await;
    decide(&mut officer, &case, "pengembalian").await.location();
    app.clock().advance(Duration::seconds(1));
    let mut citizen = app.log_in_as(&case).await;
    let page = format!("/pencetakan-ktp-el/{}", case.id);
    citizen.upload(&format!("{page}/unggah/ktp_rusak"), "kartu.png", &crate::files::png(61, 40)).await.location();
    citizen.post(&format!("{page}/unggah"), &[]).await.location();
    let late = undo(&mut officer, &case).await;
    assert_eq!((late.status, app.status(&case).await.as_str()), (409, "diajukan"));
    assert!(late.text("[role=alert]").contains("Menunggu pemeriksaan"), "{}", late.text("[role=alert]"));

    // Refused, and filed anew.
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.apply(&person).await;
    let refused = address.replace("/pencetakan-ktp-el/", "/petugas/permohonan/");
    officer.post(&format!("{refused}/pemeriksaan"), &[]).await.location();
    explain(&mut officer, &format!("{refused}/penolakan"), &WHY).await.location();
    citizen.apply(&person).await;
    let late = officer.post(&format!("{refused}/pengurungan"), &[]).await;
    assert_eq!(late.status, 409);
    assert!(late.text("[role=alert]").contains("sudah mengajukan permohonan baru"), "{}", late.text("[role=alert]"));
    assert!(audit::verify(&app.state.db).await.unwrap().is_ok(), "history is whole");
}

#[tokio::test]
async fn nothing_is_printed_and_nothing_is_given_away_within_the_minute() {
    let app = App::new().await;
    let (_, mut officer) = printer(&app).await;
    enter_blanks(&mut officer, "5").await.location();
    let case = placed(&app, 0).await;
    decide(&mut officer, &case, "persetujuan").await.location();
    assert!(!officer.get("/petugas/cetak").await.text("main").contains(&case.number.to_string()), "it is not offered");
    let run = uuid::Uuid::new_v4().to_string();
    let early = officer.post("/petugas/cetak", &[("rangkaian", &run), ("pilih", &case.id.to_string())]).await;
    assert_eq!((early.status, app.status(&case).await.as_str()), (409, "disetujui"));
    assert!(early.text("[role=alert]").contains("dapat dicetak setelah 1 menit"), "{}", early.text("main"));
    app.clock().advance(Duration::seconds(60));
    start(&mut officer, &[&case]).await.location();
    assert_eq!(app.status(&case).await, "dicetak");
    assert_eq!(undo(&mut officer, &case).await.status, 409, "printed by now");

    // The seat of a refused case is nobody else's in that minute, however full the half hour.
    let refused = placed(&app, 1).await;
    decide(&mut officer, &refused, "penolakan").await.location();
    placed(&app, 1).await;
    placed(&app, 1).await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let draft = citizen.begin(&person).await;
    citizen.fill(&draft).await;
    assert_eq!(citizen.choose(&draft, "2026-11-25T10:00:00+07:00").await.status, 409);
    assert_eq!(undo(&mut officer, &refused).await.status, 303);
    assert!(standing(&app, &refused).await.3.is_some());
}

#[tokio::test]
async fn a_day_closed_in_that_minute_gives_it_the_next_free_half_hour() {
    let app = App::new().await;
    let mut officer = app.petugas().await;
    let case = placed(&app, 0).await;
    decide(&mut officer, &case, "penolakan").await.location();
    let closing = "/petugas/jadwal/2026-11-25/penutupan";
    let asked = officer.search(closing, &[("sebab", "listrik padam")]).await;
    assert!(asked.text("[role=status]").contains("Tidak ada janji yang perlu dipindah"), "{}", asked.text("main"));
    officer.post(closing, &[("sebab", "listrik padam"), ("jumlah", "0")]).await.location();
    assert_eq!(undo(&mut officer, &case).await.status, 303);
    let now = standing(&app, &case).await;
    assert!(now.3.is_some_and(|starts_at| starts_at > Wish::of(&app, &grown_up()).starts_at), "{now:?}");
    assert!(app.told(&case).await.last().unwrap().contains("Jadwal ambil KTP-el"));
}

#[tokio::test]
async fn the_database_refuses_what_the_program_would() {
    let app = App::new().await;
    let mut officer = app.petugas().await;
    let case = placed(&app, 0).await;
    decide(&mut officer, &case, "persetujuan").await.location();
    // A message that a worker has taken.
    sqlx::query("update messages set tries = 1 where kind = 'disetujui'").execute(&mut app.owner().await).await.unwrap();
    let late = undo(&mut officer, &case).await;
    assert_eq!((late.status, app.status(&case).await.as_str()), (409, "disetujui"));
    let deleted = sqlx::query("delete from messages where kind = 'disetujui'").execute(&mut app.owner().await).await;
    assert!(deleted.unwrap_err().to_string().contains("a message that has left is not taken back"));
    // The minute, and whose decision it was.
    let step = |officer: &str, seconds: i64| {
        format!(
            "insert into events (fact, at, deed, actor, officer_id, application_id, from_status, to_status, chain, number, mac)
             select gen_random_uuid(), e.at + interval '{seconds} seconds', 'langkah', 'petugas', {officer}, e.application_id, 'disetujui',
                    'diajukan', e.chain, 1000, e.mac from events e where e.to_status = 'disetujui'"
        )
    };
    let other = app.officer(Role::Petugas, Some(COUNTER)).await;
    for (sql, why) in [(step("e.officer_id", 61), "too late"), (step(&format!("'{}'", other.id.uuid()), 1), "somebody else")] {
        let refused = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut app.owner().await).await.unwrap_err();
        assert!(refused.to_string().contains("a decision is taken back within a minute, by whoever took it"), "{why}: {refused}");
    }
    let print = "with run as (insert into print_runs (id, counter_code, on_date, number, officer_id, started_at)
                     select gen_random_uuid(), e.chain, e.at::date, 99, e.officer_id, e.at + interval '59 seconds' from events e
                     where e.to_status = 'disetujui' returning id)
                 select 1";
    sqlx::query(print).execute(&mut app.owner().await).await.unwrap();
    let card = "insert into print_cards (run_id, number, application_id)
                select r.id, 1, e.application_id from print_runs r, events e where e.to_status = 'disetujui'";
    let refused = sqlx::query(card).execute(&mut app.owner().await).await.unwrap_err();
    assert!(refused.to_string().contains("nothing is printed before"), "{refused}");
}
