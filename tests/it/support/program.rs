//! The program itself, beside a test's service: on the same database, with the same keys.

use std::process::{Command, Stdio};

use sqlx::postgres::PgConnectOptions;

use super::app::App;

/// How to connect, as a setting.
pub fn url(options: &PgConnectOptions) -> String {
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
    let (host, database) = (host.replace('/', "%2F"), options.get_database().unwrap_or_default());
    format!("postgres://{}@localhost:{}/{database}?host={host}", options.get_username(), options.get_port())
}

/// The program with the settings of a test's database; a data folder is still to be set.
pub fn program(app: &App) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alpukat"));
    command
        .env("DATABASE_URL", url(&app.database.program))
        .env("ALPUKAT_MIGRATION_URL", url(&app.database.owner))
        .env("ALPUKAT_SECRET_KEY", base64::Engine::encode(&base64::prelude::BASE64_STANDARD, [7; 32]))
        .env("RUST_LOG", "warn")
        .stdin(Stdio::null());
    command
}

/// `alpukat worker` on a test's database, sending to this gateway, its clock so much later.
pub fn worker(app: &App, gateway: &str, later: time::Duration) -> Command {
    let clock = (app.clock().now() + later).format(&time::format_description::well_known::Rfc3339).unwrap();
    let mut command = program(app);
    command
        .arg("worker")
        .env("ALPUKAT_DATA_DIR", app.spool().join("worker"))
        .env("ALPUKAT_SMS_URL", gateway)
        .env("ALPUKAT_CLOCK", clock)
        .env("RUST_LOG", "error")
        .stdout(Stdio::null());
    command
}
