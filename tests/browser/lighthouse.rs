//! Lighthouse's marks for every page, as its authors' mobile phone on a slow network sees it. Takes half an hour, so that
//! `cargo test` passes it by; `bin/prove look` fetches Lighthouse and runs it.

use std::env;
use std::fmt::Write;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::browser::{Browser, Manner};
use crate::desk::{apply, come_in, desk};
use crate::people::fresh_family;
use crate::way::recorded;

/// Pages for everybody, which search engines may find.
const PUBLIC: [&str; 7] = ["/", "/registrasi", "/masuk", "/lupa-kata-sandi", "/cek-status", "/kontak", "/privasi"];

/// How often a page's speed is measured; the median counts.
const ROUNDS: usize = 5;

/// What is asked for: the category's name, its least mark of 100, and whether of public pages alone.
const MARKS: [(&str, u64, bool); 4] =
    [("accessibility", 100, false), ("best-practices", 100, false), ("seo", 100, true), ("performance", 98, false)];

/// The service with a sent application, a draft and an officer's desk, and every page to look at.
async fn pages(browser: &Browser) -> Vec<String> {
    let family = fresh_family();
    // At the counter of the desk that is looked at.
    let filed = apply(browser, &family.mother, "10.30–11.00").await;
    browser.visit("/pencetakan-ktp-el").await;
    browser.begin(&family.daughter, &recorded()).await;
    browser.upload_all(&recorded()).await;
    browser.choose_place("11.30–12.00").await;
    let draft = browser.path().await.trim_end_matches("/konfirmasi").to_owned();
    come_in(browser, "cemara.desk").await;

    // The desk first: its session ends a quarter of an hour after it was last used.
    let mut pages: Vec<String> = ["", "/cetak", "/loket", "/loket/akun", "/loket/ditarik", "/jadwal/2026-11-25"]
        .map(|rest| format!("/petugas{rest}"))
        .to_vec();
    pages.extend([desk(&filed), "/petugas/masuk".to_owned(), "/admin/pesan".to_owned()]);
    pages.extend(["/akun", "/akun/akses", "/akun/ponsel", "/pencetakan-ktp-el", "/pencetakan-ktp-el/tambah"].map(Into::into));
    pages.extend(["", "/keterangan-cetak", "/jadwal", "/pembatalan"].map(|rest| format!("{}{rest}", filed.page)));
    let steps = ["", "/keterangan", "/dokumen", "/unggah", "/jadwal", "/konfirmasi", "/hapus-draf"];
    pages.extend(steps.map(|rest| format!("{draft}{rest}")));
    pages.push(filed.check.replace(&browser.service.address, ""));
    pages.push("/kontak?kelurahan=31.71.01.1002".to_owned());
    pages.extend(PUBLIC.map(ToOwned::to_owned));
    pages
}

/// Both cookies, as a file of headers for Lighthouse.
async fn headers(browser: &Browser) -> tempfile::NamedTempFile {
    let mut cookies = Vec::new();
    for name in ["alpukat", "alpukat-petugas"] {
        let cookie = browser.client.get_named_cookie(name).await.unwrap();
        cookies.push(format!("{name}={}", cookie.value()));
    }
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    fs::write(&file, json!({"Cookie": cookies.join("; ")}).to_string()).unwrap();
    file
}

/// What Lighthouse says of a page.
fn judged(program: &str, address: &str, headers: &str, categories: &str) -> Value {
    let mut command = Command::new("node");
    command.args([program, address, "--quiet", "--output=json", "--output-path=stdout"]);
    command.args([&format!("--only-categories={categories}"), &format!("--extra-headers={headers}")]);
    let sandbox = if nix::unistd::geteuid().is_root() { " --no-sandbox" } else { "" };
    command.arg(format!("--chrome-flags=--headless --disable-gpu --disable-dev-shm-usage{sandbox}"));
    command.env("CHROME_PATH", Browser::binary());
    // Now and then it loses the beginning of its own recording, and asks to be run again.
    for _ in 0..3 {
        let done = command.output().expect("node is missing; bin/prove installs it");
        if done.status.success() {
            return serde_json::from_slice(&done.stdout).unwrap();
        }
        let complaint = String::from_utf8_lossy(&done.stderr);
        assert!(complaint.contains("Please run Lighthouse again"), "{address}: {complaint}");
    }
    panic!("{address}: Lighthouse records nothing")
}

fn mark(report: &Value, category: &str) -> u64 {
    let score = report["categories"][category]["score"].as_f64().unwrap_or_else(|| panic!("no mark for {category}"));
    // Marks are hundredths between 0 and 1.
    format!("{:.0}", score * 100.0).parse().unwrap()
}

/// The audits of a category that cost marks.
fn failed(report: &Value, category: &str) -> String {
    let audits = report["categories"][category]["auditRefs"].as_array().unwrap();
    let failed = audits.iter().filter_map(|audit| {
        let audit = &report["audits"][audit["id"].as_str()?];
        (audit["score"].as_f64()? < 1.0).then(|| format!("{}: {} {}", audit["id"], audit["title"], audit["details"]["items"]))
    });
    failed.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
#[ignore = "takes half an hour and needs Lighthouse: bin/prove look"]
async fn every_page_gets_full_marks() {
    let program = env::var("LIGHTHOUSE").expect("LIGHTHOUSE names its program: bin/prove look fetches it");
    let rounds = env::var("LIGHTHOUSE_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let browser = Browser::open(Manner { width: 1280, ..Manner::default() }).await;
    let pages = pages(&browser).await;
    let headers = headers(&browser).await;
    let headers = headers.path().to_str().unwrap();
    let all = MARKS.map(|(category, ..)| category).join(",");
    let mut wrong = Vec::new();
    for path in &pages {
        let address = format!("{}{path}", browser.service.address);
        // Logged in, they would greet and lead on otherwise.
        let is_open = PUBLIC.contains(&path.as_str()) || path == "/petugas/masuk";
        let headers = if is_open { "{}" } else { headers };
        let report = judged(&program, &address, headers, &all);
        assert_eq!(report["finalDisplayedUrl"].as_str().unwrap(), address, "the page leads elsewhere");
        let mut speed = vec![mark(&report, "performance")];
        speed.extend((1..rounds).map(|_| mark(&judged(&program, &address, headers, "performance"), "performance")));
        speed.sort_unstable();
        let mut told = String::new();
        for (category, least, public_alone) in MARKS {
            let got = if category == "performance" { speed[speed.len() / 2] } else { mark(&report, category) };
            write!(told, " {category} {got}").unwrap();
            let counts = !public_alone || PUBLIC.contains(&path.as_str());
            if counts && got < least {
                wrong.push(format!("{path}: {category} {got}, not {least}\n{}", failed(&report, category)));
            }
        }
        println!("lighthouse {path}:{told} (speeds {speed:?})");
    }
    browser.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
