//! What handlers depend on; a handler's signature names the parts it uses.

use std::sync::Arc;

use axum::extract::FromRef;
use ipnet::IpNet;

use crate::{
    adapters::{clock::Clock, intake::Intake, lines::Lines, passwords::Passwords, spool::Spool},
    db::Db,
};

/// Where the service is reached, and whom it believes about where a request comes from.
#[derive(Clone, Debug)]
pub struct Site {
    /// The public address without a slash at its end, for the receipt's QR.
    pub public_url: Arc<str>,
    /// Networks whose `X-Forwarded-For` is read.
    pub trusted_proxies: Arc<[IpNet]>,
    /// Whether messages have somewhere to go; without a gateway, in production, they wait.
    pub sends_messages: bool,
}

impl Site {
    /// Whether the public address is https, so that cookies can be for https alone.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https:")
    }
}

/// Everything.
#[derive(Clone, Debug, FromRef)]
pub struct AppState {
    /// The database and the keys.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Password hashing.
    pub passwords: Passwords,
    /// Where uploads wait.
    pub spool: Spool,
    /// Where uploads become pages.
    pub intake: Arc<Intake>,
    /// Who sends uploads now.
    pub lines: Lines,
    /// Where we are.
    pub site: Site,
}
