//! An upload that is refused before its end is read on, so that the phone sees the page and not a broken connection.

use std::{net::SocketAddr, time::Duration};

use alpukat::web::server::{self, Limits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::support::{
    app::App,
    browser::{Browser, multipart},
    people::grown_up,
};

async fn listen(app: &App) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::run(listener, app.router.clone(), Limits::with_proxies(&[]), std::future::pending()));
    address
}

/// Sends a file of so many megabytes to the end, as browsers do, and reads the answer: its status, and all of it.
async fn upload(server: SocketAddr, address: &str, browser: &Browser, megabytes: usize, more: &str) -> (u16, String) {
    let (kind, body) = multipart("foto.jpg", &vec![0xd8; megabytes << 20]);
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let head = format!(
        "POST {address} HTTP/1.1\r\nhost: alpukat.example\r\nconnection: close\r\n{more}content-type: {kind}\r\ncookie: {}\r\ncontent-length: {}\r\n\r\n",
        cookies.join("; "),
        body.len()
    );
    let mut socket = TcpStream::connect(server).await.unwrap();
    let answer = async {
        socket.write_all(head.as_bytes()).await.unwrap();
        for piece in body.chunks(64 * 1024) {
            socket.write_all(piece).await.expect("the connection broke off while the phone was sending");
        }
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.expect("the connection broke off before the page");
        String::from_utf8_lossy(&answer).into_owned()
    };
    let answer = timeout(Duration::from_secs(30), answer).await.expect("no answer");
    (answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {answer}")), answer)
}

const ORIGIN: &str = "origin: http://alpukat.example\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_refused_early_sees_the_page() {
    let app = App::new().await;
    let server = listen(&app).await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "rusak")]).await.location();
    browser.post(&format!("{draft}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "0813-0000-5678")]).await.location();
    let address = format!("{draft}/unggah/ktp_rusak");

    // Nobody is logged in; there is no such paper; it comes from elsewhere; it is too large; and far too large.
    let (status, answer) = upload(server, &address, &app.browser(), 20, ORIGIN).await;
    assert!(status == 303 && answer.contains("location: /masuk"), "{answer}");
    let (status, answer) = upload(server, &format!("{draft}/unggah/kartu_as"), &browser, 20, ORIGIN).await;
    assert!(status == 404 && answer.contains("Halaman tidak ditemukan"), "{answer}");
    let (status, answer) = upload(server, &address, &browser, 20, "").await;
    assert!(status == 403 && answer.contains("Kiriman tidak diterima"), "{answer}");
    let (status, answer) = upload(server, &address, &browser, 20, ORIGIN).await;
    assert!(status == 413 && answer.contains("20"), "{answer}");
    let (status, answer) = upload(server, &address, &browser, 90, ORIGIN).await;
    assert!(status == 413, "{answer}");

    // The disk takes nothing.
    std::fs::remove_dir_all(app.spool()).unwrap();
    let (status, answer) = upload(server, &address, &browser, 9, ORIGIN).await;
    assert!(status == 503 && answer.contains("Kiriman terakhir belum tersimpan"), "{answer}");
    assert!(answer.contains(&format!("href=\"{draft}/unggah\"")), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_form_breaks_off_behind_it_is_not_kept() {
    let app = App::new().await;
    let server = listen(&app).await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "rusak")]).await.location();
    browser.post(&format!("{draft}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "0813-0000-5678")]).await.location();
    let (kind, body) = multipart("kartu.png", &crate::files::png(60, 40));
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for (more, pages) in [(100, 0), (0, 1)] {
        let head = format!(
            "POST {draft}/unggah/ktp_rusak HTTP/1.1\r\nhost: alpukat.example\r\nconnection: close\r\n{ORIGIN}\
             content-type: {kind}\r\ncookie: {}\r\ncontent-length: {}\r\n\r\n",
            cookies.join("; "),
            body.len() + more
        );
        let mut socket = TcpStream::connect(server).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&body).await.unwrap();
        if more > 0 {
            socket.shutdown().await.unwrap();
        }
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.ok();
        assert_eq!(app.count("select count(*) from pages").await, pages, "{}", String::from_utf8_lossy(&answer));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_to_be_asked_need_not_send() {
    let app = App::new().await;
    let server = listen(&app).await;
    let mut socket = TcpStream::connect(server).await.unwrap();
    let head = format!(
        "POST /pencetakan-ktp-el/{}/unggah/kk HTTP/1.1\r\nhost: alpukat.example\r\n{ORIGIN}content-type: multipart/form-data; \
         boundary=x\r\nexpect: 100-continue\r\ncontent-length: 50000000\r\n\r\n",
        uuid::Uuid::new_v4()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    timeout(Duration::from_secs(5), socket.read_exact(&mut answer)).await.expect("it waits for what nobody sends").unwrap();
    assert_eq!(&answer, b"HTTP/1.1 303");
}
