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
    browser::Page,
    database::TestDatabase,
    listening,
    people::{grown_up, relative_of},
    proxy::Proxy,
};

/// Body as sent, and its headers as HTTP/1.1 writes them.
fn weight(page: &Page) -> usize {
    page.bytes.len() + page.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>() + 17
}

/// A family of six, of whom one has applied and one has a draft that is complete.
async fn lived_in(app: &App) -> (crate::support::browser::Browser, String, String) {
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

#[tokio::test]
async fn a_first_page_with_all_it_loads_fits_one_round_trip_and_later_pages_are_light() {
    let app = App::new().await;
    let (mut browser, sent, draft) = lived_in(&app).await;
    for coding in ["gzip", "br"] {
        browser.headers = vec![("accept-encoding", coding.to_owned())];
        let mut visitor = app.browser();
        visitor.headers = browser.headers.clone();
        let plain = app.browser().get("/").await;
        for first in ["/", "/masuk", "/registrasi", "/cek-status"] {
            let home = visitor.get(first).await;
            let mut total = weight(&home);
            let linked = plain.attributes("link[rel=stylesheet], link[rel=icon]", "href");
            assert_eq!(linked.len(), 2);
            for address in linked {
                let asset = visitor.get(&address).await;
                assert_eq!((asset.status, asset.header("content-encoding")), (200, coding), "{address}");
                assert!(asset.header("cache-control").contains("immutable"), "{address}");
                total += weight(&asset);
            }
            assert!(total <= 14 * 1024, "{first} with all it loads weighs {total} bytes in {coding}");
        }
        for address in pages(&sent, &draft) {
            let page = browser.get(&address).await;
            assert_eq!(page.status, 200, "{address}");
            assert_eq!(page.header("content-encoding"), coding, "{address}");
            assert!(weight(&page) <= 5 * 1024, "{address} weighs {} bytes in {coding}", weight(&page));
        }
    }
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
