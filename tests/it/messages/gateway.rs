//! Through the real Kannel to its fake network and back.

use std::{
    collections::HashMap,
    time::{Duration as Wait, Instant},
};

use time::Duration;

use super::{listen, outlet, owe, states, work};
use crate::{
    desk::{
        case::explain,
        printing::{enter_blanks, printer, start},
    },
    support::{
        app::App,
        cases::{Case, Wish},
        kannel::Kannel,
        people::grown_up,
        rounds,
    },
};

/// Waits until the gateway has reported on all that was sent.
async fn until_reported(app: &App) {
    let begun = Instant::now();
    while app.count("select count(*) from messages where state <> 'sampai'").await > 0 {
        assert!(begun.elapsed() < Wait::from_secs(30), "{:?}", states(app).await);
        tokio::time::sleep(Wait::from_millis(30)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_of_a_case_arrives_once_and_is_seen_to_have_arrived() {
    let (app, kannel) = (App::new().await, Kannel::start().await);
    let outlet = outlet(&kannel.url(), listen(&app).await);
    let person = grown_up();
    let mut citizen = app.citizen(&person).await;
    let address = citizen.apply(&person).await;
    work(&app, &outlet).await;
    let case = address.replace("/pencetakan-ktp-el/", "/petugas/permohonan/");
    let (_, mut officer) = printer(&app).await;
    officer.post(&format!("{case}/pemeriksaan"), &[]).await.location();
    let fields = [("dok", "ktp_rusak"), ("alasan-ktp_rusak", "tidak_terbaca")];
    explain(&mut officer, &format!("{case}/pengembalian"), &fields).await.location();
    app.clock().advance(Duration::minutes(1));
    work(&app, &outlet).await;
    citizen.upload(&format!("{address}/unggah/ktp_rusak"), "kartu.png", &crate::files::png(61, 40)).await.location();
    citizen.post(&format!("{address}/unggah"), &[]).await.location();
    officer.post(&format!("{case}/pemeriksaan"), &[]).await.location();
    officer.post(&format!("{case}/persetujuan"), &[]).await.location();
    app.clock().advance(Duration::minutes(1));
    work(&app, &outlet).await;
    enter_blanks(&mut officer, "5").await.location();
    let id = address.rsplit('/').next().unwrap().parse::<uuid::Uuid>().unwrap();
    let number: String =
        sqlx::query_scalar("select receipt_number from applications").fetch_one(&mut app.owner().await).await.unwrap();
    let subject =
        Case { id: id.into(), number: alpukat::domain::receipt::ReceiptNumber::parse(&number).unwrap(), person: person.clone() };
    let run = start(&mut officer, &[&subject]).await.location();
    officer.post(&format!("{run}/hasil"), &[("sisa", "baik")]).await.location();
    work(&app, &outlet).await;
    let resident: uuid::Uuid =
        sqlx::query_scalar("select resident_id from applications").fetch_one(&mut app.owner().await).await.unwrap();
    let resident = resident.to_string();
    let fields = [("pengambil", resident.as_str()), ("cek", "identitas"), ("cek", "ktp_ditarik")];
    officer.post(&format!("{case}/penyerahan"), &fields).await.location();
    work(&app, &outlet).await;

    kannel.until(6).await;
    until_reported(&app).await;
    let arrived = kannel.arrived();
    let expected = app.told(&subject).await;
    assert_eq!(arrived.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>(), expected, "once each, in order, word for word");
    assert!(arrived.iter().all(|(to, _)| to == "+6281300005678"));
    for (text, part) in
        expected.iter().zip(["diterima", "perlu diperbaiki", "diterima", "disetujui", "siap diambil", "diserahkan"])
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let page = officer.get(&case).await;
    assert_eq!(page.text("details").matches("sampai di ponsel").count(), 6, "{}", page.text("details"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_while_the_gateway_is_away_arrives_once_and_in_order() {
    let (app, mut kannel) = (App::new().await, Kannel::start().await);
    let outlet = outlet(&kannel.url(), listen(&app).await);
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    kannel.stop();
    let count = rounds(200, 1_000);
    for n in 0..count {
        owe(&app, &case, &format!("0812-0000-{:04}", n % 40), &format!("DUKCAPIL DKI: pesan {n}")).await;
    }
    // An hour in which nobody answers; deciding goes on, and waits for nothing.
    let (_, mut officer) = printer(&app).await;
    for step in 0..12 {
        work(&app, &outlet).await;
        app.clock().advance(Duration::minutes(5));
        if step == 6 {
            let address = format!("/petugas/permohonan/{}", case.id);
            let (_, mut now) = printer(&app).await;
            let begun = Instant::now();
            now.post(&format!("{address}/pemeriksaan"), &[]).await.location();
            now.post(&format!("{address}/persetujuan"), &[]).await.location();
            assert!(begun.elapsed() < Wait::from_secs(5), "a decision waited for the gateway");
        }
    }
    assert!(officer.get("/admin/pesan").await.status == 303, "a session of an hour ago has ended");
    let (_, mut officer) = printer(&app).await;
    let page = officer.get("/admin/pesan").await;
    assert!(page.text("main").contains("Pesan tertua sudah menunggu 1 jam. Beri tahu pengelola."), "{}", page.text("main"));
    assert_eq!(
        app.count("select count(*) from messages where cause = 'tidak_terhubung'").await,
        41,
        "the first of each phone, and no other"
    );
    assert_eq!(app.count("select count(*) from messages where state = 'menunggu'").await, count + 1);

    kannel.run().await;
    let expected = usize::try_from(count + 1).unwrap();
    for _ in 0..8 {
        work(&app, &outlet).await;
        app.clock().advance(Duration::hours(1));
    }
    kannel.until(expected).await;
    until_reported(&app).await;
    assert_eq!(kannel.arrived().len(), expected, "each once");
    let mut last: HashMap<String, i64> = HashMap::new();
    for (to, text) in kannel.arrived() {
        let Some(number) = text.strip_prefix("DUKCAPIL DKI: pesan ").and_then(|number| number.parse().ok()) else { continue };
        assert!(last.insert(to.clone(), number).is_none_or(|before| before < number), "{to} got {number} too late");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_no_verdict_on_a_message() {
    let (app, kannel) = (App::new().await, Kannel::start().await);
    let wrong = outlet(&kannel.url().replace("rahasia", "salah"), listen(&app).await);
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    owe(&app, &case, "0812-0000-0001", "DUKCAPIL DKI: pesan").await;
    work(&app, &wrong).await;
    assert_eq!(states(&app).await, [("menunggu".to_owned(), 1)]);
    assert_eq!(app.count("select count(*) from messages where cause = 'gateway_menolak' and tries = 1").await, 1);
    let page = app.petugas().await.get("/admin/pesan").await;
    assert!(page.text(".note.stop").contains("Gateway SMS menolak layanan ini"), "{}", page.text("main"));
    assert!(page.text("dl").contains("Dicoba lagi: gateway menolak layanan ini 1"), "{}", page.text("dl"));

    // Somebody mends the setting: the message goes out by itself.
    app.clock().advance(Duration::minutes(1));
    work(&app, &outlet(&kannel.url(), listen(&app).await)).await;
    kannel.until(1).await;
    until_reported(&app).await;
    assert_eq!(kannel.arrived().len(), 1);
}
