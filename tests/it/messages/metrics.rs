//! What Prometheus reads.

use alpukat::web::metrics::{self, Watched};
use axum::{
    body::{Body, to_bytes},
    http::{Request, header::CONTENT_TYPE},
};
use time::Duration;
use tower::ServiceExt;

use super::{listen, outlet, owe, work};
use crate::support::{app::App, cases::Wish, kannel::Kannel, people::grown_up};

async fn scraped(app: &App) -> String {
    let router = metrics::router(Watched { db: app.state.db.clone(), clock: app.clock().clone() });
    let answer = router.oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[CONTENT_TYPE], "text/plain; version=0.0.4; charset=utf-8");
    String::from_utf8(to_bytes(answer.into_body(), 10_000).await.unwrap().to_vec()).unwrap()
}

/// The figures alone, line by line.
async fn figures(app: &App) -> Vec<String> {
    scraped(app).await.lines().filter(|line| !line.starts_with('#')).map(ToOwned::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_when_the_oldest_message_waits_too_long_and_what_was_given_up() {
    let (app, kannel) = (App::new().await, Kannel::start().await);
    let email = |name: &str| format!("alpukat_messages_{name}{{channel=\"email\"}} 0");
    let sms = |name: &str, figure: &str| format!("alpukat_messages_{name}{{channel=\"sms\"}} {figure}");
    let both = |figures: [(&str, &str); 3]| figures.map(|(name, figure)| [sms(name, figure), email(name)]).concat();
    let nothing = both([("waiting", "0"), ("oldest_waiting_seconds", "0"), ("late", "0")]);
    assert_eq!(figures(&app).await, nothing);
    let case = app.booked(&Wish::of(&app, &grown_up())).await;
    for n in 0..2 {
        owe(&app, &case, "0812-0000-0001", &format!("DUKCAPIL DKI: pesan {n}")).await;
    }
    for (later, age, late) in [(Duration::minutes(10), "600", "0"), (Duration::milliseconds(1_500), "601.5", "1")] {
        app.clock().advance(later);
        let expected = both([("waiting", "2"), ("oldest_waiting_seconds", age), ("late", late)]);
        assert_eq!(figures(&app).await, expected);
    }
    assert!(!scraped(&app).await.contains("0812"), "nothing personal");
    // Another gateway's password: the first is refused, and the second waits for it.
    let outlet = outlet(&kannel.url().replace("rahasia", "salah"), listen(&app).await);
    work(&app, &outlet).await;
    let refused = "alpukat_messages_put_off{channel=\"sms\",cause=\"gateway_menolak\"} 1".to_owned();
    assert!(figures(&app).await.contains(&refused), "{:?}", figures(&app).await);
    // Of all that is given up after hours, it says why.
    sqlx::query("update messages set state = 'gagal', cause = 'gateway_menolak'").execute(&mut app.owner().await).await.unwrap();
    let mut expected = nothing.clone();
    expected.push("alpukat_messages_failed{channel=\"sms\",cause=\"gateway_menolak\"} 2".to_owned());
    assert_eq!(figures(&app).await, expected);
    // An e-mail is counted apart.
    app.owe_mail(&case, "sari@contoh.example", "pesan").await;
    assert!(
        figures(&app).await.contains(&"alpukat_messages_waiting{channel=\"email\"} 1".to_owned()),
        "{:?}",
        figures(&app).await
    );
    assert!(figures(&app).await.contains(&sms("waiting", "0")), "{:?}", figures(&app).await);
    assert_eq!(app.browser().get("/metrics").await.status, 404, "not where the public reaches it");
}
