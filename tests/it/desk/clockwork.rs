//! What the clock does on its day, and not a minute earlier.

use alpukat::{
    domain::{officer::Role, status::Status},
    worker::clockwork,
};
use sqlx::Executor;
use time::{Duration, macros::datetime};

use super::case::{explain, sent};
use crate::support::{
    app::{App, COUNTER},
    cases::Wish,
    people::grown_up,
};

#[tokio::test]
async fn a_return_expires_with_the_seventh_day_and_frees_its_place() {
    let app = App::new().await;
    // Returned late on the last evening of the year's longest holidays.
    for (returned, last, after) in [
        (datetime!(2026-11-20 09:00 +7), datetime!(2026-11-27 23:59:59 +7), datetime!(2026-11-28 00:00 +7)),
        (datetime!(2026-12-27 23:59 +7), datetime!(2027-01-03 23:59:59 +7), datetime!(2027-01-04 00:00 +7)),
    ] {
        app.clock().set(returned);
        let person = grown_up();
        let mut citizen = app.citizen(&person).await;
        let address = citizen.begin(&person).await;
        citizen.fill(&address).await;
        let page = citizen.get(&format!("{address}/jadwal")).await;
        let slot = page.attributes("input[name=jam]:not([disabled])", "value").remove(0);
        citizen.choose(&address, &slot).await.location();
        citizen.yes(&address).await.location();
        let case = address.replace("/pencetakan-ktp-el/", "/petugas/permohonan/");
        let mut officer = app.petugas().await;
        officer.post(&format!("{case}/pemeriksaan"), &[]).await.location();
        let fields = [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "fotokopi")];
        explain(&mut officer, &format!("{case}/pengembalian"), &fields).await.location();

        let expired = app.count("select count(*) from applications where status = 'kedaluwarsa'").await;
        clockwork::keep(&app.state.db, last).await.unwrap();
        assert_eq!(app.count("select count(*) from applications where status = 'kedaluwarsa'").await, expired, "{last}");
        clockwork::keep(&app.state.db, after).await.unwrap();
        clockwork::keep(&app.state.db, after + Duration::minutes(1)).await.unwrap();
        assert_eq!(app.count("select count(*) from applications where status = 'kedaluwarsa'").await, expired + 1);
        assert_eq!(app.count("select count(*) from places").await, 0);
        assert_eq!(app.count("select count(*) from messages where kind = 'kedaluwarsa'").await, expired + 1);
    }
}

#[tokio::test]
async fn a_card_that_nobody_fetched_is_marked_at_the_end_of_its_day() {
    let app = App::new().await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await.id;
    let starts_at = datetime!(2026-11-25 09:30 +7);
    let (_, missed) = sent(&app).await;
    let ahead = app.case(&Wish { starts_at: starts_at + Duration::days(1), ..Wish::of(&app, &grown_up()) }).await;
    for case in [&missed, &ahead] {
        app.walk(case, officer, &[Status::Disetujui, Status::Dicetak, Status::SiapDiambil]).await;
    }
    clockwork::keep(&app.state.db, datetime!(2026-11-25 23:59:59 +7)).await.unwrap();
    assert_eq!(app.status(&missed).await, "siap_diambil");
    clockwork::keep(&app.state.db, datetime!(2026-11-26 00:00 +7)).await.unwrap();
    assert_eq!((app.status(&missed).await.as_str(), app.status(&ahead).await.as_str()), ("tidak_diambil", "siap_diambil"));
    assert_eq!(app.count("select count(*) from messages where kind = 'tidak_diambil'").await, 1);
}

#[tokio::test]
async fn scans_go_on_their_day_and_never_before_an_appointment_ahead() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.apply(&person).await;
    let kept = grown_up();
    let mut other = app.citizen(&kept).await;
    other.apply(&kept).await;
    citizen.post(&format!("{address}/pembatalan"), &[]).await.location();
    let pages = "select count(*) from pages";
    for (now, left) in
        [(datetime!(2026-12-20 08:59:59 +7), 2), (datetime!(2026-12-20 09:00 +7), 1), (datetime!(2027-12-20 09:00 +7), 1)]
    {
        clockwork::keep(&app.state.db, now).await.unwrap();
        assert_eq!(app.count(pages).await, left, "{now}");
    }
    assert_eq!(app.count("select count(*) from page_previews").await, 1);

    // Cancelled long ago, but with an appointment far ahead.
    let late = grown_up();
    let mut citizen = app.citizen(&late).await;
    let address = citizen.apply(&late).await;
    citizen.post(&format!("{address}/pembatalan"), &[]).await.location();
    let ahead = "begin; set local session_replication_role = replica;
                 update applications set starts_at = '2027-02-01T03:00Z' where status = 'dibatalkan'; commit";
    sqlx::raw_sql(ahead).execute(&mut app.owner().await).await.unwrap();
    for (now, left) in [(datetime!(2027-01-31 09:00 +7), 2), (datetime!(2027-02-02 09:00 +7), 1)] {
        clockwork::keep(&app.state.db, now).await.unwrap();
        assert_eq!(app.count(pages).await, left, "{now}");
    }
}

