//! Programs that end with this process, however it ends.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Starts a program, and reads until nobody can write any more, which is when the test's process has ended. The browser's
/// driver leaves its browsers behind when it is stopped, so they are found by the locks in their profiles.
const WATCH: &str = r#"
    folder=$1
    shift
    "$@" </dev/null &
    child=$!
    read -r _
    exec 2>/dev/null
    kill "$child"
    wait "$child"
    for lock in "$folder"/*/SingletonLock; do
        pid=$(readlink "$lock") && pid=${pid##*-} && grep -q chrom "/proc/$pid/comm" || continue
        kill "$pid"
        tries=0
        while kill -0 "$pid" && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
        kill -KILL "$pid"
    done
    rm -rf "$folder"
"#;

/// A program, its watch, and a folder that is removed after it.
#[derive(Debug)]
pub struct Guard {
    folder: PathBuf,
    watch: Child,
}

impl Guard {
    /// Starts `command`; what lies in `folder` goes when it has ended.
    pub fn start(command: &Command, folder: PathBuf) -> Self {
        Self::start_logging(command, folder, Stdio::inherit())
    }

    /// The same, with what it logs in a file.
    pub fn start_with_log(command: &Command, folder: PathBuf, log: fs::File) -> Self {
        Self::start_logging(command, folder, Stdio::from(log))
    }

    fn start_logging(command: &Command, folder: PathBuf, log: Stdio) -> Self {
        fs::create_dir_all(&folder).unwrap();
        let mut watch = Command::new("/bin/sh");
        // A group of its own, so that Ctrl-C leaves it alive to clean up.
        watch.args(["-c", WATCH, "watch"]).arg(&folder).process_group(0);
        watch.arg(command.get_program()).args(command.get_args()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => watch.env(name, value),
                None => watch.env_remove(name),
            };
        }
        let watch = watch.spawn().unwrap();
        Self { folder, watch }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        self.watch.wait().ok();
    }
}
