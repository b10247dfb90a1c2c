//! What programs ask a site for: crawlers `/robots.txt`, people who found a hole `/.well-known/security.txt`, and password
//! managers `/.well-known/change-password`.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Redirect},
};
use time::{Duration, OffsetDateTime};

use crate::{
    adapters::clock::Clock,
    web::{paths, state::Site},
};

/// How long somebody may rely on what `security.txt` says; RFC 9116 asks for less than a year.
const GOOD_FOR: Duration = Duration::days(180);

const TEXT: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];

/// Pages for everybody may be found and shown by search engines; everything else is somebody's own (RFC 9309).
pub async fn robots() -> impl IntoResponse {
    let files = [paths::STYLE, paths::SCRIPT, paths::ICON, paths::FAVICON];
    let allowed = paths::FOR_EVERYBODY.iter().chain(&files).map(|path| format!("Allow: {path}$\n"));
    // A kelurahan's contact is a page of its own, told by its query.
    (TEXT, format!("User-agent: *\n{}Allow: {}?\nDisallow: /\n", allowed.collect::<String>(), paths::CONTACT))
}

/// Whom to tell of a hole (RFC 9116): by what is public already, the page with the ways to reach an office.
pub async fn security(State(site): State<Site>, State(clock): State<Clock>) -> impl IntoResponse {
    (TEXT, security_text(&site.public_url, clock.now()))
}

fn security_text(public_url: &str, now: OffsetDateTime) -> String {
    // The day alone, so that the file changes once a day.
    let expires = (now + GOOD_FOR).to_offset(time::UtcOffset::UTC).date();
    format!(
        "Contact: {public_url}{}\nExpires: {expires}T00:00:00Z\nPreferred-Languages: id, en\nCanonical: {public_url}{}\n",
        paths::CONTACT,
        paths::SECURITY
    )
}

/// Where a password is changed; whoever is not logged in comes there by way of the log-in.
pub async fn change_password() -> Redirect {
    Redirect::to(paths::ACCOUNT)
}
