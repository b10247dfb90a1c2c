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
    browser::{Browser, form_of, multipart},
    people::grown_up,
};

async fn listen(app: &App) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server::run(listener, app.router.clone(), Limits::with_proxies(&[]), std::future::pending()));
    address
}

/// The head of an upload of so many bytes, with more lines in it.
fn head(address: &str, browser: &Browser, kind: &str, length: usize, more: &str) -> String {
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!(
        "POST {address} HTTP/1.1\r\nhost: alpukat.example\r\nconnection: close\r\n{more}content-type: {kind}\r\n\
         cookie: {}\r\ncontent-length: {length}\r\n\r\n",
        cookies.join("; ")
    )
}

/// Sends a file of so many megabytes to the end, as browsers do, and reads the answer: its status, and all of it.
async fn upload(server: SocketAddr, address: &str, browser: &Browser, megabytes: usize, more: &str) -> (u16, String) {
    let (kind, body) = multipart("ktp_rusak", "foto.jpg", &vec![0xd8; megabytes << 20]);
    let head = head(address, browser, &kind, body.len(), more);
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

/// A citizen with a draft that waits for its papers: the draft's address.
async fn at_the_upload_page(app: &App) -> (Browser, String) {
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "rusak")]).await.location();
    browser.post(&format!("{draft}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "0813-0000-5678")]).await.location();
    (browser, draft)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_refused_early_sees_the_page() {
    let app = App::new().await;
    let server = listen(&app).await;
    let (browser, draft) = at_the_upload_page(&app).await;
    let address = format!("{draft}/unggah");

    // Nobody is logged in; there is no such draft; it comes from elsewhere; it is too large; and far too large.
    let (status, answer) = upload(server, &address, &app.browser(), 20, ORIGIN).await;
    assert!(status == 303 && answer.contains("location: /masuk"), "{answer}");
    let (status, answer) =
        upload(server, &format!("/pencetakan-ktp-el/{}/unggah", uuid::Uuid::new_v4()), &browser, 20, ORIGIN).await;
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
async fn a_file_that_came_is_kept_though_its_form_breaks_off_behind_it_and_the_button_does_not_count() {
    let app = App::new().await;
    let server = listen(&app).await;
    let (browser, draft) = at_the_upload_page(&app).await;
    let (first, second) = (crate::files::png(60, 40), crate::files::png(61, 40));
    let parts = [("ktp_rusak", Some("a.png"), &*first), ("tombol", None, b"lanjut"), ("kk", Some("b.png"), &*second)];
    let (kind, body) = form_of(&parts);
    // In the middle of the second file; behind it; and all of it.
    for (less, more, pages, status) in [(200, 0, 1, "422"), (0, 100, 2, "422"), (0, 0, 2, "303")] {
        let body = &body[..body.len() - less];
        let more = more + less;
        let head = head(&format!("{draft}/unggah"), &browser, &kind, body.len() + more, ORIGIN);
        let mut socket = TcpStream::connect(server).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(body).await.unwrap();
        if more > 0 {
            socket.shutdown().await.unwrap();
        }
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.ok();
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(app.count("select count(*) from pages").await, pages, "{answer}");
        assert_eq!(answer.split(' ').nth(1), Some(status), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_ends_with_its_client() {
    let app = App::new().await;
    let server = listen(&app).await;
    let (mut browser, draft) = at_the_upload_page(&app).await;
    let address = format!("{draft}/unggah");
    let (kind, body) = multipart("ktp_rusak", "foto.jpg", &vec![0xd8; 5 << 20]);
    // As many as an account may have under way, over and over.
    for _ in 0..5 {
        let mut sockets = Vec::new();
        for _ in 0..3 {
            let mut socket = TcpStream::connect(server).await.unwrap();
            socket.write_all(head(&address, &browser, &kind, body.len(), ORIGIN).as_bytes()).await.unwrap();
            socket.write_all(&body[..2 << 20]).await.unwrap();
            sockets.push(socket);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(sockets);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    browser.upload(&format!("{address}/ktp_rusak"), "kartu.png", &crate::files::png(60, 40)).await.location();
    assert_eq!(app.count("select count(*) from pages").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_to_be_asked_need_not_send() {
    let app = App::new().await;
    let server = listen(&app).await;
    let mut socket = TcpStream::connect(server).await.unwrap();
    let head = format!(
        "POST /pencetakan-ktp-el/{}/unggah HTTP/1.1\r\nhost: alpukat.example\r\n{ORIGIN}content-type: multipart/form-data; \
         boundary=x\r\nexpect: 100-continue\r\ncontent-length: 50000000\r\n\r\n",
        uuid::Uuid::new_v4()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    timeout(Duration::from_secs(5), socket.read_exact(&mut answer)).await.expect("it waits for what nobody sends").unwrap();
    assert_eq!(&answer, b"HTTP/1.1 303");
}
