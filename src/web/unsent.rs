//! Forms that came after their session had ended: what was typed is kept, sealed, in the browser that sent it, and stands in
//! its form again after logging in. Passwords and codes are not kept, nor anything that no application's page asks for.

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use serde::{Deserialize, Serialize};
use tower_sessions::cookie::time::Duration;

use super::{
    after_login,
    error_pages::Typed,
    form::{Form, is_form, pairs, parameter},
    paths,
    sealed_cookie::SealedCookie,
    state::AppState,
};

/// How long somebody may take to log in again.
const KEPT: Duration = Duration::minutes(15);

/// What was sent to a page that needed a log-in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Unsent {
    /// The page on which the form stands.
    page: String,
    /// What was typed.
    fields: Vec<(String, String)>,
    /// Whether there were files, which have to be chosen again.
    has_files: bool,
    /// Whether the session was there, and the application had moved on.
    has_moved_on: bool,
}

/// Whether a page shows again what was typed into it before its form could be taken.
fn shows_it_again(page: &str) -> bool {
    page.starts_with(paths::SERVICE)
        && [paths::CATEGORY, paths::PAPERS, paths::SCHEDULE]
            .iter()
            .any(|route| page.rsplit('/').next() == route.rsplit('/').next())
}

/// Marks the answer to files for a page that is no longer there: an extension of the response.
#[derive(Clone, Copy, Debug)]
pub struct MovedOn;

impl Unsent {
    fn of(page: String, has_files: bool, form: &[u8]) -> Self {
        let is_secret = |name: &str| name.contains("sandi") || name.contains("kode");
        let mut fields: Vec<(String, String)> = pairs(form).into_iter().filter(|(name, _)| !is_secret(name)).collect();
        // Whoever logs in next may be somebody else: an application's page is not theirs, the account's is.
        if !shows_it_again(&page) {
            fields.clear();
        }
        Self { page, fields, has_files, has_moved_on: false }
    }

    /// The form as it was sent; nothing when nothing of it was kept.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        (!self.fields.is_empty()).then(|| Form::of(self.fields.clone()))
    }

    /// What became of it.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match (self.has_files, self.fields.is_empty()) {
            _ if self.has_moved_on => {
                "Berkas yang terakhir Anda kirim tidak tersimpan, karena permohonan ini sudah berubah di halaman lain."
            }
            (true, _) => "Yang terakhir Anda kirim belum sampai, karena Anda sudah keluar. Pilih lagi berkasnya.",
            (_, false) => {
                "Yang terakhir Anda kirim belum sampai, karena Anda sudah keluar. Isiannya masih ada: periksa, lalu kirim lagi."
            }
            (_, true) => "Yang terakhir Anda kirim belum sampai, karena Anda sudah keluar. Periksa, lalu kirim lagi.",
        }
    }

    /// The same, on the log-in page.
    #[must_use]
    pub fn before_login(&self) -> &'static str {
        if self.fields.is_empty() {
            "Yang terakhir Anda kirim belum sampai. Masuk, lalu kirim sekali lagi."
        } else {
            "Yang terakhir Anda kirim belum sampai. Isiannya ada lagi setelah Anda masuk."
        }
    }
}

/// Keeps such a form, and gives it to its page and to the log-in as an extension of the request.
pub async fn keep(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let cookie = SealedCookie::named("alpukat-isian", &state);
    let (path, is_looking) = (request.uri().path().to_owned(), request.method() == Method::GET);
    let has_files = !is_form(request.headers());
    let typed = request.extensions().get::<Typed>().cloned();
    let kept = if is_looking { cookie.open::<Unsent>(request.headers()) } else { None };
    let is_its_page = kept.as_ref().is_some_and(|kept| kept.page == path);
    // The log-in speaks of it where it leads to its page.
    let asked = parameter(request.uri().query(), "ke").filter(|_| path == paths::LOGIN);
    if let Some(kept) = kept.filter(|kept| is_its_page || asked.as_deref() == Some(&kept.page)) {
        request.extensions_mut().insert(kept);
    }
    let mut response = next.run(request).await;
    let to = response.headers().get(header::LOCATION).filter(|_| response.status() == StatusCode::SEE_OTHER);
    let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    if !is_looking && to.starts_with(paths::LOGIN_THEN) {
        let form = typed.as_ref().and_then(|typed| typed.0.get()).map(AsRef::as_ref).unwrap_or_default();
        give(&cookie, Unsent::of(after_login::page_of(&path), has_files, form), &mut response);
    } else if response.extensions().get::<MovedOn>().is_some() {
        let page = to.split('?').next().unwrap_or_default().to_owned();
        give(&cookie, Unsent { page, fields: Vec::new(), has_files, has_moved_on: true }, &mut response);
    } else if path == paths::LOGOUT || is_its_page && response.status() == StatusCode::OK {
        cookie.take_away(&mut response);
    }
    response
}

/// What was typed is not kept where it is too long; that something was sent is.
fn give(cookie: &SealedCookie, mut unsent: Unsent, response: &mut Response) {
    if !cookie.give(&unsent, KEPT, response) {
        unsent.fields.clear();
        cookie.give(&unsent, KEPT, response);
    }
}
