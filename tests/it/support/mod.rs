//! What the tests share: a database each, the whole service in this process, and browsers that keep
//! cookies and read pages.

pub mod app;
pub mod browser;
pub mod cases;
pub mod database;
pub mod desk;
pub mod people;
pub mod scratch;

/// While this lives, every log event is made, whichever test's thread reaches its line first. With one
/// listener alone, lines first reached by a thread that does not listen would be switched off for all.
pub fn listening() -> [tracing::Dispatch; 2] {
    [(); 2].map(|()| tracing::Dispatch::new(tracing_subscriber::registry()))
}