#[tokio::test]
async fn an_appointment_moves_at_noon_of_the_working_day_before_when_the_card_is_not_printed() {
    let app = App::new().await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await.id;
    // Appointment, the moment until which it stands, and the first half hour that is offered instead.
    for (starts_at, stands, moves, instead) in [
        // Wednesday: moved on Tuesday at noon, to Friday.
        (
            datetime!(2026-11-25 09:30 +7),
            datetime!(2026-11-24 11:59:59 +7),
            datetime!(2026-11-24 12:00 +7),
            "27/11/2026 07.30-08.00",
        ),
        // Monday: on Friday at noon, to Wednesday.
        (
            datetime!(2026-11-30 09:30 +7),
            datetime!(2026-11-27 11:59:59 +7),
            datetime!(2026-11-27 12:00 +7),
            "02/12/2026 07.30-08.00",
        ),
        // After Christmas and its leave: seen on Wednesday 23, because 24 and 25 are none; the year ends between.
        (
            datetime!(2026-12-30 09:30 +7),
            datetime!(2026-12-29 11:59:59 +7),
            datetime!(2026-12-29 12:00 +7),
            "04/01/2027 07.30-08.00",
        ),
        // Over already, as when the program stood still: counted from today.
        (
            datetime!(2026-11-25 13:00 +7),
            datetime!(2026-11-24 11:59:58 +7),
            datetime!(2026-12-07 08:00 +7),
            "09/12/2026 07.30-08.00",
        ),
    ] {
        let mut unprinted = Vec::new();
        for steps in
            [&[][..], &[Status::Disetujui], &[Status::Disetujui, Status::MenungguBlangko], &[Status::Disetujui, Status::Dicetak]]
        {
            let at = starts_at + Duration::minutes(30 * i64::try_from(unprinted.len()).unwrap());
            let case = app.booked(&Wish { starts_at: at, ..Wish::of(&app, &grown_up()) }).await;
            app.walk(&case, officer, steps).await;
            unprinted.push(case);
        }
        let ready = app.booked(&Wish { starts_at: starts_at + Duration::minutes(30), ..Wish::of(&app, &grown_up()) }).await;
        app.walk(&ready, officer, &[Status::Disetujui, Status::Dicetak, Status::SiapDiambil]).await;
        let returned = app.booked(&Wish { starts_at, ..Wish::of(&app, &grown_up()) }).await;
        app.walk(&returned, officer, &[Status::PerluPerbaikan]).await;

        alpukat::actions::clockwork::move_late(&app.state.db, stands).await.unwrap();
        for case in unprinted.iter().chain([&ready, &returned]) {
            assert!(app.told(case).await.is_empty(), "moved too early: {stands}");
        }
        for _ in 0..2 {
            alpukat::actions::clockwork::move_late(&app.state.db, moves).await.unwrap();
        }
        for (place, case) in unprinted.iter().enumerate() {
            let told = app.told(case).await;
            assert_eq!(told.len(), 1, "{moves}: {told:?}");
            if place == 0 {
                assert!(told[0].contains(&format!("pindah ke {instead} WIB di Kel. Petojo Selatan. Tunggu SMS")), "{told:?}");
            }
        }
        assert!(app.told(&ready).await.is_empty(), "a card that lies there does not move");
        let places = "select count(*) from places p where not exists (select from applications a
                          where a.id = p.application_id and a.starts_at = p.starts_at)";
        assert_eq!(app.count(places).await, 0);
        let without = "select count(*) from applications a where status = 'perlu_perbaikan'
                           and exists (select from places p where p.application_id = a.id)";
        assert_eq!(app.count(without).await, 0, "who has to mend gives the place up");
        assert!(app.told(&returned).await.is_empty());
        app.owner().await.execute("delete from places").await.unwrap();
    }
}

