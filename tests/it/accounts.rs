//! Registration, log-in, sessions, and the limits on wrong answers.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use alpukat::domain::resident::{CivilRecord, Ended, MaritalStatus};
use axum::{
    body::{Body, Bytes, HttpBody},
    http::{Request, header::CONTENT_TYPE},
};
use hyper::body::Frame;
use time::{Duration, macros::date};
use tokio::sync::oneshot;

use crate::support::{
    app::App,
    browser::{Browser, Page},
    people::{PASSWORD, grown_up},
};

/// The form as this person would fill it in, with some fields otherwise.
async fn register(browser: &mut Browser, person: &CivilRecord, otherwise: &[(&str, &str)]) -> Page {
    let born = person.birth_date;
    let born = format!("{:02}-{:02}-{}", born.day(), u8::from(born.month()), born.year());
    let mut fields = vec![
        ("nik", person.nik.as_str()),
        ("nomor_kk", person.kk_number.as_str()),
        ("nama", person.name.as_str()),
        ("tanggal_lahir", born.as_str()),
        ("ponsel", "0812 0000 1234"),
        ("email", ""),
        ("sandi", PASSWORD),
    ];
    for (name, value) in otherwise {
        fields.iter_mut().find(|(known, _)| known == name).unwrap().1 = value;
    }
    browser.post("/registrasi", &fields).await
}

#[tokio::test]
async fn who_matches_the_registry_gets_an_account_and_who_has_one_gets_the_same_page() {
    let app = App::new().await;
    let person = grown_up();
    app.know(std::slice::from_ref(&person)).await;
    let mut browser = app.browser();
    let shouted = person.name.as_str().to_uppercase().replace(' ', "   ");
    let first = register(&mut browser, &person, &[("nama", &shouted), ("tanggal_lahir", "5/8/1990")]).await;
    assert_eq!(first.location(), "/registrasi/kode");
    let page = browser.follow(&first).await;
    let code = app.code("0812-0000-1234").await;
    let done = browser.post("/registrasi/kode", &[("kode", &code)]).await;
    assert_eq!(done.location(), "/masuk");
    app.log_in(&person).await;

    let second = register(&mut browser, &person, &[("sandi", "sandi-orang-lain")]).await;
    // But for the name of the registration, which is drawn anew each time.
    let body = |page: &Page| page.body().replace(&page.attributes("[name=permintaan]", "value")[0], "");
    assert_eq!(body(&browser.follow(&second).await), body(&page));
    app.log_in(&person).await;
    assert_eq!(app.count("select count(*) from accounts").await, 1);
}

#[tokio::test]
async fn every_mismatch_gets_the_same_answer() {
    let app = App::new().await;
    let person = grown_up();
    let young = CivilRecord { birth_date: date!(2010 - 08 - 05), marital_status: MaritalStatus::BelumKawin, ..grown_up() };
    let dead = CivilRecord { ended: Some(Ended::Meninggal), ..grown_up() };
    let gone = CivilRecord { ended: Some(Ended::PindahKeluar), ..grown_up() };
    let unknown = grown_up();
    app.know(&[person.clone(), young.clone(), dead.clone(), gone.clone()]).await;
    let wrong: [(_, &CivilRecord, &[_]); 7] = [
        ("unknown", &unknown, &[]),
        ("another KK", &person, &[("nomor_kk", unknown.kk_number.as_str())]),
        ("another name", &person, &[("nama", "Orang Lain")]),
        ("another birth date", &person, &[("tanggal_lahir", "06-08-1990")]),
        ("under 17", &young, &[]),
        ("dead", &dead, &[]),
        ("gone", &gone, &[]),
    ];
    for (what, who, otherwise) in wrong {
        let page = register(&mut app.browser(), who, otherwise).await;
        assert_eq!(page.status, 422, "{what}");
        assert_eq!(page.text("h1"), "Registrasi");
        let told = page.text(".note.stop");
        assert!(
            told.contains(
                "Data belum sama dengan data kependudukan. Periksa NIK, nomor KK, tanggal lahir, dan nama tanpa gelar."
            ),
            "{what}: {told}"
        );
        assert!(page.text("title").starts_with("Kesalahan:"), "{what}");
        assert_eq!(page.attributes("#nik", "value"), [who.nik.as_str()], "{what}: what was typed is kept");
    }
    assert_eq!(app.count("select count(*) from accounts").await, 0);
    let married = CivilRecord { marital_status: MaritalStatus::Kawin, ..young };
    app.know(std::slice::from_ref(&married)).await;
    assert_eq!(register(&mut app.browser(), &married, &[]).await.status, 303, "who ever married may");
}

