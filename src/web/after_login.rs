//! Where somebody goes who had to log in first: back to the page that they wanted.

use super::paths::{ACCOUNT, DESK_LOGIN, DESK_LOGIN_THEN, HOME, LOGIN_THEN, MESSAGES, QUEUE, SERVICE};

/// The log-in page that leads on to an address.
#[must_use]
pub fn address(to: &str) -> String {
    format!("{LOGIN_THEN}{to}")
}

/// The desk's log-in page that leads on to an address.
#[must_use]
pub fn at_the_desk(to: &str) -> String {
    // The queue is where it leads anyway.
    if to == QUEUE { DESK_LOGIN.to_owned() } else { format!("{DESK_LOGIN_THEN}{to}") }
}

/// Whether an answer leads to a log-in that leads on from there.
#[must_use]
pub fn leads_to_login(to: &str) -> bool {
    to.starts_with(LOGIN_THEN) || to.starts_with(DESK_LOGIN_THEN)
}

/// An address that log-in may lead on to: a citizen's page of ours, and nothing else.
#[must_use]
pub fn allowed(wanted: &str) -> &str {
    among(wanted, [SERVICE, ACCOUNT])
}

/// An address that the desk's log-in may lead on to: a page of the desk, and nothing else.
#[must_use]
pub fn allowed_at_the_desk(wanted: &str) -> &str {
    among(wanted, [QUEUE, MESSAGES])
}

/// The address, if it is one of these pages or below one; else the first of them.
fn among<'a>(wanted: &'a str, pages: [&'static str; 2]) -> &'a str {
    let plain = wanted.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-.".contains(&byte))
        && !wanted.contains("//")
        && !wanted.contains("..");
    let ours = pages.iter().any(|page| wanted.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if plain && ours { wanted } else { pages[0] }
}

/// The page that somebody sees again after logging in when this address was refused, or after a fault: for the address of a
/// deed, the page it stands on.
#[must_use]
pub fn page_of(address: &str) -> String {
    let is_page = |last: &str| {
        !matches!(last, "halaman" | "hapus" | "hapus-draf" | "kata-sandi" | "keluar-semua" | "keluar" | "baru" | "blangko")
    };
    let parts: Vec<&str> = address.split('/').skip(1).take(3).collect();
    let kept = if parts.last().is_some_and(|last| is_page(last)) { parts.len() } else { parts.len().saturating_sub(1) };
    format!("{HOME}{}", parts.get(..kept).unwrap_or_default().join("/"))
}
