//! Bytes and statements: promises to slow phones and to the database, kept by failing the build.

use std::fmt::Write;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use std::time::Duration;

use alpukat::adapters::clock::Clock;
use tracing::{Subscriber, instrument::WithSubscriber};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

use crate::support::{
    app::{App, NOW, SLOT},
    browser::{Browser, Page},
    cases::Wish,
    database::TestDatabase,
    listening,
    people::{grown_up, relative_of},
    proxy::Proxy,
    routes,
};

/// Body as sent, and its headers as HTTP/1.1 writes them.
fn weight(page: &Page) -> usize {
    page.bytes.len() + page.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>() + 17
}

/// A family of six, of whom one has applied and one has a draft that is complete.
async fn lived_in(app: &App) -> (Browser, String, String) {
    let person = grown_up();
    let family: Vec<_> = (0..5).map(|_| relative_of(&person)).collect();
    app.know(&family).await;
    let mut browser = app.citizen(&person).await;
    let sent = browser.apply(&person).await;
    let draft = browser.begin(&family[0]).await;
    browser.fill(&draft).await;
    browser.choose(&draft, SLOT).await.location();
    (browser, sent, draft)
}

fn pages(sent: &str, draft: &str) -> Vec<String> {
    let mut pages: Vec<String> =
        ["/pencetakan-ktp-el", "/pencetakan-ktp-el/tambah", "/akun", "/kontak", "/kontak?kelurahan=31.71.01.1004", "/privasi"]
            .map(ToOwned::to_owned)
            .to_vec();
    pages.extend(["keterangan", "dokumen", "unggah", "jadwal", "konfirmasi"].map(|page| format!("{draft}/{page}")));
    pages.extend(["", "/keterangan-cetak", "/jadwal", "/pembatalan"].map(|page| format!("{sent}{page}")));
    pages.push(draft.to_owned());
    pages
}

/// Most bytes of a first view, with all it loads but the citizen's own pictures: in brotli, which browsers take over https, and in
/// gzip, which still fits one round trip on a slow phone. And of a page after it; headers count.
const FIRST_VIEW: [(&str, usize); 2] = [("br", 10 * 1024), ("gzip", 12 * 1024)];
const LATER_PAGE: usize = 5 * 1024;

/// Every address of the citizen's side, a kelurahan's page and one that is not there.
async fn citizens_addresses(app: &App, sent: &str, draft: &str) -> Vec<String> {
    let page: uuid::Uuid = sqlx::query_scalar("select id from pages limit 1").fetch_one(&mut app.owner().await).await.unwrap();
    let code: uuid::Uuid = sqlx::query_scalar("select check_code from applications where check_code is not null")
        .fetch_one(&mut app.owner().await)
        .await
        .unwrap();
    let mut all = routes::all(sent, &page.to_string(), &code.simple().to_string());
    all.extend(routes::of_an_application(draft, &page.to_string()));
    all.extend(["/kontak?kelurahan=31.71.01.1004".to_owned(), "/tidak-ada".to_owned()]);
    all.retain(|address| !["/petugas", "/admin"].iter().any(|desk| address.starts_with(desk)));
    all
}

/// What a page loads besides pictures of papers.
async fn loaded(visitor: &mut Browser, page: &str, coding: &str) -> usize {
    let html = scraper::Html::parse_document(page);
    let (links, scripts) = (
        scraper::Selector::parse("link[rel=stylesheet], link[rel=icon]").unwrap(),
        scraper::Selector::parse("script[src]").unwrap(),
    );
    let mut files: Vec<&str> = html.select(&links).filter_map(|link| link.attr("href")).collect();
    assert_eq!(files.len(), 2, "stylesheet and icon");
    files.extend(html.select(&scripts).filter_map(|script| script.attr("src")));
    let mut total = 0;
    for address in files {
        let file = visitor.get(address).await;
        assert_eq!((file.status, file.header("content-encoding")), (200, coding), "{address}");
        assert!(file.header("cache-control").contains("immutable"), "{address}");
        total += weight(&file);
    }
    total
}

#[tokio::test]
async fn every_page_of_a_citizen_is_light_first_with_all_it_loads_and_later_alone() {
    let app = App::new().await;
    let (browser, sent, draft) = lived_in(&app).await;
    let mut too_heavy = Vec::new();
    for (coding, first_view) in FIRST_VIEW {
        let (mut heaviest_first, mut heaviest_later) = ((0, String::new()), (0, String::new()));
        let mut measured = 0;
        // What needs a log-in is never the first page that somebody opens.
        for (mut reader, first_view) in [(browser.clone(), usize::MAX), (app.browser(), first_view)] {
            for address in citizens_addresses(&app, &sent, &draft).await {
                reader.headers = Vec::new();
                let plain = reader.get(&address).await;
                let is_page = plain.header("content-type").starts_with("text/html") && matches!(plain.status, 200 | 404 | 422);
                if !is_page {
                    continue;
                }
                reader.headers = vec![("accept-encoding", coding.to_owned())];
                let page = reader.get(&address).await;
                assert_eq!(page.header("content-encoding"), coding, "{address}");
                let later = weight(&page);
                let first = later + loaded(&mut reader, &plain.body(), coding).await;
                if later > LATER_PAGE || first > first_view {
                    too_heavy.push(format!("{address} in {coding}: {later} bytes, with all it loads {first}"));
                }
                heaviest_first = heaviest_first.max((first, address.clone()));
                heaviest_later = heaviest_later.max((later, address));
                measured += 1;
            }
        }
        println!("{coding}: {measured} pages, first {heaviest_first:?}, later {heaviest_later:?}");
        assert!(measured >= 30, "{measured} pages were measured");
    }
    assert!(too_heavy.is_empty(), "{}", too_heavy.join("\n"));
}