#[tokio::test]
async fn an_invalid_form_is_the_same_page_with_summary_kept_input_and_no_password() {
    let app = App::new().await;
    let person = grown_up();
    let wrong = [("nik", "317101450890001"), ("tanggal_lahir", "31-02-1990"), ("ponsel", "021 0000 12"), ("sandi", "pendek")];
    let page = register(&mut app.browser(), &person, &wrong).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.text(".note.stop h2"), "Ada 4 isian yang perlu diperbaiki");
    assert_eq!(page.attributes(".note.stop a", "href"), ["#nik", "#tanggal_lahir", "#ponsel", "#sandi"]);
    for sentence in [
        "NIK terdiri dari 16 angka. Anda mengisi 15 angka.",
        "Tanggal 31-02-1990 tidak ada di kalender.",
        "Nomor ponsel Indonesia diawali 08, misalnya 0812-0000-1234.",
        "Kata sandi paling sedikit 8 huruf, angka, atau tanda.",
    ] {
        assert_eq!(page.text("main").matches(sentence).count(), 2, "in the summary and at the field: {sentence}");
    }
    assert_eq!(page.attributes("#ponsel", "value"), ["021 0000 12"]);
    assert!(page.attributes("#sandi", "value").is_empty());
    let common = register(&mut app.browser(), &person, &[("sandi", "Indonesia123")]).await;
    assert!(common.body().contains("Kata sandi ini dipakai banyak orang dan mudah ditebak. Pilih yang lain."));
}

