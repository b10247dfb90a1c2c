//! What can go wrong between the program and its database, and what that means for whoever waits.

use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::vault::VaultError;

/// What can go wrong between the program and its database. None of it names a person.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database refused, or is away.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// The database was asked to make something a fact, and has not said whether it is one.
    #[error("it is not known whether this was stored: {0}")]
    Unknown(sqlx::Error),
    /// No connection was to be had, and this is what the server says to a new one.
    #[error("the database lets no connection in: {0}")]
    NotLetIn(sqlx::Error),
    /// A sealed value did not open.
    #[error(transparent)]
    Sealed(#[from] VaultError),
    /// The keys are not those with which the database was filled.
    #[error(
        "ALPUKAT_SECRET_KEY is not the secret with which this database was filled. Nothing was changed. Set the secret that \
         belongs to it, or name the right database in DATABASE_URL"
    )]
    OtherSecret,
    /// A row holds what the program never writes.
    #[error("an impossible row: {0}")]
    Impossible(&'static str),
    /// A migration failed.
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// Result of everything in this room.
pub type DbResult<T> = Result<T, DbError>;

impl DbError {
    /// The constraint that refused the statement, by name.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => error.constraint(),
            _ => None,
        }
    }

    /// Whether the database undid the transaction for a reason that is gone when it is tried again: two waited for each
    /// other, or the connection was out of date.
    #[must_use]
    pub fn is_collision(&self) -> bool {
        match self {
            Self::Sql(error) => is_outdated(error) || matches!(code(error), Some("40P01" | "40001")),
            _ => false,
        }
    }

    /// Whether the database is away, starting, stopping, silent, too busy or not to be written to just now: it passes.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Sql(error) | Self::NotLetIn(error) => passes(error),
            _ => false,
        }
    }
}

fn passes(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    // A proxy without a server behind it closes in the middle of a greeting, which is then none.
    matches!(error, Io(_) | Tls(_) | Protocol(_) | PoolTimedOut | PoolClosed | WorkerCrashed)
        || is_outdated(error)
        || code(error).is_some_and(|code| {
            // Connections; resources; a transaction that was ended for being idle; a server that only reads; locks; timeouts
            // and operators (PostgreSQL's manual, appendix A).
            ["08", "53", "57"].iter().any(|class| code.starts_with(class)) || matches!(code, "25P03" | "25006" | "55P03")
        })
}

/// A plan that was prepared before the schema changed: "cached plan must not change result type". Our own statements ask for
/// nothing that PostgreSQL lacks.
pub(super) fn is_outdated(error: &sqlx::Error) -> bool {
    code(error) == Some("0A000")
}

/// Whether the server has answered that it refuses, and goes on: then a transaction is undone for certain.
pub(super) fn is_answer(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    let error = error.try_downcast_ref::<PgDatabaseError>();
    error.is_some_and(|error| !matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic))
}

/// Whether nobody else should get the connection on which this came up: its server is going, may not write, or remembers
/// plans of another schema; or it is not where we think it is.
pub(super) fn spoils_the_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(_) => !is_answer(error) || is_outdated(error) || matches!(code(error), Some("25006" | "25P02")),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

fn code(error: &sqlx::Error) -> Option<&str> {
    let sqlx::Error::Database(error) = error else { return None };
    error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::code)
}
