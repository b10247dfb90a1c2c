//! A folder that goes when the test ends, however it ends, together with a private PostgreSQL that still runs in it.

use std::fs::{self, Permissions};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Reads until nobody can write any more, which is when the test's process has ended or let go of the folder. Only then is
/// there something to do, so it does not matter that this process is always there.
const WATCH: &str = r#"
    read -r _
    for file in "$1"/*/postgres/cluster/data/postmaster.pid "$1"/*/*/postgres/cluster/data/postmaster.pid; do
        pid=$(head -n 1 "$file" 2>/dev/null) && grep -qx postgres "/proc/$pid/comm" || continue
        kill -QUIT "$pid"
        tries=0
        while kill -0 "$pid" && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
    done 2>/dev/null
    rm -rf "$1"
"#;

/// The folder, and the process that watches over it.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    watch: Child,
}

impl Scratch {
    /// Makes an empty folder that also the database's user can pass through.
    pub fn new() -> Self {
        let path = tempfile::Builder::new().prefix("alpukat-test-").tempdir().unwrap().keep();
        fs::set_permissions(&path, Permissions::from_mode(0o711)).unwrap();
        let mut watch = Command::new("/bin/sh");
        // A group of its own, so that Ctrl-C leaves it alive to clean up.
        watch.args(["-c", WATCH, "watch"]).arg(&path).process_group(0);
        let watch = watch.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        Self { path, watch }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        if let Some(mut output) = self.watch.stdout.take() {
            output.read_to_end(&mut Vec::new()).ok();
        }
        self.watch.wait().ok();
    }
}
