//! `/cek-status` and `/periksa`: what strangers may ask.

use alpukat::domain::receipt::ReceiptNumber;
use time::Duration;

use crate::support::{app::App, people::grown_up};

#[tokio::test]
async fn number_and_birth_date_show_steps_and_no_name() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    let number = browser.get(&application).await.text("code");
    let typed = number.to_lowercase().replace('-', " ");
    let mut stranger = app.browser();
    let asked = stranger.post("/cek-status", &[("nomor", &typed), ("lahir", "5/8/1990")]).await;
    let address = asked.location();
    assert!(!address.contains("1990") && !address.contains(&number), "{address}");
    let found = stranger.get(&address).await;
    assert_eq!(found.status, 200, "{}", found.text("main"));
    let told = found.text("section");
    assert!(told.contains("Menunggu pemeriksaan") && told.contains("paling lambat Senin, 23 November 2026"), "{told}");
    assert!(told.contains("Rabu, 25 November 2026, 09.30–10.00"), "{told}");
    for secret in [person.name.as_str(), person.nik.as_str(), "0813"] {
        assert!(!found.body().contains(secret));
    }
    // The address is good for this session alone, and not for long; without it nothing is shown.
    assert_eq!(app.browser().get(&address).await.location(), "/cek-status");
    assert!(!stranger.get("/cek-status").await.body().contains(&number));
    app.clock().advance(Duration::minutes(15));
    assert_eq!(stranger.get(&address).await.location(), "/cek-status");
}

#[tokio::test]
async fn an_unknown_number_and_a_wrong_date_get_the_same_answer() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    let number = browser.get(&application).await.text("code");
    let unknown = ReceiptNumber::from_values([1, 2, 3, 4, 5, 6, 7]).to_string();
    let mut answers = Vec::new();
    for (number, born) in [(number.as_str(), "06-08-1990"), (unknown.as_str(), "07-08-1990")] {
        let page = app.browser().post("/cek-status", &[("nomor", number), ("lahir", born)]).await;
        assert_eq!(page.status, 422);
        answers.push(page.body().replace(number, "…").replace(born, "…"));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].contains("Tidak ada permohonan dengan nomor dan tanggal lahir itu."));
    let mistyped = app.browser().post("/cek-status", &[("nomor", "K7M3-9QXG"), ("lahir", "05-08-1990")]).await;
    assert!(mistyped.text(".error").contains("Ada huruf atau angka yang salah ketik."));
}

#[tokio::test]
async fn ten_wrong_dates_for_a_number_are_enough() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    let number = browser.get(&application).await.text("code");
    for _ in 0..10 {
        assert_eq!(app.browser().post("/cek-status", &[("nomor", &number), ("lahir", "01-01-1990")]).await.status, 422);
    }
    let shut = app.browser().post("/cek-status", &[("nomor", &number), ("lahir", "05-08-1990")]).await;
    assert_eq!(shut.status, 429);
    assert!(shut.headers.contains_key("retry-after"));
    app.clock().advance(Duration::minutes(11));
    assert_eq!(app.browser().post("/cek-status", &[("nomor", &number), ("lahir", "05-08-1990")]).await.status, 303);
}

#[tokio::test]
async fn a_receipts_code_tells_that_it_is_genuine_and_nothing_personal() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    let number = browser.get(&application).await.text("code");
    let code: uuid::Uuid =
        sqlx::query_scalar("select check_code from applications").fetch_one(&mut app.owner().await).await.unwrap();
    let genuine = app.browser().get(&format!("/periksa/{}", code.simple())).await;
    assert_eq!(genuine.status, 200);
    assert!(genuine.text(".note").contains("Keterangan ini asli") && genuine.text(".note").contains(&number));
    assert!(!genuine.body().contains(person.name.as_str()));
    for forged in ["00000000000000000000000000000000", "x", &number] {
        let page = app.browser().get(&format!("/periksa/{forged}")).await;
        assert_eq!(page.status, 404);
        assert!(page.text("main").contains("Jangan terima keterangan ini sebagai bukti."), "{forged}");
    }
}