#[tokio::test]
async fn the_stylesheet_is_small() {
    let app = App::new().await;
    let mut visitor = app.browser();
    let style = visitor.get("/").await.attributes("link[rel=stylesheet]", "href").remove(0);
    let plain = visitor.get(&style).await.bytes.len();
    visitor.headers = vec![("accept-encoding", "br".to_owned())];
    let brotli = visitor.get(&style).await.bytes.len();
    println!("look.css: {plain} bytes, {brotli} in brotli");
    assert!(plain <= 15_000 && brotli <= 3_800, "{plain} bytes, {brotli} in brotli");
}

#[tokio::test]
async fn no_page_has_more_than_one_script_or_any_of_its_own() {
    let app = App::new().await;
    let (mut browser, sent, draft) = lived_in(&app).await;
    for address in pages(&sent, &draft) {
        let page = browser.get(&address).await;
        let scripts = page.attributes("script", "src").len();
        assert_eq!(scripts, usize::from(!address.starts_with("/kontak")), "{address}");
        assert!(!page.body().contains(" style=") && !page.body().contains(" onclick="), "{address}");
    }
}

/// Counts statements by the log events of the database driver, leaving out the last-seen write.
#[derive(Clone, Default)]
struct Statements(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut text = Text::default();
            event.record(&mut text);
            self.0.fetch_add(usize::from(!text.0.contains("set seen_at")), Ordering::Relaxed);
        }
    }
}

#[derive(Default)]
struct Text(String);

impl tracing::field::Visit for Text {
    fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{value:?} ").unwrap();
    }
}

#[tokio::test]
async fn a_page_asks_the_database_at_most_four_times() {
    let _listening = listening();
    let app = App::new().await;
    let (mut browser, sent, draft) = lived_in(&app).await;
    let page: uuid::Uuid = sqlx::query_scalar("select id from pages limit 1").fetch_one(&mut app.owner().await).await.unwrap();
    let mut addresses = pages(&sent, &draft);
    addresses.extend([format!("{draft}/halaman/{page}"), format!("{draft}/halaman/{page}/pratinjau")]);
    addresses.extend([format!("{sent}/keterangan-cetak.pdf"), "/".to_owned(), "/cek-status".to_owned()]);
    for address in addresses {
        let statements = Statements::default();
        let counting = tracing_subscriber::registry().with(statements.clone());
        browser.get(&address).with_subscriber(counting).await;
        let asked = statements.0.load(Ordering::Relaxed);
        assert!((1..=4).contains(&asked) || address == "/" && asked <= 1, "{address} asks {asked} times");
    }
}

/// However long the queue is: what is worth a second look is asked for all of its lines at once.
#[tokio::test]
async fn a_long_queue_asks_as_often_as_a_short_one() {
    let _listening = listening();
    let app = App::new().await;
    let mut officer = app.petugas().await;
    let mut asked = Vec::new();
    for more in [2, 48] {
        for _ in 0..more {
            app.case(&Wish::of(&app, &grown_up())).await;
        }
        let statements = Statements::default();
        let counting = tracing_subscriber::registry().with(statements.clone());
        let page = officer.get("/petugas").with_subscriber(counting).await;
        assert!(page.text("tbody small").contains("Ponsel di 50 KK") || more == 2);
        asked.push(statements.0.load(Ordering::Relaxed));
    }
    assert!(asked[0] == asked[1] && asked[0] > 3, "{asked:?}");
}

/// Round trips to the database a page, its session and the connection's return to the pool included. A statement is prepared
/// once a connection; the smallest of some visits is the one on a connection that knows it.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_goes_to_the_database_and_back_no_more_often_than_it_must() {
    let mut database = TestDatabase::new().await;
    let proxy = Proxy::before(&mut database).await;
    let app = App::on(database, Clock::standing_at(NOW));
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    let form: &[(&str, &str)] = &[("keterangan", "rusak")];
    for (address, fields, most) in [
        ("/".to_owned(), None, 2),
        ("/kontak".to_owned(), None, 4),
        ("/siap".to_owned(), None, 3),
        ("/pencetakan-ktp-el".to_owned(), None, 7),
        ("/akun".to_owned(), None, 6),
        (format!("{draft}/keterangan"), None, 6),
        (format!("{draft}/keterangan"), Some(form), 13),
    ] {
        let mut fewest = usize::MAX;
        for _ in 0..8 {
            // What went back to the pool has arrived there.
            tokio::time::sleep(Duration::from_millis(30)).await;
            let before = proxy.sent();
            let page = match fields {
                None => browser.get(&address).await,
                Some(fields) => browser.post(&address, fields).await,
            };
            assert!(page.status < 400, "{address}");
            tokio::time::sleep(Duration::from_millis(30)).await;
            fewest = fewest.min(proxy.sent() - before);
        }
        assert!((1..=most).contains(&fewest), "{address} goes {fewest} times");
    }
}
