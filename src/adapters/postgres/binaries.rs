//! Where the server's binaries are, and of which version.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::PostgresError;
use super::account::Account;
use super::home::Home;

/// A folder with `initdb` and `postgres` that the database's user can run.
#[derive(Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
    major: u32,
}

impl Binaries {
    /// The newest that fit: any for a new cluster, those of its own version for an old one.
    pub(super) fn find(home: &Home) -> Result<Self, PostgresError> {
        let mut found = Vec::new();
        for folder in candidates(&home.data_dir) {
            if let Some(major) = version(&folder, &home.account) {
                found.push(Self { folder, major });
            }
        }
        let Some(made_by) = home.cluster_version() else {
            return found.into_iter().next().ok_or(PostgresError::NoBinaries);
        };
        let versions: Vec<String> = found.iter().map(|binaries| binaries.major.to_string()).collect();
        found.into_iter().find(|binaries| binaries.major == made_by).ok_or_else(|| PostgresError::OtherVersion {
            folder: home.cluster.clone(),
            made_by,
            found: if versions.is_empty() { "none".to_owned() } else { versions.join(", ") },
        })
    }

    /// One of the binaries, run as the database's user.
    pub(super) fn command(&self, name: &str, account: &Account) -> Command {
        account.command(&self.folder.join(name))
    }
}

/// Debian's folders, the highest version first; then one that was unpacked into the data folder; then the search path.
fn candidates(data_dir: &Path) -> Vec<PathBuf> {
    let mut packaged: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    packaged.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let search_path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = packaged.into_iter().map(|(_, folder)| folder).collect();
    folders.push(data_dir.join("pgsql/bin"));
    folders.extend(env::split_paths(&search_path).filter(|folder| folder.is_absolute()));
    folders.retain(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file());
    folders
}

/// The major version, from `postgres (PostgreSQL) 15.18 (…)`; none if this user cannot run it.
fn version(folder: &Path, account: &Account) -> Option<u32> {
    let mut command = account.command(&folder.join("postgres"));
    let answer = command.arg("--version").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    let number = text.split_whitespace().nth(2)?;
    number.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}
