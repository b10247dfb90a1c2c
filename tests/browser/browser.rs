//! One window of a real Chromium.

use std::env;
use std::ops::AsyncFnOnce;
use std::path::PathBuf;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};

use crate::guard::Guard;
use crate::http;
use crate::service::{self, Service, free_port, until_answered};

/// How long a page may take, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// More windows at once would only wait for each other.
static WINDOWS: Semaphore = Semaphore::const_new(2);

/// How somebody uses the portal.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    pub scripts: bool,
    /// By keyboard alone, rather than with a mouse or finger.
    pub keyboard: bool,
    /// Width of the screen in CSS pixels.
    pub width: u32,
    /// Whether every page on the citizen's way is looked at, rather than only those that the test is about.
    pub whole_way: bool,
    /// Under which name what is looked at is pictured, at all widths, and looked at in dark colours too.
    pub pictures: Option<&'static str>,
}

impl Default for Manner {
    fn default() -> Self {
        Self { scripts: true, keyboard: false, width: 390, whole_way: false, pictures: None }
    }
}

/// The driver of all windows of this run.
struct Driver {
    address: String,
    binary: PathBuf,
    guard: Guard,
}

impl Driver {
    async fn shared() -> &'static Self {
        static DRIVER: OnceCell<Driver> = OnceCell::const_new();
        DRIVER.get_or_init(Self::start).await
    }

    async fn start() -> Self {
        let binary = Browser::binary();
        let driver = found(&["chromedriver", "chromium.chromedriver"])
            .expect("the browser tests need chromedriver, and none is on the search path; bin/test installs it");
        let port = free_port();
        // A browser that is confined may not use the temporary folder. From others everything they leave there is removed.
        let confined = binary.starts_with("/snap");
        let place = if confined { env!("CARGO_TARGET_TMPDIR").into() } else { env::temp_dir() };
        let folder = place.join(format!("alpukat-browser-{}", process::id()));
        let mut command = Command::new(driver);
        command.arg(format!("--port={port}"));
        if !confined {
            command.env("TMPDIR", &folder);
        }
        let guard = Guard::start(&command, folder);
        let address = format!("http://127.0.0.1:{port}");
        until_answered(&format!("{address}/status"), "chromedriver does not start").await;
        Self { address, binary, guard }
    }

    fn capabilities(&self, manner: Manner) -> Value {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let profile = self.guard.folder().join(COUNT.fetch_add(1, Ordering::Relaxed).to_string());
        let profile = format!("--user-data-dir={}", profile.display());
        let mut flags = vec![
            "--headless",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            &profile,
        ];
        // Chromium's sandbox refuses to work for root.
        if nix::unistd::geteuid().is_root() {
            flags.push("--no-sandbox");
        }
        let scripts = if manner.scripts { 1 } else { 2 };
        let preferences = json!({"profile.managed_default_content_settings.javascript": scripts});
        json!({
            "goog:chromeOptions": {"binary": self.binary, "args": flags, "prefs": preferences},
            "goog:loggingPrefs": {"browser": "ALL"},
        })
    }
}

pub struct Browser {
    pub client: Client,
    pub manner: Manner,
    pub service: &'static Service,
    /// Where the driver takes commands for this window.
    session: String,
    _permit: SemaphorePermit<'static>,
}

