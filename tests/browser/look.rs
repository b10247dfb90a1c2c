//! A close look at the page that is open: it is usable for everybody (axe-core), says nothing to the console, needs no
//! scrolling sideways, is light, can be read and hit on a narrow phone (`small.rs`), and tells errors as every form should.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::browser::Browser;

/// axe-core as its authors publish it.
const AXE: &str = include_str!("vendor/axe-core/axe.min.js");

const RUN_AXE: &str = "
    const [tags, done] = arguments;
    const told = (rule) => rule.id + ': ' + rule.help + ' ' + rule.nodes.map((node) => node.html).join(' ');
    axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
        .then((found) => done(found.violations.map(told)), (error) => done([String(error)]));";

const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// The narrowest phone, a usual one, and a desk.
const WIDTHS: [u32; 3] = [320, 390, 1280];

/// Where the desk's columns stand below each other.
const TABLET: u32 = 768;

/// Bytes on the wire: the page, what it loads besides the citizen's pictures, and the largest preview.
const BYTES: &str = "
    const [page] = performance.getEntriesByType('navigation'), loaded = performance.getEntriesByType('resource');
    const sizes = (wanted) => loaded.filter(({ name }) => name.includes(wanted)).map((entry) => entry.encodedBodySize);
    const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
    return [page.encodedBodySize, sum(sizes('/static/')), Math.max(0, ...sizes('/pratinjau'))];";

/// More than the headers of any answer.
const HEADERS: u64 = 700;

/// How often axe was run, for whoever wants to know.
static RUNS: AtomicUsize = AtomicUsize::new(0);

/// What is wrong with the way a refused form tells so.
const FORM_ERRORS: &str = "
    const first = document.querySelector('main').firstElementChild, wrong = [];
    if (!document.title.startsWith('Kesalahan: ')) wrong.push('title: ' + document.title);
    if (!first.matches('.note.stop[role=alert]')) wrong.push('main begins with ' + first.outerHTML.slice(0, 200));
    const links = [...first.querySelectorAll('li a[href^=\"#\"]')];
    for (const link of links) {
        const field = document.getElementById(link.hash.slice(1));
        if (!field) wrong.push(link.hash + ' leads nowhere');
        else if (!field.matches(':enabled, form')) wrong.push(link.hash + ' leads to no field');
    }
    for (const field of document.querySelectorAll('[aria-invalid=true]')) {
        const ids = (field.getAttribute('aria-describedby') || '').split(' ');
        if (!ids.some((id) => document.getElementById(id)?.matches('.error'))) wrong.push(field.id + ' has no sentence');
        if (!links.some((link) => link.hash === '#' + field.id)) wrong.push(field.id + ' is not in the summary');
    }
    if ([...document.querySelectorAll('[type=password]')].some((field) => field.value)) wrong.push('a password is kept');
    return [links.length, wrong];";

impl Browser {
    /// Looks at the page in its present state, which `name` names in pictures and complaints.
    pub async fn look(&self, name: &str) {
        self.hear(name).await;
        self.weigh(name).await;
        self.keep_source(name).await;
        self.look_narrow(name).await;
        if let Some(album) = self.manner.pictures {
            for width in WIDTHS {
                self.be_wide(width).await;
                self.measure(name, width).await;
                self.picture(&format!("{album}-{name}-{width}")).await;
            }
            self.be_wide(self.manner.width).await;
        }
        self.measure(name, self.manner.width).await;
        // axe takes its time by timers, which do not run when scripts are off.
        if self.manner.scripts {
            self.run(AXE, vec![]).await;
            self.examine(name, "light").await;
            if self.manner.width >= 1000 && self.path().await.starts_with("/petugas") {
                self.be_wide(TABLET).await;
                self.measure(name, TABLET).await;
                self.examine(name, "light").await;
                self.be_wide(self.manner.width).await;
            }
            if let Some(album) = self.manner.pictures {
                self.colours("dark").await;
                self.examine(name, "dark").await;
                self.picture(&format!("{album}-{name}-{}-gelap", self.manner.width)).await;
                self.colours("light").await;
            }
        }
    }

    /// Looks at a page on the citizen's way, unless other tests do so already.
    pub async fn glance(&self, name: &str) {
        if self.manner.whole_way {
            self.look(name).await;
        }
    }

    /// Looks at a form that was just refused with this status, and with sentences about so many fields.
    pub async fn look_at_refusal(&self, name: &str, status: u64, fields: u64) {
        assert_eq!(self.status().await, status, "{name}");
        self.look_at_errors(name, fields).await;
    }

    /// The same where a script has put the answer on the page that was there.
    pub async fn look_at_errors(&self, name: &str, fields: u64) {
        let told = self.run(FORM_ERRORS, vec![]).await;
        assert_eq!(told, json!([fields, []]), "{name}");
        self.look(name).await;
    }

    async fn examine(&self, name: &str, colours: &str) {
        let found = self.client.execute_async(RUN_AXE, vec![json!(TAGS)]).await.unwrap();
        assert_eq!(found, json!([]), "{name} ({colours}) on {}", self.path().await);
        let runs = RUNS.fetch_add(1, Ordering::Relaxed) + 1;
        println!("axe {runs}: {name} ({colours})");
    }

    /// The console is silent, but for the line that the browser itself writes about a page's status.
    async fn hear(&self, name: &str) {
        let here = self.client.current_url().await.unwrap().origin().ascii_serialization();
        let lines = self.console().await;
        for line in lines.as_array().unwrap() {
            let message = line["message"].as_str().unwrap();
            let of_page = message.split(' ').next().is_some_and(|address| {
                // With a script, the address of a refused form is asked for without becoming the page's.
                address.starts_with(&here)
            });
            let own = of_page && message.contains("the server responded with a status of");
            assert!(own || line["level"] != "SEVERE", "{name} on {here}: {message}");
        }
    }

    /// A page is small, and with everything it loads fits into what a phone gets in the first round trip.
    async fn weigh(&self, name: &str) {
        let bytes: Vec<u64> = serde_json::from_value(self.run(BYTES, vec![]).await).unwrap();
        let page = bytes[0] + HEADERS;
        assert!(page <= 5 * 1024, "{name} weighs {page} bytes");
        let whole = page + bytes[1] + 3 * HEADERS;
        assert!(whole <= 14 * 1024, "{name} with all it loads weighs {whole} bytes");
        assert!(bytes[2] <= 8 * 1024, "{name} shows a preview of {} bytes", bytes[2]);
    }

    async fn measure(&self, name: &str, width: u32) {
        let wide = self.run("return document.scrollingElement.scrollWidth", vec![]).await;
        assert!(wide.as_u64().unwrap() <= u64::from(width), "{name} is {wide} pixels wide on a screen of {width}");
    }

    async fn picture(&self, name: &str) {
        let size = self.devtools("Page.getLayoutMetrics", json!({})).await["cssContentSize"].clone();
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let whole = json!({"captureBeyondViewport": true, "clip": clip});
        let Value::String(png) = self.devtools("Page.captureScreenshot", whole).await["data"].take() else { unreachable!() };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("pictures");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), BASE64_STANDARD.decode(png).unwrap()).unwrap();
    }
}
