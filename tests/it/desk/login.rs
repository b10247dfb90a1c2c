//! Coming in to the desk takes a password and a code, and ends when it must.

use alpukat::{db::officers::FactorSecret, domain::officer::Role};
use time::Duration;

use crate::support::{
    app::{App, COUNTER},
    browser::{Browser, Page},
    desk::{DESK_PASSWORD, TestOfficer},
    people::grown_up,
};

/// Pages of the desk, for whoever tries to reach one.
const PAGES: [&str; 2] = ["/petugas", "/petugas?langkah=dicetak"];

async fn sees_nothing(browser: &mut Browser) {
    for page in PAGES {
        assert_eq!(browser.get(page).await.location(), "/petugas/masuk", "{page}");
    }
    assert_eq!(browser.post("/petugas", &[("cari", "umpama")]).await.location(), "/petugas/masuk");
}

/// The key that a page offers, out of base32.
fn offered(page: &Page) -> FactorSecret {
    let text = page.text("main code").replace(' ', "");
    let value = |sign| u64::try_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(sign).unwrap()).unwrap();
    let blocks = text.as_bytes().chunks(8).map(|block| block.iter().fold(0, |sum, sign| sum << 5 | value(char::from(*sign))));
    let bytes: Vec<u8> = blocks.flat_map(|block: u64| block.to_be_bytes()[3..].to_vec()).collect();
    bytes.try_into().unwrap()
}

#[tokio::test]
async fn the_first_log_in_sets_up_the_second_factor() {
    let app = App::new().await;
    let mut officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    officer.is_set_up = false;
    app.store_officer(&officer).await;
    let mut browser = app.browser();
    sees_nothing(&mut browser).await;
    let fields = [("nama", officer.username.as_str()), ("sandi", DESK_PASSWORD)];
    assert_eq!(browser.post("/petugas/masuk", &fields).await.location(), "/petugas/dua-langkah");
    sees_nothing(&mut browser).await;

    // Somebody else who knows the password is shown a key, too; it is another one, and is worth nothing later.
    let mut other = app.browser();
    other.post("/petugas/masuk", &fields).await.location();
    let theirs = offered(&other.get("/petugas/dua-langkah").await);
    let page = browser.get("/petugas/dua-langkah").await;
    officer.secret = offered(&page);
    assert_ne!(officer.secret, theirs);
    assert_eq!(officer.secret, offered(&browser.get("/petugas/dua-langkah").await), "the same as long as the session lasts");
    assert_eq!(page.attributes("svg.qr", "aria-label").len(), 1);
    assert_eq!(page.text("main code").replace(' ', "").len(), 32, "160 bits in base32");
    assert_eq!(browser.post("/petugas/dua-langkah", &[("kode", "000000")]).await.status, 422);
    sees_nothing(&mut browser).await;

    let code = officer.code(app.clock().now());
    let page = browser.post("/petugas/dua-langkah", &[("kode", &code)]).await;
    assert_eq!(page.status, 200);
    let recovery: Vec<String> = page.text("main li code").split(' ').map(ToOwned::to_owned).collect();
    assert_eq!(recovery.len(), 8);
    assert_eq!(browser.get("/petugas").await.status, 200);

    let stolen = TestOfficer { secret: theirs, ..officer.clone() }.code(app.clock().now());
    assert_eq!(other.post("/petugas/dua-langkah", &[("kode", &stolen)]).await.status, 422);
    sees_nothing(&mut other).await;

    // From now on neither key nor QR is shown, and the code of that half minute is used up.
    let mut second = app.browser();
    second.post("/petugas/masuk", &fields).await.location();
    let page = second.get("/petugas/dua-langkah").await;
    assert!(page.attributes("svg.qr", "aria-label").is_empty() && page.text("main code").is_empty());
    for refused in [&code, &officer.code(app.clock().now() - Duration::seconds(30)), "", "abc"] {
        assert_eq!(second.post("/petugas/dua-langkah", &[("kode", refused)]).await.status, 422, "{refused}");
    }
    sees_nothing(&mut second).await;
    assert_eq!(second.post("/petugas/dua-langkah", &[("kode", &recovery[3].to_uppercase())]).await.location(), "/petugas");
    assert_eq!(second.get("/petugas").await.status, 200);

    let mut third = app.browser();
    third.post("/petugas/masuk", &fields).await.location();
    assert_eq!(third.post("/petugas/dua-langkah", &[("kode", &recovery[3])]).await.status, 422, "good once");
    let next = officer.code(app.clock().now() + Duration::seconds(30));
    assert_eq!(third.post("/petugas/dua-langkah", &[("kode", &next)]).await.location(), "/petugas");
}

