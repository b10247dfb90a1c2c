//! "Kirim ulang": the message that still tells how the case stands, at an officer's wish; said, and written down.

use alpukat::{
    domain::{officer::Role, phone::Phone, status::Status},
    worker::messages::Outlet,
};
use time::Duration;

use super::{owe, states, work};
use crate::support::{
    app::{App, COUNTER},
    browser::Page,
    cases::{Case, Wish},
    people::grown_up,
};

async fn fail(app: &App) {
    let failed = "update messages set state = 'gagal', cause = 'tidak_sampai', tries = 3, sent_at = created_at";
    sqlx::query(failed).execute(&mut app.owner().await).await.unwrap();
}

fn offered(page: &Page) -> Vec<String> {
    page.attributes("details form", "action")
}

fn address(case: &Case) -> String {
    format!("/petugas/permohonan/{}", case.id)
}

#[tokio::test]
async fn a_message_is_sent_again_at_an_officers_wish() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    owe(&app, &case, "0813-0000-5678", "DUKCAPIL DKI: pesan").await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut browser = app.desk(&officer).await;
    let address = address(&case);
    let page = browser.get(&address).await;
    assert!(page.text("details").contains("menunggu dikirim"));
    assert!(offered(&page).is_empty(), "what waits is not sent again");
    fail(&app).await;
    let page = browser.get(&address).await;
    assert!(page.text("details").contains("gagal, 3 kali dicoba (tidak sampai di ponsel)"), "{}", page.text("details"));
    let again = offered(&page).remove(0);
    for _ in 0..2 {
        let done = browser.post(&again, &[]).await;
        let told = browser.follow(&done).await.text("[role=status]");
        assert!(told.contains("SMS “diterima” dikirim ulang ke 0813-****-5678."), "{told}");
    }
    assert_eq!(app.count("select count(*) from events where deed = 'kirim_ulang' and reason = 'diajukan'").await, 1, "once");
    let line = browser.get(&address).await.text(".steps");
    assert!(line.contains(&format!("SMS “diterima” dikirim ulang Jum, 20/11 09.00 {}", officer.name)), "{line}");
    work(&app, &Outlet::Log).await;
    assert_eq!(states(&app).await, [("terkirim".to_owned(), 1)]);

    // It is on its way: not at once, but after a while.
    assert!(offered(&browser.get(&address).await).is_empty());
    let soon = browser.post(&again, &[]).await;
    assert_eq!(soon.status, 409);
    assert!(soon.text("[role=alert]").contains("kirim ulang mulai pukul 09.15"), "{}", soon.text("[role=alert]"));
    app.clock().advance(Duration::minutes(14));
    assert!(offered(&browser.get(&address).await).is_empty());
    app.clock().advance(Duration::minutes(1));
    assert_eq!(offered(&browser.get(&address).await), std::slice::from_ref(&again));

    let stranger = app.officer(Role::Petugas, Some("31.71.01.1002")).await;
    assert_eq!(app.desk(&stranger).await.post(&again, &[]).await.status, 404);
    let watcher = app.officer(Role::Penyelia, Some("31.71.01")).await;
    let mut watcher = app.desk(&watcher).await;
    assert!(offered(&watcher.get(&address).await).is_empty());
    assert_eq!(watcher.post(&again, &[]).await.status, 404);
    assert_eq!(states(&app).await, [("terkirim".to_owned(), 1)]);
}

#[tokio::test]
async fn what_a_later_step_or_message_outdated_is_sent_again_by_nobody() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    owe(&app, &case, "0813-0000-5678", "DUKCAPIL DKI: menunggu blangko").await;
    fail(&app).await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut browser = app.desk(&officer).await;
    let old = offered(&browser.get(&address(&case)).await).remove(0);
    // A step of which nobody is told: nothing that was said is true any more.
    app.clock().advance(Duration::minutes(1));
    app.walk(&case, officer.id, &[Status::Disetujui, Status::Dicetak]).await;
    assert!(offered(&browser.get(&address(&case)).await).is_empty());
    let refused = browser.post(&old, &[]).await;
    assert_eq!(refused.status, 409);
    let told = refused.text("[role=alert]");
    assert!(told.contains("Pesan ini sudah tidak sesuai dengan keadaan permohonan sekarang"), "{told}");
    // One that tells it: that one alone.
    app.walk(&case, officer.id, &[Status::SiapDiambil]).await;
    owe(&app, &case, "0813-0000-5678", "DUKCAPIL DKI: siap diambil").await;
    fail(&app).await;
    let new = offered(&browser.get(&address(&case)).await);
    assert!(new.len() == 1 && new[0] != old, "{new:?}");
    assert_eq!(browser.post(&old, &[]).await.status, 409);
    assert_eq!(app.count("select count(*) from events where deed = 'kirim_ulang'").await, 0);
    assert_eq!(app.count("select count(*) from messages where state = 'menunggu'").await, 0);
}

#[tokio::test]
async fn it_goes_to_the_phone_that_the_case_has_now() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    owe(&app, &case, "0812-0000-0001", "DUKCAPIL DKI: pesan").await;
    fail(&app).await;
    let mut browser = app.petugas().await;
    let again = offered(&browser.get(&address(&case)).await).remove(0);
    browser.post(&again, &[]).await.location();
    let mut conn = app.state.db.read().await.unwrap();
    let messages = alpukat::db::messages::of_application(&mut conn, case.id).await.unwrap();
    assert_eq!(messages[0].content.recipient(), "0813-0000-5678", "not to the one that was lost");
    let index = conn.vault().phone_index(&Phone::parse("0813-0000-5678").unwrap()).to_vec();
    let known: Vec<u8> =
        sqlx::query_scalar("select recipient_index from messages").fetch_one(&mut app.owner().await).await.unwrap();
    assert_eq!(known, index, "and in its order");
}

#[tokio::test]
async fn a_call_in_place_of_a_message_stands_in_the_history() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    owe(&app, &case, "0813-0000-5678", "DUKCAPIL DKI: pesan").await;
    fail(&app).await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut browser = app.desk(&officer).await;
    let tick = browser.get("/admin/pesan").await.attributes("tbody form", "action").remove(0);
    browser.post(&tick, &[]).await.location();
    let lines = browser.get(&address(&case)).await.text(".steps");
    let told = format!("Pemohon ditelepon sebagai ganti SMS “diterima” Jum, 20/11 09.00 {}", officer.name);
    assert!(lines.contains(&told), "{lines}");
    // What was written down before the kind was stands there, too.
    let old = "alter table events disable trigger events_are_final; update events set reason = null where deed = 'telepon'";
    sqlx::raw_sql(old).execute(&mut app.owner().await).await.unwrap();
    assert!(browser.get(&address(&case)).await.text(".steps").contains("Pemohon ditelepon sebagai ganti SMS Jum, 20/11"));
}