#[tokio::test]
async fn wrong_passwords_are_limited_per_nik_whether_or_not_it_has_an_account() {
    for has_account in [true, false] {
        let app = App::new().await;
        let person = grown_up();
        if has_account {
            app.account(&person).await;
        }
        let mut browser = app.browser();
        let try_once = async |browser: &mut Browser, password: &str| {
            browser.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", password)]).await
        };
        for _ in 0..10 {
            let page = try_once(&mut browser, "bukan-itu-juga").await;
            assert_eq!(page.status, 422);
            assert!(page.body().contains("NIK atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi."));
        }
        let shut = try_once(&mut browser, PASSWORD).await;
        assert_eq!(shut.status, 429, "also for the right password");
        assert_eq!(shut.header("retry-after"), "61");
        assert!(shut.body().contains("coba lagi setelah pukul 09.01\u{a0}WIB."), "{}", shut.text(".note"));
        app.clock().advance(Duration::seconds(61));
        assert_eq!(try_once(&mut browser, "bukan-itu-juga").await.status, 422, "one try a minute");
        assert_eq!(try_once(&mut browser, PASSWORD).await.status, 429);
        app.clock().advance(Duration::seconds(61));
        assert_eq!(try_once(&mut browser, PASSWORD).await.status, if has_account { 303 } else { 422 });
        app.clock().advance(Duration::minutes(16));
        assert_eq!(try_once(&mut browser, "bukan-itu-juga").await.status, 422, "forgotten after 15 minutes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_time_cannot_pass_the_limit_together() {
    let app = App::new().await;
    let person = grown_up();
    app.account(&person).await;
    let guessing: Vec<_> = (0..30)
        .map(|_| {
            let (mut browser, nik) = (app.browser(), person.nik.as_str().to_owned());
            tokio::spawn(async move { browser.post("/masuk", &[("nik", nik.as_str()), ("sandi", "tebakan-saja")]).await.status })
        })
        .collect();
    let mut looked_at = 0;
    for guess in guessing {
        looked_at += usize::from(guess.await.unwrap() == 422);
    }
    assert_eq!(looked_at, 10);
}

#[tokio::test]
async fn right_answers_never_count_and_addresses_have_a_limit_of_their_own() {
    let app = App::new().await;
    let person = grown_up();
    app.account(&person).await;
    for _ in 0..15 {
        app.log_in(&person).await;
    }
    assert_eq!(app.count("select count(*) from wrong_answers").await, 0);
    let index = "insert into wrong_answers (scope, subject, at)
                 select scope, subject, at from wrong_answers, generate_series(2, 300) where scope = 'alamat'";
    let mut browser = app.browser();
    browser.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", "bukan-itu-juga")]).await;
    sqlx::query(index).execute(&mut app.owner().await).await.unwrap();
    assert_eq!(browser.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", PASSWORD)]).await.status, 429);
    let mut elsewhere = app.browser();
    elsewhere.peer = std::net::SocketAddr::from(([198, 51, 100, 1], 1));
    assert_eq!(elsewhere.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", PASSWORD)]).await.status, 303);
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_idle_and_twelve_hours_in_all() {
    let app = App::new().await;
    let person = grown_up();
    let mut idle = app.citizen(&person).await;
    let page = idle.get("/pencetakan-ktp-el").await;
    assert!(page.body().contains("Anda tetap masuk sampai pukul 09.30\u{a0}WIB."), "{}", page.text("main"));
    app.clock().advance(Duration::minutes(29));
    assert_eq!(idle.get("/pencetakan-ktp-el").await.status, 200);
    app.clock().advance(Duration::minutes(31));
    let gone = idle.get("/pencetakan-ktp-el/tambah").await;
    assert_eq!(gone.location(), "/masuk?ke=/pencetakan-ktp-el/tambah");
    assert!(idle.follow(&gone).await.body().contains("Anda sudah keluar karena halaman lama tidak dipakai."));

    let mut busy = app.log_in(&person).await;
    for _ in 0..35 {
        app.clock().advance(Duration::minutes(20));
        assert_eq!(busy.get("/akun").await.status, 200);
    }
    let last = busy.get("/akun").await;
    assert!(last.body().contains("Anda tetap masuk sampai pukul 22.00\u{a0}WIB."), "twelve hours after 10.00");
    app.clock().advance(Duration::minutes(20));
    assert_eq!(busy.get("/akun").await.status, 303);
}

#[tokio::test]
async fn log_in_renews_the_id_and_leads_on_only_to_pages_of_ours() {
    let app = App::new().await;
    let person = grown_up();
    app.account(&person).await;
    let sign_in = async |to: &str| {
        let fields = [("nik", person.nik.as_str()), ("sandi", PASSWORD), ("ke", to)];
        app.browser().post("/masuk", &fields).await.location()
    };
    assert_eq!(sign_in("/pencetakan-ktp-el/tambah").await, "/pencetakan-ktp-el/tambah");
    assert_eq!(sign_in("/akun").await, "/akun");
    for evil in
        ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/akun@elsewhere", "javascript:alert(1)", ""]
    {
        assert_eq!(sign_in(evil).await, "/pencetakan-ktp-el", "{evil}");
    }
    let mut browser = app.log_in(&person).await;
    let before = browser.clone();
    browser.post("/masuk", &[("nik", person.nik.as_str()), ("sandi", PASSWORD)]).await.location();
    assert_eq!(browser.get("/akun").await.status, 200);
    assert_eq!(before.clone().get("/akun").await.status, 303, "the id from before opens nothing");
    let copied = browser.clone();
    browser.post("/keluar", &[]).await.location();
    assert_eq!(copied.clone().get("/akun").await.status, 303, "log-out ends the session for whoever copied it");
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let app = App::new().await;
    let person = grown_up();
    let mut here = app.citizen(&person).await;
    let mut there = app.log_in(&person).await;
    assert_eq!(here.get("/akun").await.text("main li").matches("Masuk").count(), 2);
    let wrong = here.post("/akun/kata-sandi", &[("sandi_sekarang", "bukan-itu"), ("sandi_baru", "teh-manis-sore")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text(".error").contains("Kata sandi sekarang tidak cocok."));
    let done = here.post("/akun/kata-sandi", &[("sandi_sekarang", PASSWORD), ("sandi_baru", "teh-manis-sore")]).await;
    assert!(here.follow(&done).await.text(".note").contains("Kata sandi diganti."));
    assert_eq!(there.get("/akun").await.status, 303);
    let again = app.browser().post("/masuk", &[("nik", person.nik.as_str()), ("sandi", "teh-manis-sore")]).await;
    assert_eq!(again.status, 303);
    here.post("/akun/keluar-semua", &[]).await.location();
    assert_eq!(here.get("/akun").await.status, 303);
    assert_eq!(app.count("select count(*) from sessions where ended_at is null or account_id is not null").await, 0);
}

#[tokio::test]
async fn who_died_or_moved_away_is_let_in_no_more() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    app.know(&[CivilRecord { ended: Some(Ended::PindahKeluar), ..person.clone() }]).await;
    assert_eq!(browser.get("/pencetakan-ktp-el").await.status, 303, "the session is worth nothing");
    let page = app.browser().post("/masuk", &[("nik", person.nik.as_str()), ("sandi", PASSWORD)]).await;
    assert_eq!(page.status, 422);
}

#[tokio::test]
async fn cookies_are_bound_to_https_where_the_public_address_is() {
    let app = App::new().await;
    let person = grown_up();
    app.account(&person).await;
    let fields = [("nik", person.nik.as_str()), ("sandi", PASSWORD)];
    let plain = app.browser().post("/masuk", &fields).await;
    assert!(plain.header("set-cookie").starts_with("alpukat=") && !plain.header("set-cookie").contains("Secure"));
    let mut state = app.state.clone();
    state.site.public_url = "https://alpukat.example".into();
    let secure = Browser::new(alpukat::web::router(state)).post("/masuk", &fields).await;
    let cookie = secure.header("set-cookie");
    for part in ["__Host-alpukat=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(secure.header("strict-transport-security").contains("max-age"));
}

/// A body that comes when it is let go.
struct Late(oneshot::Receiver<Bytes>);

impl HttpBody for Late {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0.is_terminated() {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.0).poll(context).map(|body| body.ok().map(|body| Ok(Frame::data(body))))
    }
}

#[tokio::test]
async fn a_form_that_is_sent_slowly_is_of_no_use_to_a_session_that_ended_meanwhile() {
    let app = App::new().await;
    let person = grown_up();
    let (mut citizen, mut other) = (app.citizen(&person).await, app.log_in(&person).await);
    other.post("/akun/ponsel", &[("ponsel", "0813-0000-7777"), ("sandi_sekarang", PASSWORD)]).await.location();
    let code = app.code("0813-0000-7777").await;
    let (send, body) = oneshot::channel();
    let slow = tokio::spawn(async move {
        let request = Request::post("/akun/ponsel/kode").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        other.send(request, Body::new(Late(body))).await
    });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    citizen.post("/akun/keluar-semua", &[]).await.location();
    send.send(format!("kode={code}").into()).unwrap();
    let answer = slow.await.unwrap();
    assert!(answer.location().starts_with("/masuk?"), "{}", answer.location());
    assert_eq!(app.count("select count(*) from messages where kind = 'ponsel_diganti'").await, 0);
}
