//! What the clock does on its day, and not a minute earlier.

use alpukat::{
    db::applications,
    domain::{
        event::{By, Witness},
        ids::OfficerId,
        officer::Role,
        status::{Actor, Status},
    },
    worker::clockwork,
};
use time::{Duration, OffsetDateTime, macros::datetime};

use super::case::{explain, sent};
use crate::support::{
    app::{App, COUNTER},
    cases::{Case, Wish},
    people::grown_up,
};

async fn status(app: &App, case: &Case) -> String {
    let status = sqlx::query_scalar("select status from applications where id = $1").bind(case.id.uuid());
    status.fetch_one(&mut app.owner().await).await.unwrap()
}

/// Brings a case along steps of an officer.
async fn walk(app: &App, case: &Case, officer: OfficerId, steps: &[Status], now: OffsetDateTime) {
    let mut from = Status::Diajukan;
    for to in steps {
        let mut tx = app.state.db.begin().await.unwrap();
        let step = from.step(*to, Actor::Petugas).unwrap();
        let witness = Witness { by: By::Officer(officer, None), from: None };
        applications::take_step(&mut tx, case.id, step, &witness, now).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        from = *to;
    }
}

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
        walk(&app, case, officer, &[Status::Disetujui, Status::Dicetak, Status::SiapDiambil], app.clock().now()).await;
    }
    clockwork::keep(&app.state.db, datetime!(2026-11-25 23:59:59 +7)).await.unwrap();
    assert_eq!(status(&app, &missed).await, "siap_diambil");
    clockwork::keep(&app.state.db, datetime!(2026-11-26 00:00 +7)).await.unwrap();
    assert_eq!((status(&app, &missed).await.as_str(), status(&app, &ahead).await.as_str()), ("tidak_diambil", "siap_diambil"));
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
    sqlx::query("update applications set starts_at = '2027-02-01T03:00Z' where status = 'dibatalkan'")
        .execute(&mut app.owner().await)
        .await
        .unwrap();
    for (now, left) in [(datetime!(2027-01-31 09:00 +7), 2), (datetime!(2027-02-02 09:00 +7), 1)] {
        clockwork::keep(&app.state.db, now).await.unwrap();
        assert_eq!(app.count(pages).await, left, "{now}");
    }
}
