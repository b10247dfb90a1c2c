//! A browser without a screen: keeps cookies, sends forms and files, reads pages by selector.

use std::{collections::HashMap, net::SocketAddr};

use alpukat::{domain::resident::CivilRecord, web::server::PeerAddr};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, header},
};
use http_body_util::BodyExt;
use scraper::{Html, Selector};
use tower::ServiceExt;

use super::{
    app::{COUNTER, SLOT},
    kept,
};
use crate::files;

/// An answer.
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Page {
    pub fn html(&self) -> Html {
        Html::parse_document(&self.body())
    }

    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// All text below the elements a selector finds, blanks folded.
    pub fn text(&self, selector: &str) -> String {
        let (html, selector) = (self.html(), Selector::parse(selector).unwrap());
        let found = html.select(&selector).flat_map(|element| element.text().collect::<Vec<_>>());
        found.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// An attribute of every element a selector finds.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let html = self.html();
        html.select(&Selector::parse(selector).unwrap()).filter_map(|element| element.attr(name).map(ToOwned::to_owned)).collect()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    pub fn location(&self) -> String {
        assert_eq!(self.status, 303, "no redirect: {}", self.text("main"));
        self.header("location").to_owned()
    }
}

/// Cookies, and the service they are for.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: HashMap<String, String>,
    pub headers: Vec<(&'static str, String)>,
    pub peer: SocketAddr,
    /// Whether it says which page a form stands on, as every browser does. A test of that says it by itself.
    pub names_origin: bool,
}

impl Browser {
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: HashMap::new(),
            headers: Vec::new(),
            peer: SocketAddr::from(([203, 0, 113, 7], 40_000)),
            names_origin: true,
        }
    }

    pub async fn get(&mut self, address: &str) -> Page {
        self.send(Request::get(address), Body::empty()).await
    }

    pub async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Page {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body)).await
    }

    /// Follows the redirect that an answer is.
    pub async fn follow(&mut self, page: &Page) -> Page {
        let address = page.location();
        self.get(address.split('#').next().unwrap()).await
    }

    /// Sends a form and follows where it leads, or stays with its refusal.
    pub async fn search(&mut self, address: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(address, fields).await;
        if page.status == 303 { self.follow(&page).await } else { page }
    }

    /// Chooses a file for a document and presses its "Upload"; the document is the last part of `address`, behind that of its page.
    pub async fn upload(&mut self, address: &str, name: &str, bytes: &[u8]) -> Page {
        let (page, document) = address.rsplit_once('/').unwrap();
        let (kind, body) = multipart(document, name, bytes);
        self.send(Request::post(page).header(header::CONTENT_TYPE, kind), Body::from(body)).await
    }

    pub async fn send(&mut self, mut request: axum::http::request::Builder, body: Body) -> Page {
        request = request.header(header::HOST, "alpukat.example");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if self.names_origin {
            request = request.header(header::ORIGIN, "http://alpukat.example");
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(PeerAddr(self.peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let page = Page { status: parts.status.as_u16(), headers: parts.headers, bytes };
        if page.header("content-type").starts_with("text/html") && page.header("content-encoding").is_empty() {
            kept::keep(&page.bytes);
        }
        page
    }

    /// Presses "Cetak" beside a person; gives the application's address.
    pub async fn begin(&mut self, person: &CivilRecord) -> String {
        let page = self.get("/pencetakan-ktp-el/tambah").await;
        let html = page.html();
        let rows = Selector::parse("tbody tr").unwrap();
        let row =
            html.select(&rows).find(|row| row.text().any(|text| text == person.nik.as_str())).expect("the person is not listed");
        let id = row.select(&Selector::parse("button").unwrap()).next().expect("no Cetak").attr("value").unwrap().to_owned();
        let begun = self.post("/pencetakan-ktp-el/tambah", &[("penduduk", &id)]).await;
        begun.location().rsplit_once('/').unwrap().0.to_owned()
    }

    /// Answers every page of a `rusak` application but the schedule.
    pub async fn fill(&mut self, application: &str) {
        self.post(&format!("{application}/keterangan"), &[("keterangan", "rusak")]).await.location();
        self.post(&format!("{application}/dokumen"), &[("ada", "ktp_rusak"), ("ponsel", "0813-0000-5678")]).await.location();
        self.upload(&format!("{application}/unggah/ktp_rusak"), "kartu.png", &files::png(600, 400)).await.location();
        self.post(&format!("{application}/unggah"), &[]).await.location();
    }

    /// Asks for a half hour, at a counter or at the usual one.
    pub async fn choose(&mut self, application: &str, slot: &str) -> Page {
        let slot = slot.rsplit(' ').next().unwrap();
        let day = slot.get(..10).unwrap();
        self.post(
            &format!("{application}/jadwal"),
            &[("titik", COUNTER), ("tanggal", day), ("jam", &format!("{COUNTER} {slot}"))],
        )
        .await
    }

    /// Presses "Ya".
    pub async fn yes(&mut self, application: &str) -> Page {
        self.post(&format!("{application}/konfirmasi"), &[]).await
    }

    /// A whole `rusak` application, sent; gives its address.
    pub async fn apply(&mut self, person: &CivilRecord) -> String {
        let application = self.begin(person).await;
        self.fill(&application).await;
        self.choose(&application, SLOT).await.location();
        let sent = self.yes(&application).await;
        assert_eq!(sent.location(), application);
        application
    }
}

/// The upload page's form with one file for a document, and its "Upload": its content type and its bytes.
pub fn multipart(document: &str, name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let button = format!("upload:{document}");
    form_of(&[(document, Some(name), bytes), ("tombol", None, button.as_bytes())])
}

/// A form with files: its content type and its bytes. A part is a field's name, a file's name if it is one, and what is in it.
pub fn form_of(parts: &[(&str, Option<&str>, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (field, file, bytes) in parts {
        let file = file.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        body.extend_from_slice(format!("--grens\r\nContent-Disposition: form-data; name=\"{field}\"{file}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--grens--\r\n");
    ("multipart/form-data; boundary=grens".to_owned(), body)
}