/// The first of these programs that is on the search path.
fn found(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

impl Browser {
    /// Where Chromium lies.
    pub fn binary() -> PathBuf {
        found(&["chromium", "chromium-browser", "google-chrome"])
            .expect("the browser tests need Chromium, and none is on the search path; bin/test installs it")
    }

    pub async fn open(manner: Manner) -> Self {
        Self::open_at(service::shared().await, manner).await
    }

    /// A window at a service of one's own.
    pub async fn open_at(service: &'static Service, manner: Manner) -> Self {
        let permit = WINDOWS.acquire().await.unwrap();
        let driver = Driver::shared().await;
        let Value::Object(capabilities) = driver.capabilities(manner) else { unreachable!() };
        let mut connector = HttpConnector::new();
        // Commands are short, and each waits for the answer to the last one.
        connector.set_nodelay(true);
        let mut builder = ClientBuilder::new(connector);
        let client = builder.capabilities(capabilities).connect(&driver.address).await.expect("Chromium does not start");
        let session = format!("{}/session/{}", driver.address, client.session_id().await.unwrap().unwrap());
        let browser = Self { client, manner, service, session, _permit: permit };
        browser.be_wide(manner.width).await;
        browser.colours("light").await;
        browser
    }

    pub async fn close(self) {
        self.client.close().await.unwrap();
    }

    /// Tells the browser itself something, in the language of its developer tools.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        http::ask(&format!("{}/goog/cdp/execute", self.session), &json!({"cmd": command, "params": parameters})).await
    }

    /// What the console has got since it was last asked.
    pub async fn console(&self) -> Value {
        http::ask(&format!("{}/se/log", self.session), &json!({"type": "browser"})).await
    }

    pub async fn be_wide(&self, width: u32) {
        let screen = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 1000});
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
    }

    /// "light" or "dark". Nothing moves, so that nobody looks at a colour half-way.
    pub async fn colours(&self, scheme: &str) {
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// Opens an address of the portal.
    pub async fn visit(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.service.address)).await.unwrap();
    }

    /// The address of the page that is open, without the portal's.
    pub async fn path(&self) -> String {
        let address = self.client.current_url().await.unwrap();
        address.as_str().strip_prefix(&self.service.address).unwrap_or(address.as_str()).to_owned()
    }

    /// The status that the open page was answered with.
    pub async fn status(&self) -> u64 {
        // A script asks for more than the page itself; the last answer is the one that is shown.
        const STATUS: &str = "
            const asked = performance.getEntriesByType('resource').filter((one) => /fetch|xmlhttp/.test(one.initiatorType));
            return (asked.at(-1) || performance.getEntriesByType('navigation')[0]).responseStatus";
        self.run(STATUS, vec![]).await.as_u64().unwrap()
    }

    /// What can be read in the page's main part.
    pub async fn text(&self) -> String {
        self.run("return document.querySelector('main').innerText", vec![]).await.as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub fn find(&self, path: &str) -> impl Future<Output = Element> {
        let caller = std::panic::Location::caller();
        async move {
            match self.client.find(Locator::XPath(path)).await {
                Ok(element) => element,
                Err(error) => panic!("{caller}: no {path} on {}: {error}\n{}", self.path().await, self.text().await),
            }
        }
    }

    pub async fn has(&self, path: &str) -> bool {
        !self.client.find_all(Locator::XPath(path)).await.unwrap().is_empty()
    }

    /// Does something that leads to another page, or puts another into this one, and waits until that is there.
    pub async fn leave_by(&self, deed: impl AsyncFnOnce()) {
        const MARK: &str = "document.querySelector('main')?.setAttribute('data-old', '1'); return performance.timeOrigin";
        const PAGE: &str = "
            const old = document.querySelector('main[data-old]');
            return document.readyState === 'complete' && !old ? [performance.timeOrigin, !!document.querySelector('main')] : null";
        let before = self.client.execute(MARK, vec![]).await.unwrap();
        deed().await;
        let begun = Instant::now();
        loop {
            // Between two pages there is nothing to ask.
            let now = self.client.execute(PAGE, vec![]).await.unwrap_or_default();
            if !now.is_null() && (now[0] != before || now[1] == true) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "nothing came after {}:\n{}", self.path().await, self.text().await);
            // The browser makes pictures smaller when it has nothing else to do.
            sleep(Duration::from_millis(40)).await;
        }
    }

    /// Waits until the page, by its script, has come to say something.
    pub async fn until(&self, what: &str) {
        let begun = Instant::now();
        while !self.has(what).await {
            assert!(begun.elapsed() < PATIENCE, "no {what} on {}:\n{}", self.path().await, self.text().await);
            sleep(Duration::from_millis(30)).await;
        }
    }

    /// Opens a page again and again, until it has come to say something.
    pub async fn until_visiting(&self, path: &str, what: &str) {
        let begun = Instant::now();
        self.visit(path).await;
        while !self.has(what).await {
            assert!(begun.elapsed() < PATIENCE, "no {what} on {path}:\n{}", self.text().await);
            sleep(Duration::from_millis(200)).await;
            self.visit(path).await;
        }
    }

    /// A file of the portal's, fetched with this browser's session.
    pub async fn fetch(&self, path: &str) -> Vec<u8> {
        let cookie = self.client.get_named_cookie("alpukat").await.unwrap();
        let address = format!("{}{path}", self.service.address);
        let (status, body) = http::get(&address, &format!("alpukat={}", cookie.value())).await.unwrap();
        assert_eq!(status, 200, "{path}");
        body.to_vec()
    }
}
