//! The private PostgreSQL: real server binaries, run in the data folder and reached over a socket that only its user can
//! open. Whoever needs the database joins it; the first to come starts it and the last to leave stops it.
//!
//! Four locked files say what is going on, and as the kernel drops a lock with its process, no crash leaves one behind:
//! - `serve.lock`: one `serve` a data folder;
//! - `start.lock`: held for the moment of joining or leaving, so that these happen one at a time;
//! - `users.lock`: shared by everybody who uses the server; who gets it alone is the last;
//! - `server.lock`: held by the server's own processes, so that it is free exactly when none of them lives.

mod account;
mod binaries;
mod home;
mod server;

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Child;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use home::Home;
pub use home::usable_data_dir;

/// The role that owns the schema and migrates it.
const OWNER: &str = "alpukat_owner";
/// The role of the running program, which may only do what migrations grant to it.
const PROGRAM: &str = "alpukat";
const DATABASE: &str = "alpukat";
/// Nothing listens on it: it is only part of the socket's name.
const PORT: u16 = 5432;

/// Why the private PostgreSQL is not to be had. Every message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// No server binaries anywhere.
    #[error(
        "PostgreSQL is not installed: no folder with `initdb` and `postgres` was found. Run `apt-get install \
         --no-install-recommends postgresql` as root, start with bin/serve (which does it where it may), or name a \
         server of your own in DATABASE_URL"
    )]
    NoBinaries,
    /// There are binaries, but none that can read this cluster.
    #[error(
        "the database in {folder} was made by PostgreSQL {made_by}, which is not installed (found: {found}). Install \
         postgresql-{made_by}, or dump the database with it and restore the dump into a new data folder"
    )]
    OtherVersion {
        /// The cluster.
        folder: PathBuf,
        /// Its major version.
        made_by: u32,
        /// The major versions at hand.
        found: String,
    },
    /// Root cannot run PostgreSQL, and neither `postgres` nor `nobody` exists.
    #[error(
        "PostgreSQL does not run as root and this machine has neither a user `postgres` nor `nobody`. Make one with \
         `useradd --system postgres`, or start as an ordinary user"
    )]
    NoAccount,
    /// The cluster is another user's.
    #[error("{0} belongs to another user. Start as that user or as root, or name another folder in ALPUKAT_DATA_DIR")]
    Foreign(PathBuf),
    /// As root: even the last resort is closed to the database's user.
    #[error("the database's user `{user}` cannot reach {folder}. Open the way with `chmod a+x` on the folders above it")]
    Unreachable {
        /// Whom PostgreSQL runs as.
        user: String,
        /// Where it cannot go.
        folder: PathBuf,
    },
    /// Two `serve` on one data folder.
    #[error("another `alpukat serve` is using {0}. Stop it first, or name another folder in ALPUKAT_DATA_DIR")]
    Serving(PathBuf),
    /// A binary of PostgreSQL ended with an error.
    #[error("{what} failed:\n{output}")]
    Failed {
        /// Which one.
        what: &'static str,
        /// The end of what it printed.
        output: String,
    },
    /// The server is neither ready nor gone after a long wait.
    #[error("PostgreSQL is still {doing} after {seconds} s. Try again in a while; its log is {log}")]
    Slow {
        /// Starting or stopping.
        doing: &'static str,
        /// How long it was waited for.
        seconds: u64,
        /// Where to look.
        log: PathBuf,
    },
    /// The file system refused.
    #[error("cannot {what} {path}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// Names the file that an input or output error is about.
fn at<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> PostgresError + 'a {
    move |source| PostgresError::Io { what, path: path.to_owned(), source }
}

/// One user's hold on the private PostgreSQL of a data folder. Dropping it leaves as well, for panics and early returns;
/// [`PrivatePostgres::leave`] reports what goes wrong and does not block the async threads.
#[derive(Debug)]
pub struct PrivatePostgres {
    home: Home,
    socket: PathBuf,
    /// Gone once left.
    users: Option<File>,
    /// The server, if it is this process's child: it has to be waited for.
    child: Option<Child>,
}

impl PrivatePostgres {
    /// Joins the server that runs for this data folder, or starts it, making the cluster if there is none yet.
    ///
    /// # Errors
    /// When there are no binaries to run, or the server cannot be started; see [`PostgresError`].
    pub async fn join(data_dir: &Path) -> Result<Self, PostgresError> {
        let data_dir = data_dir.to_owned();
        blocking(move || Self::join_now(&data_dir)).await
    }

    /// Whether a data folder has a cluster already.
    #[must_use]
    pub fn is_made(data_dir: &Path) -> bool {
        data_dir.join("postgres/cluster/data/PG_VERSION").exists()
    }

    /// How to connect as the owner of the schema.
    #[must_use]
    pub fn owner(&self) -> PgConnectOptions {
        self.connect_as(OWNER)
    }

    /// How to connect as the running program.
    #[must_use]
    pub fn program(&self) -> PgConnectOptions {
        self.connect_as(PROGRAM)
    }

    /// Leaves the server: the last user stops it and waits until it is down, everybody else leaves it running.
    ///
    /// # Errors
    /// When the server does not stop.
    pub async fn leave(mut self) -> Result<(), PostgresError> {
        blocking(move || self.leave_now()).await
    }

    fn join_now(data_dir: &Path) -> Result<Self, PostgresError> {
        let home = Home::open(data_dir)?;
        let _door = door(&home)?;
        let (path, users) = home.lock_file("users.lock")?;
        users.lock_shared().map_err(at("lock", &path))?;
        let (socket, child) = server::running_or_started(&home)?;
        Ok(Self { home, socket, users: Some(users), child })
    }

    fn leave_now(&mut self) -> Result<(), PostgresError> {
        let Some(users) = self.users.take() else { return Ok(()) };
        let _door = door(&self.home)?;
        match users.try_lock() {
            Ok(()) => server::stop(&self.home, self.child.take()),
            Err(TryLockError::WouldBlock) => Ok(()),
            Err(TryLockError::Error(error)) => Err(at("lock", &self.home.folder)(error)),
        }
    }

    fn connect_as(&self, role: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket)
            .port(PORT)
            .username(role)
            .database(DATABASE)
            .ssl_mode(PgSslMode::Disable)
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if let Err(error) = self.leave_now() {
            tracing::error!(%error, "the private PostgreSQL was not left properly");
        }
    }
}

/// The right to be the one `serve` of a data folder, for as long as it is kept.
#[derive(Debug)]
pub struct ServeLock {
    _file: File,
}

impl ServeLock {
    /// Takes the lock, or says at once that somebody has it.
    ///
    /// # Errors
    /// When another `serve` runs, or the file cannot be made.
    pub fn take(data_dir: &Path) -> Result<Self, PostgresError> {
        let path = data_dir.join("serve.lock");
        let file = home::open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(PostgresError::Serving(data_dir.to_owned())),
            Err(TryLockError::Error(error)) => Err(at("lock", &path)(error)),
        }
    }
}

/// Waits for the turn to join or leave, which lasts until the file is dropped.
fn door(home: &Home) -> Result<File, PostgresError> {
    let (path, door) = home.lock_file("start.lock")?;
    door.lock().map_err(at("lock", &path))?;
    Ok(door)
}

/// Starting and stopping wait for locks and processes, which is no work for the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PostgresError> + Send + 'static,
) -> Result<T, PostgresError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(lost) => Err(PostgresError::Failed { what: "the launcher of PostgreSQL", output: lost.to_string() }),
    }
}
