//! What is not one's own does not exist, and without a log-in nothing personal can be reached.

use axum::body::Body;
use axum::http::Request;

use crate::support::{
    app::{App, SLOT},
    people::grown_up,
    routes,
};

#[tokio::test]
async fn a_stranger_gets_404_for_every_address_of_an_application_and_changes_nothing() {
    let app = App::new().await;
    let (owner, stranger) = (grown_up(), grown_up());
    let mut theirs = app.citizen(&owner).await;
    let mut mine = app.citizen(&stranger).await;
    let draft = theirs.begin(&owner).await;
    theirs.fill(&draft).await;
    theirs.choose(&draft, SLOT).await.location();
    for sent in [false, true] {
        if sent {
            theirs.yes(&draft).await.location();
        }
        let page: uuid::Uuid = sqlx::query_scalar("select id from pages").fetch_one(&mut app.owner().await).await.unwrap();
        let nowhere = mine.get("/tidak-ada").await;
        for address in routes::of_an_application(&draft, &page.to_string()) {
            let got = mine.get(&address).await;
            assert!(matches!(got.status, 404 | 405), "GET {address}: {}", got.status);
            assert_eq!(
                without_id(&got.body()),
                without_id(&nowhere.body()),
                "GET {address} tells more than that there is nothing"
            );
            let fields = [
                ("keterangan", "hilang"),
                ("ada", "ktp_rusak"),
                ("ponsel", "0812-0000-9999"),
                ("titik", "31.71.01.1004"),
                ("jam", SLOT),
            ];
            let posted = if address.ends_with("/unggah") {
                mine.upload(&format!("{address}/ktp_rusak"), "kartu.png", &crate::files::png(60, 40)).await
            } else {
                mine.post(&address, &fields).await
            };
            let harmless = posted.status == 303 && posted.location() == "/pencetakan-ktp-el";
            assert!(matches!(posted.status, 404 | 405) || harmless, "POST {address}: {}", posted.status);
        }
    }
    assert_eq!(app.count("select count(*) from pages").await, 1);
    assert_eq!(app.count("select count(*) from applications where status = 'diajukan' and category = 'rusak'").await, 1);
}

#[tokio::test]
async fn a_walk_over_all_routes_without_a_session_reaches_nothing_personal() {
    let app = App::new().await;
    let person = grown_up();
    let mut theirs = app.citizen(&person).await;
    let application = theirs.apply(&person).await;
    let page: uuid::Uuid = sqlx::query_scalar("select id from pages").fetch_one(&mut app.owner().await).await.unwrap();
    let code: uuid::Uuid =
        sqlx::query_scalar("select check_code from applications").fetch_one(&mut app.owner().await).await.unwrap();
    let all = routes::all(&application, &page.to_string(), &code.simple().to_string());
    let secrets =
        [person.nik.as_str(), person.kk_number.as_str(), person.name.as_str(), "0813-0000-5678", person.address.as_str()];
    for address in all {
        let mut nobody = app.browser();
        for page in [nobody.get(&address).await, nobody.post(&address, &[]).await] {
            let door =
                if ["/petugas", "/admin"].iter().any(|part| address.starts_with(part)) { "/petugas/masuk" } else { "/masuk" };
            let leads_in = page.status == 303 && page.header("location").starts_with(door);
            let body = page.body();
            for secret in secrets {
                assert!(!body.contains(secret), "{address} shows something personal");
            }
            assert_ne!(page.header("content-type"), "image/jpeg", "{address}");
            let closed = ["/pencetakan-ktp-el", "/akun", "/petugas", "/admin"].iter().any(|part| address.starts_with(part));
            let closed = closed && address != "/petugas/masuk";
            assert!(!closed || leads_in || page.status == 405, "{address}: {}", page.status);
        }
    }
}

#[tokio::test]
async fn a_form_sent_from_elsewhere_is_refused() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    browser.names_origin = false;
    let elsewhere = vec![("origin", "https://elsewhere.example".to_owned()), ("sec-fetch-site", "cross-site".to_owned())];
    // Nothing said is nothing believed: no form of a browser comes without either.
    for headers in [elsewhere, vec![("sec-fetch-site", "cross-site".to_owned())], Vec::new()] {
        browser.headers = headers;
        for address in [format!("{application}/pembatalan"), "/petugas/masuk".to_owned()] {
            let page = browser.post(&address, &[]).await;
            assert_eq!(page.status, 403, "{address} {:?}", browser.headers);
            assert!(page.text("h1").contains("Kiriman tidak diterima"));
        }
    }
    browser.headers = vec![("origin", "http://alpukat.example".to_owned()), ("sec-fetch-site", "same-origin".to_owned())];
    assert_eq!(browser.post(&format!("{application}/pembatalan"), &[]).await.status, 303);
}

#[tokio::test]
async fn every_answer_is_careful_and_pictures_are_inert() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let application = browser.apply(&person).await;
    let page: uuid::Uuid = sqlx::query_scalar("select id from pages").fetch_one(&mut app.owner().await).await.unwrap();
    for address in ["/".to_owned(), "/tidak-ada".to_owned(), application.clone(), format!("{application}/keterangan-cetak.pdf")] {
        let answer = browser.get(&address).await;
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{address}");
        assert!(!answer.header("content-security-policy").contains("unsafe"), "{address}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(answer.header("cache-control"), "no-store", "{address}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{address}");
    }
    for rest in ["", "/pratinjau"] {
        let picture = browser.get(&format!("{application}/halaman/{page}{rest}")).await;
        assert_eq!(picture.status, 200);
        assert_eq!(picture.header("content-type"), "image/jpeg");
        assert_eq!(picture.header("cache-control"), "no-store");
        assert!(picture.header("content-security-policy").contains("sandbox"));
        assert_eq!(picture.header("x-content-type-options"), "nosniff");
    }
    let mut odd = app.browser();
    let refused = odd.send(Request::builder().method("BREW").uri("/"), Body::empty()).await;
    assert_eq!(refused.status, 405);
}

fn without_id(body: &str) -> String {
    body.lines().filter(|line| !line.contains("Nomor gangguan")).collect()
}
