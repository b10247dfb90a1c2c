//! Error pages: every refusal without a page of its own gets one in our layout, which says what to do next and what has
//! become of what was sent, never the cause.

use std::sync::{Arc, OnceLock};

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    body::Bytes,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_sessions::Session;

use super::{
    after_login,
    error::ForMachines,
    form::{is_form, pairs},
    middleware::RequestId,
    officer::DeskShell,
    paths,
    shell::Shell,
};
use crate::db::call::Call;

/// Where a form stands as it was sent, once it has arrived, so that nobody has to type it again after a fault of ours. An
/// extension of every request.
#[derive(Clone, Debug, Default)]
pub struct Typed(pub Arc<OnceLock<Bytes>>);

/// What has become of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nothing was sent: somebody wanted to look.
    Looked,
    /// Nothing of it is stored.
    NotStored,
    /// Some or all of it may be stored.
    Unknown,
}

/// Where to look, and the form once more.
struct Sent {
    fate: Fate,
    /// The page on which the form stood.
    page: String,
    /// Where it was sent to.
    action: String,
    /// What was typed, but for passwords.
    fields: Vec<(String, String)>,
    /// Whether a password was among it.
    has_password: bool,
    /// Whether there were files, which a browser does not give a second time.
    has_files: bool,
}

impl Sent {
    /// Whether it can be sent once more as it was: not where it had files, or passwords alone.
    fn can_be_sent_again(&self) -> bool {
        !(self.has_files || self.has_password && self.fields.is_empty())
    }

    /// Whether something stands in it that somebody would have to type again.
    fn keeps_something(&self) -> bool {
        !self.fields.is_empty()
    }
}

/// What a request is, before it is used up.
struct Asked {
    id: RequestId,
    call: Option<Arc<Call>>,
    sends: bool,
    has_files: bool,
    path: String,
    action: String,
    typed: Typed,
}

impl Asked {
    fn of(request: &mut Request) -> Self {
        let typed = Typed::default();
        request.extensions_mut().insert(typed.clone());
        let uri = request.uri();
        Self {
            id: request.extensions().get::<RequestId>().cloned().unwrap_or_default(),
            call: request.extensions().get::<Arc<Call>>().cloned(),
            sends: !request.method().is_safe(),
            has_files: !is_form(request.headers()),
            path: uri.path().to_owned(),
            typed,
            action: uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string),
        }
    }

    fn sent(self) -> Sent {
        let fate = match self.call {
            _ if !self.sends => Fate::Looked,
            Some(call) if !call.may_have_stored() => Fate::NotStored,
            _ => Fate::Unknown,
        };
        let fields = self.typed.0.get().map(|form| pairs(form)).unwrap_or_default();
        let (passwords, fields): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|(name, _)| name.to_lowercase().contains("sandi"));
        let (has_password, has_files) = (!passwords.is_empty(), self.has_files);
        Sent { fate, page: after_login::page_of(&self.path), action: self.action, fields, has_password, has_files }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "error/page.html")]
struct ErrorPage {
    shell: Shell,
    status: u16,
    request_id: String,
    sent: Sent,
}

/// The error pages that citizens see.
pub async fn for_citizens(mut request: Request, next: Next) -> Response {
    let asked = Asked::of(&mut request);
    let mut response = next.run(request).await;
    if has_page(&response) {
        return response;
    }
    let status = status_of(&response);
    let shell = response.extensions_mut().remove::<Shell>().unwrap_or_default();
    let request_id = asked.id.to_string();
    let page = ErrorPage { shell, status: status.as_u16(), request_id, sent: asked.sent() };
    with_headers_of(&response, (status, page).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "error/desk.html")]
struct DeskErrorPage {
    shell: DeskShell,
    status: u16,
    request_id: String,
    sent: Sent,
}

/// The same in the layout of the desk, alike for whoever asks.
pub async fn at_the_desk(mut request: Request, next: Next) -> Response {
    let asked = Asked::of(&mut request);
    let response = next.run(request).await;
    if has_page(&response) {
        return response;
    }
    let (status, request_id) = (status_of(&response), asked.id.to_string());
    let page = DeskErrorPage { shell: DeskShell::default(), status: status.as_u16(), request_id, sent: asked.sent() };
    with_headers_of(&response, (status, page).into_response())
}

/// Marks an answer that came from behind the session layer. One without it is that layer's own: a session could not be stored.
#[derive(Clone, Copy, Debug)]
struct Answered;

/// Sets that mark.
pub async fn mark_answered(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.extensions_mut().insert(Answered);
    response
}

/// Sets that mark and, for an error page, leaves the layout of whoever asks.
pub async fn mark_reader(session: Session, request: Request, next: Next) -> Response {
    let mut response = mark_answered(request, next).await;
    // Asking for the session costs a statement, which a broken database would not answer.
    if !has_page(&response) && response.status().is_client_error() {
        let shell = Shell::of(&session).await.unwrap_or_default();
        response.extensions_mut().insert(shell);
    }
    response
}

fn status_of(response: &Response) -> StatusCode {
    let answered = response.extensions().get::<Answered>().is_some();
    if answered { response.status() } else { StatusCode::SERVICE_UNAVAILABLE }
}

fn has_page(response: &Response) -> bool {
    let status = response.status();
    let has_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let for_machines = response.extensions().get::<ForMachines>().is_some();
    has_page || for_machines || !(status.is_client_error() || status.is_server_error())
}

fn with_headers_of(bare: &Response, mut page: Response) -> Response {
    for name in [header::ALLOW, header::RETRY_AFTER, header::CONNECTION] {
        if let Some(value) = bare.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    if page.status() == StatusCode::SERVICE_UNAVAILABLE {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    }
    page
}
