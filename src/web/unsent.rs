//! What was typed and is not stored: forms that came after their session had ended, and words that an officer typed before
//! they turned a page. It is kept, sealed, in the browser that sent it, and stands in its form again. Passwords and codes are
//! not kept.

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
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

/// How long somebody may take to log in again, or to come back to their words.
const KEPT: Duration = Duration::minutes(15);

/// Why a form was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Cause {
    /// Nobody was logged in any more.
    LoggedOut,
    /// The application had moved on, and the page is no longer there.
    MovedOn,
    /// Something else of the same page was looked at.
    Turned,
}

/// What was sent to a page, and not stored.
#[derive(Clone, Serialize, Deserialize)]
pub struct Unsent {
    /// The address it was sent to.
    address: String,
    /// What was typed.
    fields: Vec<(String, String)>,
    /// Whether there were files, which have to be chosen again.
    has_files: bool,
    cause: Cause,
}

/// Marks the answer to files for a page that is no longer there: an extension of the response.
#[derive(Clone, Copy, Debug)]
pub struct MovedOn;

/// Marks an answer that looks at something else of the page, whose form is kept.
#[derive(Clone, Copy, Debug)]
struct Turned;

/// Looks at something else of the page that a form stands on; what was typed stands there again.
pub fn turn_to(address: &str) -> Response {
    let mut response = Redirect::to(address).into_response();
    response.extensions_mut().insert(Turned);
    response
}

/// Whether a page shows again what was typed into it before its form could be taken.
fn shows_it_again(page: &str) -> bool {
    let of_an_application = page.starts_with(paths::SERVICE)
        && [paths::CATEGORY, paths::PAPERS, paths::SCHEDULE]
            .iter()
            .any(|route| page.rsplit('/').next() == route.rsplit('/').next());
    let at_the_desk = [paths::CASE.trim_end_matches("{id}"), paths::PRINTING, paths::TODAY];
    of_an_application || at_the_desk.iter().any(|start| page.starts_with(start))
}

impl Unsent {
    fn of(address: String, form: &[u8], has_files: bool, cause: Cause) -> Self {
        let is_secret = |name: &str| name.contains("sandi") || name.contains("kode");
        let mut unsent = Self { address, fields: Vec::new(), has_files, cause };
        // Whoever logs in next may be somebody else: an application's page or a case is not theirs, the account's page is.
        if cause != Cause::MovedOn && shows_it_again(&unsent.page()) {
            unsent.fields = pairs(form).into_iter().filter(|(name, _)| !is_secret(name)).collect();
        }
        unsent
    }

    /// The page on which the form stands.
    fn page(&self) -> String {
        after_login::page_of(&self.address)
    }

    /// Whether it was sent to a route.
    #[must_use]
    pub fn was_for(&self, route: &str) -> bool {
        self.address.rsplit('/').next() == route.rsplit('/').next()
    }

    /// The form as it was sent; nothing when nothing of it was kept.
    #[must_use]
    pub fn form(&self) -> Option<Form> {
        (!self.fields.is_empty()).then(|| Form::of(self.fields.clone()))
    }

    /// What became of it; nothing where that is plain.
    #[must_use]
    pub fn words(&self) -> Option<&'static str> {
        Some(match (self.cause, self.has_files, self.fields.is_empty()) {
            (Cause::Turned, ..) => return None,
            (Cause::MovedOn, ..) => {
                "Berkas yang terakhir Anda kirim tidak tersimpan, karena permohonan ini sudah berubah di halaman lain."
            }
            (_, true, _) => "Yang terakhir Anda kirim belum sampai, karena Anda sudah keluar. Pilih lagi berkasnya.",
            (_, _, false) => {
                "Yang terakhir Anda kirim belum sampai, karena Anda sudah keluar. Isiannya masih ada: periksa, lalu kirim lagi."
            }
            (_, _, true) => "Yang terakhir Anda kirim belum sampai, karena Anda sudah keluar. Periksa, lalu kirim lagi.",
        })
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
    let kept = cookie.open::<Unsent>(request.headers());
    let is_its_page =
        kept.as_ref().is_some_and(|kept| kept.page() == if is_looking { path.clone() } else { after_login::page_of(&path) });
    let is_turned = kept.as_ref().is_some_and(|kept| kept.cause == Cause::Turned);
    // The log-in speaks of it where it leads to its page.
    let is_login = path == paths::LOGIN || path == paths::DESK_LOGIN;
    let asked = parameter(request.uri().query(), "ke").filter(|_| is_login);
    if let Some(kept) = kept.filter(|kept| is_looking && is_its_page || asked.as_deref() == Some(&kept.page())) {
        request.extensions_mut().insert(kept);
    }
    let mut response = next.run(request).await;
    let to = response.headers().get(header::LOCATION).filter(|_| response.status() == StatusCode::SEE_OTHER);
    let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    let form = typed.as_ref().and_then(|typed| typed.0.get()).map(AsRef::as_ref).unwrap_or_default();
    let leads_to_login = after_login::leads_to_login(&to);
    if !is_looking && leads_to_login {
        give(&cookie, Unsent::of(path, form, has_files, Cause::LoggedOut), &mut response);
    } else if response.extensions().get::<Turned>().is_some() {
        let unsent = Unsent::of(path, form, false, Cause::Turned);
        if !unsent.fields.is_empty() {
            give(&cookie, unsent, &mut response);
        }
    } else if response.extensions().get::<MovedOn>().is_some() {
        let page = to.split('?').next().unwrap_or_default().to_owned();
        give(&cookie, Unsent::of(page, &[], has_files, Cause::MovedOn), &mut response);
    } else if path == paths::LOGOUT
        || path == paths::DESK_LOGOUT
        || is_its_page && is_done(is_looking, is_turned, response.status())
    {
        cookie.take_away(&mut response);
    }
    response
}

/// Whether what was kept has served: its page has shown it, or its form was sent. Words at the desk stay until then.
fn is_done(is_looking: bool, is_turned: bool, status: StatusCode) -> bool {
    if is_looking { status == StatusCode::OK && !is_turned } else { status == StatusCode::SEE_OTHER }
}

/// What was typed is not kept where it is too long; that something was sent is.
fn give(cookie: &SealedCookie, mut unsent: Unsent, response: &mut Response) {
    if !cookie.give(&unsent, KEPT, response) {
        unsent.fields.clear();
        cookie.give(&unsent, KEPT, response);
    }
}
