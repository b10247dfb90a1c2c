//! What search engines, password managers and people with a hole to report are told, and what a shared link shows.

use crate::support::{app::App, browser::Page, people::grown_up};

/// Pages for everybody, which may be found and shared.
const PUBLIC: [&str; 7] = ["/", "/registrasi", "/masuk", "/lupa-kata-sandi", "/cek-status", "/kontak", "/privasi"];

fn card(page: &Page, property: &str) -> Vec<String> {
    page.attributes(&format!("head meta[property='og:{property}']"), "content")
}

fn hides(page: &Page) -> bool {
    let alone = page.attributes("head meta[name=description], head meta[property]", "content").is_empty();
    alone && page.attributes("head meta[name=robots]", "content") == ["noindex"]
}

#[tokio::test]
async fn a_shared_link_of_a_page_for_everybody_says_what_it_is() {
    let app = App::new().await;
    let mut descriptions = Vec::new();
    for address in PUBLIC {
        let page = app.browser().get(address).await;
        let description = page.attributes("head meta[name=description]", "content");
        assert!(description.len() == 1 && (40..=160).contains(&description[0].len()), "{address}: {description:?}");
        assert_eq!(card(&page, "description"), description, "{address}");
        let title = card(&page, "title");
        assert_eq!(page.text("title"), format!("{} – Alpukat", title[0]), "{address}");
        assert_eq!((card(&page, "site_name"), card(&page, "locale")), (vec!["Alpukat".into()], vec!["id_ID".into()]));
        assert_eq!(card(&page, "type"), ["website"]);
        assert!(card(&page, "image").is_empty() && page.attributes("meta[name=robots]", "content").is_empty(), "{address}");
        descriptions.extend(description);
    }
    descriptions.sort();
    descriptions.dedup();
    assert_eq!(descriptions.len(), PUBLIC.len(), "each page says something of its own");
}

#[tokio::test]
async fn somebodys_own_page_is_not_to_be_found_and_says_nothing_of_itself() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let sent = browser.apply(&person).await;
    let number = browser.get(&sent).await.text("code");
    for address in ["/pencetakan-ktp-el", "/pencetakan-ktp-el/tambah", "/akun", "/akun/akses", "/tidak-ada"] {
        assert!(hides(&browser.get(address).await), "{address}");
    }
    for rest in ["", "/keterangan-cetak", "/jadwal", "/pembatalan"] {
        assert!(hides(&browser.get(&format!("{sent}{rest}")).await), "{rest}");
    }
    let mut stranger = app.browser();
    let asked = stranger.post("/cek-status", &[("nomor", &number), ("lahir", "05-08-1990")]).await;
    assert!(hides(&stranger.follow(&asked).await));
    for address in ["/periksa/00000000000000000000000000000000", "/petugas/masuk"] {
        assert!(hides(&app.browser().get(address).await), "{address}");
    }
    assert!(hides(&app.petugas().await.get("/petugas").await));
}

/// Whether a crawler may visit an address: the longest rule that fits decides (RFC 9309).
fn may_visit(robots: &str, address: &str) -> bool {
    let rules = robots.lines().filter_map(|line| line.split_once(": ")).filter(|(verb, _)| *verb != "User-agent");
    let fits = |rule: &str| match rule.strip_suffix('$') {
        Some(whole) => address == whole,
        None => address.starts_with(rule),
    };
    let longest = rules.filter(|(_, rule)| fits(rule)).max_by_key(|(_, rule)| rule.len()).unwrap();
    longest.0 == "Allow"
}

#[tokio::test]
async fn crawlers_visit_pages_for_everybody_and_what_these_load() {
    let app = App::new().await;
    let robots = app.browser().get("/robots.txt").await;
    assert_eq!((robots.status, robots.header("content-type")), (200, "text/plain; charset=utf-8"));
    let robots = robots.body();
    assert!(robots.starts_with("User-agent: *\n"), "{robots}");
    let home = app.browser().get("/").await;
    let kelurahan = "/kontak?kelurahan=31.71.01.1004".to_owned();
    let allowed = PUBLIC.map(ToOwned::to_owned).into_iter().chain(home.attributes("head link", "href")).chain([kelurahan]);
    for address in allowed {
        assert!(may_visit(&robots, &address), "{address}: {robots}");
    }
    for address in [
        "/pencetakan-ktp-el",
        "/akun",
        "/masuk?ke=/akun",
        "/registrasi/kode",
        "/petugas",
        "/admin/pesan",
        "/periksa/00000000000000000000000000000000",
        "/sms/laporan/x/y",
        "/metrics",
    ] {
        assert!(!may_visit(&robots, address), "{address}: {robots}");
    }
}

#[tokio::test]
async fn whoever_found_a_hole_is_told_whom_to_tell() {
    let app = App::new().await;
    let page = app.browser().get("/.well-known/security.txt").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/plain; charset=utf-8"));
    let expected = "Contact: http://alpukat.example/kontak\nExpires: 2027-05-19T00:00:00Z\nPreferred-Languages: id, en\n\
                    Canonical: http://alpukat.example/.well-known/security.txt\n";
    assert_eq!(page.body(), expected);
    app.clock().advance(time::Duration::days(30));
    assert!(app.browser().get("/.well-known/security.txt").await.body().contains("Expires: 2027-06-18T00:00:00Z"));
}

#[tokio::test]
async fn password_managers_find_where_a_password_is_changed() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let lead = browser.get("/.well-known/change-password").await;
    let page = browser.follow(&lead).await;
    assert_eq!(page.attributes("form[action='/akun/kata-sandi'] [autocomplete=new-password]", "name"), ["sandi_baru"]);
    // They also ask whether the site answers 404 for what it does not know.
    assert_eq!(browser.get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200").await.status, 404);
    let mut stranger = app.browser();
    let lead = stranger.get("/.well-known/change-password").await;
    assert_eq!(stranger.follow(&lead).await.location(), "/masuk?ke=/akun");
}
