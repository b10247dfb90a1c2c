//! Stylesheet, scripts and small pictures: compressed when the program was built, kept by browsers for ever.

use axum::{
    Router,
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Redirect},
    routing::get,
};

use super::paths;

macro_rules! asset {
    ($file:literal, $kind:literal) => {
        Asset {
            kind: $kind,
            plain: include_bytes!(concat!(env!("OUT_DIR"), "/", $file)),
            brotli: include_bytes!(concat!(env!("OUT_DIR"), "/", $file, ".br")),
            gzip: include_bytes!(concat!(env!("OUT_DIR"), "/", $file, ".gz")),
        }
    };
}

const STYLE: Asset = asset!("look.css", "text/css; charset=utf-8");
const DESK_STYLE: Asset = asset!("desk.css", "text/css; charset=utf-8");
const SCRIPT: Asset = asset!("pages.js", "text/javascript; charset=utf-8");
const DESK_SCRIPT: Asset = asset!("desk.js", "text/javascript; charset=utf-8");
const ICON: Asset = asset!("icon.svg", "image/svg+xml");
const SAMPLE_SHEET: Asset = asset!("contoh-lembar.svg", "image/svg+xml");
const SAMPLE_CARD: Asset = asset!("contoh-kartu.svg", "image/svg+xml");

#[derive(Clone, Copy)]
struct Asset {
    kind: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

/// The routes of all static files.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(paths::STYLE, get(|headers: HeaderMap| async move { STYLE.answer(&headers) }))
        .route(paths::DESK_STYLE, get(|headers: HeaderMap| async move { DESK_STYLE.answer(&headers) }))
        .route(paths::SCRIPT, get(|headers: HeaderMap| async move { SCRIPT.answer(&headers) }))
        .route(paths::DESK_SCRIPT, get(|headers: HeaderMap| async move { DESK_SCRIPT.answer(&headers) }))
        .route(paths::ICON, get(|headers: HeaderMap| async move { ICON.answer(&headers) }))
        .route(paths::SAMPLE_SHEET, get(|headers: HeaderMap| async move { SAMPLE_SHEET.answer(&headers) }))
        .route(paths::SAMPLE_CARD, get(|headers: HeaderMap| async move { SAMPLE_CARD.answer(&headers) }))
        .route(paths::FAVICON, get(|| async { Redirect::temporary(paths::ICON) }))
}

impl Asset {
    fn answer(self, headers: &HeaderMap) -> impl IntoResponse + use<> {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let accepts =
            |coding: &str| accepted.split(',').any(|item| item.split(';').next().is_some_and(|name| name.trim() == coding));
        let (coding, bytes) = if accepts("br") {
            (Some("br"), self.brotli)
        } else if accepts("gzip") {
            (Some("gzip"), self.gzip)
        } else {
            (None, self.plain)
        };
        let mut answer: Vec<(HeaderName, &'static str)> = vec![
            (header::CONTENT_TYPE, self.kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::VARY, "accept-encoding"),
        ];
        answer.extend(coding.map(|coding| (header::CONTENT_ENCODING, coding)));
        (axum::response::AppendHeaders(answer), bytes)
    }
}
