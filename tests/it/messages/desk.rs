//! Messages as people see them: on the case, on the list to telephone; sent again, ticked off.

use alpukat::domain::officer::Role;

use super::owe;
use crate::support::{app::App, cases::Wish, people::grown_up};

async fn fail(app: &App) {
    let failed = "update messages set state = 'gagal', cause = 'tidak_sampai', tries = 3, sent_at = created_at";
    sqlx::query(failed).execute(&mut app.owner().await).await.unwrap();
}

#[tokio::test]
async fn what_did_not_arrive_is_on_the_list_of_its_counter_until_somebody_telephones() {
    let app = App::new().await;
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    let elsewhere = app.booked(&Wish { counter: "31.71.01", ..Wish::of(&app, &grown_up()) }).await;
    owe(&app, &case, "0812-0000-0001", "DUKCAPIL DKI: pesan satu").await;
    owe(&app, &elsewhere, "0812-0000-0002", "DUKCAPIL DKI: pesan dua").await;
    fail(&app).await;
    let mut officer = app.petugas().await;
    let page = officer.get("/admin/pesan").await;
    let list = page.text("tbody");
    for shown in [&case.number.to_string(), case.person.name.as_str(), "0812-0000-0001", "tidak sampai di ponsel, 3 kali dicoba"]
    {
        assert!(list.contains(shown), "{shown}: {list}");
    }
    assert!(!list.contains(&elsewhere.number.to_string()), "another counter's");
    assert!(page.text("dl").contains("Gagal: tidak sampai di ponsel 1"), "{}", page.text("dl"));
    let tick = page.attributes("tbody form", "action").remove(0);
    for _ in 0..2 {
        let done = officer.post(&tick, &[]).await;
        assert!(officer.follow(&done).await.text("[role=status]").contains("Ditandai sudah ditelepon."));
    }
    assert!(officer.get("/admin/pesan").await.text("main").contains("Tidak ada. Semua pesan sampai atau masih dicoba."));
    assert_eq!(app.count("select count(*) from events where deed = 'telepon'").await, 1, "twice is once");
    let page = officer.get(&format!("/petugas/permohonan/{}", case.id)).await;
    assert!(page.text("details").contains("sudah ditelepon"), "{}", page.text("details"));
    // A supervisor sees the area's, an administrator all; neither ticks off.
    for (role, counter) in [(Role::Penyelia, Some("31.71.01")), (Role::Admin, None)] {
        let watcher = app.officer(role, counter).await;
        let mut watcher = app.desk(&watcher).await;
        let page = watcher.get("/admin/pesan").await;
        assert!(page.text("tbody").contains(&elsewhere.number.to_string()), "{role:?}");
        assert!(page.attributes("main form", "action").is_empty(), "{role:?}");
        assert_eq!(watcher.post(&tick, &[]).await.status, 404, "{role:?}");
    }
}

#[tokio::test]
async fn without_a_gateway_the_page_says_why_nothing_goes_out() {
    let mut app = App::new().await;
    app.state.site.sends_messages = false;
    app.router = alpukat::web::router(app.state.clone());
    let mut officer = app.petugas().await;
    let page = officer.get("/admin/pesan").await;
    assert!(page.text(".note").contains("Gateway SMS belum dipasang."), "{}", page.text("main"));
}
