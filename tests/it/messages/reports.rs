//! Delivery reports: doubled, late, out of order, forged.

use alpukat::domain::message::Channel;

use super::owe;
use crate::support::{app::App, browser::Browser, cases::Wish, people::grown_up};

async fn report(app: &App, network: &mut Browser, kinds: &[&str]) -> String {
    let id: uuid::Uuid = sqlx::query_scalar("select id from messages").fetch_one(&mut app.owner().await).await.unwrap();
    let guard = app.state.db.report_guard(id.into());
    for kind in kinds {
        assert_eq!(network.get(&format!("/sms/laporan/{id}/{guard}?status={kind}")).await.status, 204, "{kind}");
    }
    sqlx::query_scalar("select state from messages").fetch_one(&mut app.owner().await).await.unwrap()
}

#[tokio::test]
async fn reports_in_any_order_and_number_end_where_they_should() {
    for (reports, state) in [
        (&["8", "1"][..], "sampai"),
        (&["1", "8"], "sampai"),
        (&["1", "1", "1"], "sampai"),
        (&["4", "8", "4"], "terkirim"),
        (&["2"], "gagal"),
        (&["16", "16"], "gagal"),
        // A phone that has a message keeps it, whatever comes after; and one that got it after all has it.
        (&["1", "2", "16"], "sampai"),
        (&["2", "1"], "sampai"),
        (&["", "x", "%25d", "31", "-1"], "terkirim"),
    ] {
        let app = App::new().await;
        let case = app.booked(&Wish::of(&app, &grown_up())).await;
        owe(&app, &case, "0812-0000-0001", "DUKCAPIL DKI: pesan").await;
        let sent = "update messages set state = 'terkirim', sent_at = created_at, tries = 1";
        sqlx::query(sent).execute(&mut app.owner().await).await.unwrap();
        let mut network = app.browser();
        assert_eq!(report(&app, &mut network, reports).await, state, "{reports:?}");
    }
}

#[tokio::test]
async fn a_report_before_the_answer_counts_and_is_not_taken_back_by_it() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    owe(&app, &case, "0812-0000-0001", "DUKCAPIL DKI: pesan").await;
    let mut conn = app.state.db.read().await.unwrap();
    let now = app.clock().now();
    let claimed = alpukat::db::messages::claim(&mut conn, Channel::Sms, 10, now).await.unwrap().remove(0);
    assert_eq!(report(&app, &mut app.browser(), &["1"]).await, "sampai");
    alpukat::db::messages::accepted(&mut conn, &claimed, now).await.unwrap();
    alpukat::db::messages::put_off(&mut conn, &claimed, alpukat::domain::message::Cause::TanpaJawaban, None).await.unwrap();
    assert_eq!(app.count("select count(*) from messages where state = 'sampai'").await, 1);
}

/// A guard that begins with a zero: what stands for the same number must not pass for it.
async fn with_a_zero(app: &App, case: &crate::support::cases::Case) -> (uuid::Uuid, String) {
    for n in 0.. {
        owe(app, case, &format!("0812-0001-{n:04}"), "DUKCAPIL DKI: pesan").await;
        let id: uuid::Uuid = sqlx::query_scalar("select id from messages order by number desc limit 1")
            .fetch_one(&mut app.owner().await)
            .await
            .unwrap();
        let guard = app.state.db.report_guard(id.into());
        if guard.starts_with('0') {
            return (id, guard);
        }
    }
    unreachable!("a sixteenth of all guards begin with a zero")
}

#[tokio::test]
async fn a_forged_report_is_refused_and_changes_nothing() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    let (id, ours) = with_a_zero(&app, &case).await;
    let others = app.state.db.report_guard(uuid::Uuid::new_v4().into());
    let mut forger = app.browser();
    for guard in [others.as_str(), &"0".repeat(32), "", "x", &ours[1..], &format!("{ours}0"), &format!("+{}", &ours[1..])] {
        assert_eq!(forger.get(&format!("/sms/laporan/{id}/{guard}?status=2")).await.status, 404, "{guard}");
    }
    assert_eq!(forger.get(&format!("/sms/laporan/x/{ours}?status=2")).await.status, 404);
    assert_eq!(forger.post(&format!("/sms/laporan/{id}/{ours}?status=2"), &[]).await.status, 405);
    assert_eq!(app.count("select count(*) from messages where state <> 'menunggu'").await, 0);
}
