//! Reminders: the day before, at a decent hour in Jakarta, whatever the server's zone; once more after a week.

use alpukat::{actions::reminder::remind, domain::status::Status};
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::{
    desk::printing::printer,
    support::{
        app::App,
        cases::{Case, Wish},
        people::grown_up,
    },
};

const READY: &[Status] = &[Status::Disetujui, Status::Dicetak, Status::SiapDiambil];

async fn ready(app: &App, starts_at: OffsetDateTime) -> Case {
    let (officer, _) = printer(app).await;
    let case = app.booked(&Wish { starts_at, ..Wish::of(app, &grown_up()) }).await;
    app.walk(&case, officer.id, READY).await;
    case
}

#[tokio::test]
async fn the_day_before_between_eight_and_six_in_jakarta_whatever_the_servers_zone() {
    for zone in ["UTC", "Asia/Jakarta", "America/New_York"] {
        let app = App::new().await;
        let set = format!("alter database {} set timezone to '{zone}'", app.database.name);
        sqlx::query(sqlx::AssertSqlSafe(set)).execute(&mut app.owner().await).await.unwrap();
        // Across a midnight, the end of a month, and the end of the year.
        for (starts_at, never, first) in [
            (
                datetime!(2026-11-25 07:30 +7),
                [datetime!(2026-11-23 17:59 +7), datetime!(2026-11-24 07:59:59 +7)],
                datetime!(2026-11-24 08:00 +7),
            ),
            (
                datetime!(2026-12-01 15:30 +7),
                [datetime!(2026-11-29 09:00 +7), datetime!(2026-11-30 00:30 +7)],
                datetime!(2026-11-30 17:59:59 +7),
            ),
            (
                datetime!(2027-01-04 09:00 +7),
                [datetime!(2027-01-02 12:00 +7), datetime!(2027-01-03 18:00 +7)],
                datetime!(2027-01-03 08:00 +7),
            ),
        ] {
            let case = ready(&app, starts_at).await;
            for moment in never {
                remind(&app.state.db, moment).await.unwrap();
                assert!(app.told(&case).await.is_empty(), "{zone}: reminded at {moment}");
            }
            for _ in 0..3 {
                remind(&app.state.db, first).await.unwrap();
            }
            remind(&app.state.db, first + Duration::seconds(1)).await.unwrap();
            let told = app.told(&case).await;
            assert_eq!(told.len(), 1, "{zone}: {told:?}");
            assert!(told[0].contains("Besok ") && told[0].contains("Bawa KTP rusak."), "{told:?}");
            sqlx::query("delete from places").execute(&mut app.owner().await).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_moved_appointment_is_reminded_of_on_its_new_eve_and_a_fetched_card_never() {
    let app = App::new().await;
    let moved = ready(&app, datetime!(2026-11-25 07:30 +7)).await;
    let fetched = ready(&app, datetime!(2026-11-25 08:00 +7)).await;
    let waiting = app.booked(&Wish { starts_at: datetime!(2026-11-25 08:30 +7), ..Wish::of(&app, &grown_up()) }).await;
    let (officer, _) = printer(&app).await;
    app.walk(&fetched, officer.id, &[Status::Selesai]).await;
    let mut citizen = app.log_in_as(&moved).await;
    let page = format!("/pencetakan-ktp-el/{}", moved.id);
    citizen.choose(&page, "2026-11-27T09:00:00+07:00").await.location();
    remind(&app.state.db, datetime!(2026-11-24 09:00 +7)).await.unwrap();
    assert_eq!(app.told(&moved).await.len(), 1, "the move alone");
    remind(&app.state.db, datetime!(2026-11-26 09:00 +7)).await.unwrap();
    assert!(app.told(&moved).await[1].contains("Besok 27/11/2026 09.00-09.30 WIB"), "{:?}", app.told(&moved).await);
    // Moved once more after the reminder: reminded of the new one, too.
    citizen.choose(&page, "2026-11-30T09:00:00+07:00").await.location();
    remind(&app.state.db, datetime!(2026-11-29 09:00 +7)).await.unwrap();
    assert!(app.told(&moved).await[3].contains("Besok 30/11/2026"), "{:?}", app.told(&moved).await);
    assert!(app.told(&fetched).await.is_empty() && app.told(&waiting).await.is_empty());
}

#[tokio::test]
async fn a_card_that_lies_there_for_a_week_is_reminded_of_once_more() {
    let app = App::new().await;
    let case = ready(&app, datetime!(2026-11-25 07:30 +7)).await;
    alpukat::actions::clockwork::mark_uncollected(&app.state.db, datetime!(2026-11-26 00:00 +7)).await.unwrap();
    for (moment, count) in [
        (datetime!(2026-12-02 17:59 +7), 1),
        (datetime!(2026-12-03 07:59 +7), 1),
        (datetime!(2026-12-03 08:00 +7), 2),
        (datetime!(2026-12-03 08:01 +7), 2),
        (datetime!(2026-12-20 09:00 +7), 2),
    ] {
        remind(&app.state.db, moment).await.unwrap();
        assert_eq!(app.told(&case).await.len(), count, "{moment}");
    }
    assert!(app.told(&case).await[1].contains("masih tersimpan di Kel. Petojo Selatan."));
}
