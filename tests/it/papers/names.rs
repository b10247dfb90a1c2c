//! What a form calls a file is of no matter: it is judged by its content, and stored.

use axum::{body::Body, http::Request};

use super::jpegs::{PAPER, jpeg};
use crate::support::{app::App, people::grown_up};

/// A form that brings a file for the old card under this name, which may be no text at all.
fn form(name: &[u8], picture: &[u8]) -> Vec<u8> {
    let parts: [&[u8]; 6] = [
        b"--grens\r\nContent-Disposition: form-data; name=\"ktp_rusak\"",
        name,
        b"\r\n\r\n",
        picture,
        b"\r\n--grens\r\nContent-Disposition: form-data; name=\"tombol\"\r\n\r\nupload:ktp_rusak",
        b"\r\n--grens--\r\n",
    ];
    parts.concat()
}

#[tokio::test]
async fn files_of_any_name_or_none_are_stored() {
    let app = App::new().await;
    let person = grown_up();
    let mut browser = app.citizen(&person).await;
    let draft = browser.begin(&person).await;
    browser.post(&format!("{draft}/keterangan"), &[("keterangan", "rusak")]).await.location();
    browser.post(&format!("{draft}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "081300005678")]).await.location();
    let names: [&[u8]; 9] = [
        b"; filename=\"foto.jpg\"",
        b"; filename=\"foto.exe\"",
        b"; filename*=UTF-8''foto%20ktp.jpg",
        b"; filename=foto.jpg",
        b"; filename=\"caf\xE9.jpg\"",
        "; filename=\"kartu—saya.jpg\"".as_bytes(),
        b"; filename=\"\"",
        b"; filename=\"\"\r\nContent-Type: application/octet-stream",
        b"\r\nContent-Type: image/jpeg",
    ];
    for (stored, name) in (1_u32..).zip(names) {
        // The same file twice is told apart, so each is a little wider than the one before.
        let picture = jpeg(&super::paper::Paper { width: PAPER.width + stored, ..PAPER }.photo(), |_| {});
        let request = Request::post(format!("{draft}/unggah")).header("content-type", "multipart/form-data; boundary=grens");
        let page = browser.send(request, Body::from(form(name, &picture))).await;
        assert_eq!(page.status, 303, "{}", name.escape_ascii());
        assert_eq!(app.count("select count(*) from pages").await, i64::from(stored), "{}", name.escape_ascii());
    }
}
