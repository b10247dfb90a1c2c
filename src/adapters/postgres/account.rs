//! Whom PostgreSQL runs as. It refuses to run as root, so root hands its processes to a user with fewer rights.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Gid, Uid, User, chown};

use super::{PostgresError, at};

/// The user that owns the cluster and runs its processes.
#[derive(Debug, Clone)]
pub(super) struct Account {
    name: String,
    /// Whom to become; nobody else when we are an ordinary user.
    switch_to: Option<(Uid, Gid)>,
}

impl Account {
    /// Ourselves; or, as root, the owner of the cluster if there is one already, or else `postgres` or `nobody`.
    pub(super) fn for_cluster(cluster: &Path) -> Result<Self, PostgresError> {
        let owner = fs::metadata(cluster).ok().map(|found| Uid::from_raw(found.uid()));
        let us = Uid::effective();
        if !us.is_root() {
            return match owner {
                Some(owner) if owner != us => Err(PostgresError::Foreign(cluster.to_owned())),
                _ => Ok(Self { name: us.to_string(), switch_to: None }),
            };
        }
        let by_name = |name| User::from_name(name).ok().flatten();
        owner
            .filter(|owner| !owner.is_root())
            .and_then(|owner| User::from_uid(owner).ok().flatten())
            .or_else(|| by_name("postgres"))
            .or_else(|| by_name("nobody"))
            .map(|user| Self { name: user.name, switch_to: Some((user.uid, user.gid)) })
            .ok_or(PostgresError::NoAccount)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether we are root and it is somebody else.
    pub(super) fn is_other(&self) -> bool {
        self.switch_to.is_some()
    }

    /// A program to be run as this user, that gets nothing from us: no environment, no folder that it may be unable to
    /// read, and no Ctrl-C from our terminal.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir("/").process_group(0);
        if let Some((user, group)) = self.switch_to {
            command.uid(user.as_raw()).gid(group.as_raw());
        }
        command
    }

    /// Whether this user can enter a folder: tried, as rules for it would miss what the system also looks at.
    pub(super) fn can_enter(&self, folder: &Path) -> bool {
        let mut shell = self.command(Path::new("/bin/sh"));
        shell.args(["-c", ":"]).current_dir(folder).status().is_ok_and(|status| status.success())
    }

    /// Gives a folder of ours to this user.
    pub(super) fn give(&self, folder: &Path) -> Result<(), PostgresError> {
        let Some((user, group)) = self.switch_to else { return Ok(()) };
        chown(folder, Some(user), Some(group)).map_err(|errno| at("give away", folder)(errno.into()))
    }
}