#[tokio::test]
async fn every_wrong_log_in_gets_the_same_answer_and_not_for_long() {
    let app = App::new().await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut shut = app.officer(Role::Petugas, Some(COUNTER)).await;
    shut.is_enabled = false;
    app.store_officer(&shut).await;
    let wrong = [
        (officer.username.as_str(), "stempel-di-meja-kanan"),
        (shut.username.as_str(), DESK_PASSWORD),
        ("siapa.saja", DESK_PASSWORD),
        ("bukan nama / sama sekali", DESK_PASSWORD),
    ];
    let mut browser = app.browser();
    for (name, password) in wrong {
        let page = browser.post("/petugas/masuk", &[("nama", name), ("sandi", password)]).await;
        assert_eq!(
            (page.status, page.text(".note.stop li").as_str()),
            (422, "Nama pengguna, kata sandi, atau kode tidak cocok.")
        );
        assert_eq!(browser.get("/petugas/dua-langkah").await.location(), "/petugas/masuk");
    }
    for _ in 0..10 {
        browser.post("/petugas/masuk", &[("nama", officer.username.as_str()), ("sandi", "salah salah salah")]).await;
    }
    let page = browser.post("/petugas/masuk", &[("nama", officer.username.as_str()), ("sandi", DESK_PASSWORD)]).await;
    assert_eq!(page.status, 429, "even with the right one");
    assert!(page.headers.contains_key("retry-after"));

    // Codes are not guessed for long either.
    let other = app.officer(Role::Petugas, Some(COUNTER)).await;
    browser.post("/petugas/masuk", &[("nama", other.username.as_str()), ("sandi", DESK_PASSWORD)]).await.location();
    for _ in 0..10 {
        assert_eq!(browser.post("/petugas/dua-langkah", &[("kode", "000000")]).await.status, 422);
    }
    let code = other.code(app.clock().now());
    assert_eq!(browser.post("/petugas/dua-langkah", &[("kode", &code)]).await.status, 429);
    app.clock().advance(Duration::minutes(1));
    let code = other.code(app.clock().now());
    assert_eq!(browser.post("/petugas/dua-langkah", &[("kode", &code)]).await.location(), "/petugas");
}

#[tokio::test]
async fn a_session_ends_after_a_quarter_of_an_hour_and_after_ten_hours() {
    let app = App::new().await;
    let officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut browser = app.desk(&officer).await;
    app.clock().advance(Duration::minutes(14));
    assert_eq!(browser.get("/petugas").await.status, 200);
    app.clock().advance(Duration::minutes(16));
    sees_nothing(&mut browser).await;

    let mut browser = app.desk(&officer).await;
    for _ in 0..49 {
        app.clock().advance(Duration::minutes(12));
        assert_eq!(browser.get("/petugas").await.status, 200);
    }
    app.clock().advance(Duration::minutes(12));
    sees_nothing(&mut browser).await;
}

#[tokio::test]
async fn shut_out_moved_or_with_another_password_takes_effect_at_once() {
    let app = App::new().await;
    let mut officer = app.officer(Role::Petugas, Some(COUNTER)).await;
    let mut browser = app.desk(&officer).await;
    assert!(browser.get("/petugas").await.text("h1").contains("Kelurahan Petojo Selatan"));
    officer.counter = alpukat::domain::region::RegionCode::parse("31.71.01.1002");
    app.store_officer(&officer).await;
    assert!(browser.get("/petugas").await.text("h1").contains("Kelurahan Cideng"));
    assert_eq!(browser.get(&format!("/petugas?titik={COUNTER}")).await.status, 404);
    officer.is_enabled = false;
    app.store_officer(&officer).await;
    sees_nothing(&mut browser).await;
    officer.is_enabled = true;
    app.store_officer(&officer).await;
    sees_nothing(&mut browser).await;

    let mut browser = app.desk(&officer).await;
    sqlx::query("update officers set password_hash = 'another'").execute(&mut app.owner().await).await.unwrap();
    sees_nothing(&mut browser).await;
}

#[tokio::test]
async fn a_citizens_cookie_opens_no_desk_and_an_officers_no_account() {
    let app = App::new().await;
    let mut citizen = app.citizen(&grown_up()).await;
    sees_nothing(&mut citizen).await;
    let mut officer = app.petugas().await;
    assert_eq!(officer.get("/akun").await.status, 303);
    for (browser, own, other) in [(&mut citizen, "alpukat", "alpukat-petugas"), (&mut officer, "alpukat-petugas", "alpukat")] {
        let cookie = browser.cookies.remove(own).unwrap();
        browser.cookies.insert(other.to_owned(), cookie);
    }
    sees_nothing(&mut citizen).await;
    assert_eq!(officer.get("/akun").await.status, 303);
}

#[tokio::test]
async fn leaving_ends_the_session() {
    let app = App::new().await;
    let mut browser = app.petugas().await;
    let kept = browser.cookies.clone();
    assert_eq!(browser.post("/petugas/keluar", &[]).await.location(), "/petugas/masuk");
    browser.cookies = kept;
    sees_nothing(&mut browser).await;
}
