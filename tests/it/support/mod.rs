//! What the tests share: a database each, the whole service in this process, and browsers that keep
//! cookies and read pages.

pub mod app;
pub mod browser;
pub mod cases;
pub mod database;
pub mod desk;
pub mod gateway;
pub mod kannel;
pub mod kept;
pub mod log;
pub mod mail_server;
pub mod mailbox;
pub mod people;
pub mod pgbouncer;
pub mod program;
pub mod proxy;
pub mod routes;
pub mod scratch;
pub mod serving;

/// How often something is tried: fewer times in a usual run, and more when `bin/prove` asks for it.
pub fn rounds(usual: i64, proving: i64) -> i64 {
    if std::env::var_os("ALPUKAT_PROVE").is_some() { proving } else { usual }
}

/// While this lives, every log event is made, whichever test's thread reaches its line first. With one
/// listener alone, lines first reached by a thread that does not listen would be switched off for all.
pub fn listening() -> [tracing::Dispatch; 2] {
    [(); 2].map(|()| tracing::Dispatch::new(tracing_subscriber::registry()))
}
