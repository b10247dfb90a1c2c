//! The commands. Each reads its settings, opens the database and does one thing.

mod audit;
mod counters;
mod house;
mod officers;
mod residents;
mod serve;
mod worker;

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// The portal with which people in Jakarta get their KTP-el printed again.
#[derive(Parser)]
#[command(name = "alpukat", version, after_help = "Settings are environment variables; README.md lists them.")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the portal until SIGINT or SIGTERM (the default).
    Serve,
    /// Hand messages on and do what the clock demands, without serving pages; any number may run side by side.
    Worker,
    /// Bring the database's schema up to date.
    Migrate,
    /// Load residents from a CSV file; known NIKs are replaced, new ones added.
    #[command(after_help = residents::COLUMNS)]
    ImportResidents {
        /// The file, UTF-8 with a header line.
        file: PathBuf,
        /// Store the good rows even if there are bad ones; otherwise it is all or nothing.
        #[arg(long)]
        skip_bad: bool,
    },
    /// Load addresses, WhatsApp numbers and places of counters from a CSV file.
    #[command(after_help = counters::COLUMNS)]
    ImportCounters {
        /// The file, UTF-8 with a header line.
        file: PathBuf,
    },
    /// Make an officer of the desk, or change one who is known.
    #[command(after_help = officers::EXAMPLES)]
    CreateOfficer(officers::CreateOfficer),
    /// Read the whole event table and say whether anything was altered, removed or slipped in.
    VerifyAudit,
}

/// Runs the command that was asked for.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    log_to_stderr(&config);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let outcome = runtime.block_on(async {
        match arguments.command.unwrap_or(Command::Serve) {
            Command::Serve => Box::pin(serve::serve(config)).await,
            Command::Worker => Box::pin(worker::work(config)).await,
            Command::Migrate => house::migrate(config).await,
            Command::ImportResidents { file, skip_bad } => residents::import(config, &file, skip_bad).await,
            Command::ImportCounters { file } => counters::import(config, &file).await,
            Command::CreateOfficer(asked) => officers::create(config, asked).await,
            Command::VerifyAudit => audit::verify(config).await,
        }
    });
    // What hangs in a system call by now is not waited for.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("alpukat: {error:#}");
    ExitCode::FAILURE
}

/// Human lines in development, JSON in production. `RUST_LOG` says how much.
fn log_to_stderr(config: &Config) {
    // PostgreSQL notes each time that the table of migrations is there already; what the session store meets, it says itself.
    let usual = "info,sqlx::postgres::notice=warn,tower_sessions=off,tower_sessions_core=off";
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stderr().is_terminal());
    let log = log.with_writer(std::io::stderr);
    if config.is_development() { log.init() } else { log.json().init() }
}
