//! The folders and files of the private PostgreSQL, and who may enter them:
//! ```text
//! <data>/                       ours; closed (as root: passable, for the database's user)
//! <data>/postgres/              the same: the locks and the server's log
//! <data>/postgres/cluster/      the database user's alone: `data`, `socket`, and `data.new` while it is being made
//! ```
//! As root nothing of ours is written where the database's user could have laid a link.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{self, Path, PathBuf};

use super::account::Account;
use super::{PostgresError, at};

/// Where root's data goes when the database's user cannot reach the folder that was asked for.
const ROOTS_DATA_DIR: &str = "/var/lib/alpukat";

/// Makes the data folder and returns its full name. As root it has to be a folder that the database's user can reach: if
/// the wanted one is not, another is used, and the second value is the sentence that says so.
///
/// # Errors
/// When the folder cannot be made, or root finds none that would do.
pub fn usable_data_dir(wanted: &Path) -> Result<(PathBuf, Option<String>), PostgresError> {
    // In full, as a short name would be looked up from here, past folders above that are closed.
    let wanted = &path::absolute(wanted).map_err(at("find", wanted))?;
    match reachable(wanted) {
        Err(PostgresError::Unreachable { user, .. }) if wanted != Path::new(ROOTS_DATA_DIR) => {
            let used = reachable(Path::new(ROOTS_DATA_DIR))?;
            let notice = format!(
                "PostgreSQL runs as the user `{user}`, who cannot reach {}: the data folder is {}",
                wanted.display(),
                used.display(),
            );
            Ok((used, Some(notice)))
        }
        other => other.map(|folder| (folder, None)),
    }
}

/// What there is in a data folder for PostgreSQL.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) data_dir: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) cluster: PathBuf,
    pub(super) account: Account,
}

impl Home {
    /// Makes the folders that are missing.
    pub(super) fn open(data_dir: &Path) -> Result<Self, PostgresError> {
        let data_dir = fs::canonicalize(data_dir).map_err(at("find", data_dir))?;
        let folder = data_dir.join("postgres");
        let cluster = folder.join("cluster");
        let account = Account::for_cluster(&cluster)?;
        make_folder(&folder, passable(&account))?;
        make_folder(&cluster, 0o700)?;
        // Also when somebody was stopped between these two lines.
        if account.is_other() && fs::metadata(&cluster).is_ok_and(|found| found.uid() == 0) {
            account.give(&cluster)?;
        }
        Ok(Self { data_dir, folder, cluster, account })
    }

    pub(super) fn data(&self) -> PathBuf {
        self.cluster.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The major version that made the cluster, if there is one.
    pub(super) fn cluster_version(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    /// Opens a file to be locked.
    pub(super) fn lock_file(&self, name: &str) -> Result<(PathBuf, File), PostgresError> {
        let path = self.folder.join(name);
        let file = open_lock(&path)?;
        Ok((path, file))
    }
}

/// Opens a file that is only there to be locked.
pub(super) fn open_lock(path: &Path) -> Result<File, PostgresError> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(at("open", path))
}

/// Makes a folder with exactly these rights, whatever the umask; one that is there is left as it is.
pub(super) fn make_folder(folder: &Path, mode: u32) -> Result<bool, PostgresError> {
    match DirBuilder::new().create(folder) {
        Ok(()) => set_mode(folder, mode).map_err(at("close", folder)).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(false),
        Err(error) => Err(at("make", folder)(error)),
    }
}

fn set_mode(folder: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(mode))
}

/// Folders on the way to the cluster are closed, but another user has to be able to pass through them.
fn passable(account: &Account) -> u32 {
    if account.is_other() { 0o711 } else { 0o700 }
}

/// Makes the folder if it is missing, and refuses it if the database's user cannot enter it.
fn reachable(wanted: &Path) -> Result<PathBuf, PostgresError> {
    let account = Account::for_cluster(&wanted.join("postgres/cluster"))?;
    if let Some(above) = wanted.parent() {
        fs::create_dir_all(above).map_err(at("make", above))?;
    }
    let made = make_folder(wanted, passable(&account))?;
    if !account.can_enter(wanted) {
        if made {
            // An empty folder would only puzzle whoever finds it; that it stays does no harm either.
            fs::remove_dir(wanted).ok();
        }
        return Err(PostgresError::Unreachable { user: account.name().to_owned(), folder: wanted.to_owned() });
    }
    fs::canonicalize(wanted).map_err(at("find", wanted))
}