#[tokio::test]
async fn who_mends_after_the_place_was_given_up_picks_a_new_one_first() {
    let app = App::new().await;
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.apply(&person).await;
    let case = address.replace("/pencetakan-ktp-el/", "/petugas/permohonan/");
    let mut officer = app.petugas().await;
    officer.post(&format!("{case}/pemeriksaan"), &[]).await.location();
    explain(&mut officer, &format!("{case}/pengembalian"), &[("dok", "ktp_rusak"), ("alasan-ktp_rusak", "fotokopi")])
        .await
        .location();
    app.clock().set(datetime!(2026-11-24 12:00 +7));
    clockwork::keep(&app.state.db, app.clock().now()).await.unwrap();
    assert_eq!(app.count("select count(*) from places").await, 0);
    assert_eq!(app.count("select count(*) from events where deed = 'lepas_jadwal'").await, 1);
    let mut citizen = app.log_in(&person).await;
    citizen.upload(&format!("{address}/unggah/ktp_rusak"), "kartu.png", &crate::files::png(61, 40)).await.location();
    let sent = citizen.post(&format!("{address}/unggah"), &[]).await;
    let schedule = citizen.follow(&sent).await;
    assert!(schedule.text("[role=status]").contains("Jadwal lama sudah dilepas."), "{}", schedule.text("main"));
    let slot = schedule.attributes("input[name=jam]:not([disabled])", "value").remove(0);
    citizen.choose(&address, &slot).await.location();
    citizen.post(&format!("{address}/unggah"), &[]).await.location();
    assert_eq!(app.count("select count(*) from applications where status = 'diajukan'").await, 1);
    assert_eq!(app.count("select count(*) from places where held_until is null").await, 1);
}

#[tokio::test]
async fn a_job_that_is_cut_off_half_way_goes_on_where_it_was() {
    let app = App::new().await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await.id;
    let (mut late, mut missed, mut returned) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..12 {
        let starts_at = datetime!(2026-11-25 07:30 +7) + Duration::minutes(30 * (n / 2));
        late.push(app.booked(&Wish { starts_at, ..Wish::of(&app, &grown_up()) }).await);
        let starts_at = datetime!(2026-11-24 07:30 +7) + Duration::minutes(30 * (n / 2));
        let case = app.booked(&Wish { starts_at, ..Wish::of(&app, &grown_up()) }).await;
        app.walk(&case, officer, &[Status::Disetujui, Status::Dicetak, Status::SiapDiambil]).await;
        missed.push(case);
        let case = app.case(&Wish::of(&app, &grown_up())).await;
        app.walk(&case, officer, &[Status::PerluPerbaikan]).await;
        returned.push(case);
    }
    let now = datetime!(2026-11-28 09:00 +7);
    // Cut off after ever more of its work, as by a stop or a lost connection.
    for round in 0..400 {
        let job = clockwork::keep(&app.state.db, now);
        let finished = tokio::time::timeout(std::time::Duration::from_millis(round), job).await;
        let half_done = "select count(*) from applications a where status <> 'draf' and status <>
            (select to_status from events e where e.application_id = a.id and deed = 'langkah' order by id desc limit 1)";
        assert_eq!(app.count(half_done).await, 0);
        if finished.is_ok() {
            break;
        }
    }
    for (cases, expected) in [(&missed, "tidak_diambil"), (&returned, "kedaluwarsa"), (&late, "diajukan")] {
        for case in cases {
            assert_eq!(app.status(case).await, expected);
            assert_eq!(app.told(case).await.len(), 1, "{expected}: once");
        }
    }
}

#[tokio::test]
async fn a_counter_without_a_free_place_or_a_broken_case_holds_up_no_other() {
    let app = App::new().await;
    // Sixty late cases at a counter that has no place at all any more, older than the one at another.
    let mut stuck = Vec::new();
    for n in 0..60 {
        let starts_at = datetime!(2026-11-23 07:30 +7) + Duration::minutes(30 * (n / 3));
        stuck.push(app.booked(&Wish { starts_at, ..Wish::of(&app, &grown_up()) }).await);
    }
    let other = Wish { counter: "31.71.01.1002", ..Wish::of(&app, &grown_up()) };
    let moved = app.booked(&other).await;
    let broken = app.booked(&Wish { person: grown_up(), starts_at: datetime!(2026-11-23 09:00 +7), ..other.clone() }).await;
    let mut owner = app.owner().await;
    owner.execute("update counters set places = 0 where code = '31.71.01.1004'").await.unwrap();
    sqlx::query("update applications set sealed = 'x' where id = $1").bind(broken.id.uuid()).execute(&mut owner).await.unwrap();
    let done = alpukat::actions::clockwork::move_late(&app.state.db, datetime!(2026-11-24 12:00 +7)).await.unwrap();
    assert_eq!(done, 1);
    assert!(app.told(&moved).await[0].contains("pindah ke"));
    assert!(app.told(&stuck[59]).await.is_empty());
}
