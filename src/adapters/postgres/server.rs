//! Making the cluster, and starting and stopping its server.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::Pid;

use super::binaries::Binaries;
use super::home::{Home, make_folder};
use super::{OWNER, PORT, PostgresError, at};

/// How long a server may take to come up (it may have a crash to recover from) or to go down.
const PATIENCE: Duration = Duration::from_mins(2);
const STEP: Duration = Duration::from_millis(25);
/// What fits into the system's address of a Unix socket, less the end mark.
const LONGEST_SOCKET: usize = 107;
/// A log that is longer than this at a start is put aside.
const LONG_LOG: u64 = 1 << 20;

/// Who may connect: over the socket everybody who can open it, with any role. A password would protect nothing, as the
/// socket lies in a folder of the database's user alone, and whoever gets in there can read the data files as well. Over
/// TCP nobody, though nothing listens there anyhow.
const ACCESS: [&str; 2] = ["--auth-local=trust", "--auth-host=reject"];

/// Settings are given at each start rather than written into the cluster, so that they are these whoever made it.
const SETTINGS: [&str; 12] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "shared_buffers=128MB",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_checkpoints=off",
    // Nothing personal reaches the log: no parameters, no statements, no rows in the details of an error.
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
];

/// Finds the server of this cluster or starts it; returns the folder of its socket, and the server if it is our child.
pub(super) fn running_or_started(home: &Home) -> Result<(PathBuf, Option<Child>), PostgresError> {
    let (path, lock) = home.lock_file("server.lock")?;
    let begun = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => {
                let (socket, child) = start(home, &lock)?;
                return Ok((socket, Some(child)));
            }
            // A server runs, perhaps left behind by a crash of ours. Or one is about to end, as are the processes of a
            // server that was killed: then the lock will be ours.
            Err(TryLockError::WouldBlock) => {
                if let Some((socket, _)) = listening(home) {
                    return Ok((socket, None));
                }
            }
            Err(TryLockError::Error(error)) => return Err(at("lock", &path)(error)),
        }
        wait_a_little(home, begun, "starting or stopping")?;
    }
}

/// Stops the server: those connected are sent away, and it writes everything to disk.
pub(super) fn stop(home: &Home, child: Option<Child>) -> Result<(), PostgresError> {
    let (path, lock) = home.lock_file("server.lock")?;
    let begun = Instant::now();
    let mut told = None;
    loop {
        match lock.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if told.is_none() => {
                if let Some((socket, server)) = listening(home) {
                    // Gone already is as good as stopped.
                    kill(server, Signal::SIGINT).ok();
                    told = Some(socket);
                }
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(at("lock", &path)(error)),
        }
        wait_a_little(home, begun, "stopping")?;
    }
    if let Some(mut child) = child {
        child.wait().ok();
    }
    // A folder elsewhere was only for this run.
    if let Some(socket) = told.filter(|socket| !socket.starts_with(&home.cluster)) {
        fs::remove_dir(socket).ok();
    }
    tracing::debug!("PostgreSQL has stopped");
    Ok(())
}

/// Whether a server accepts connections here: the folder of its socket, and its process. The file tells where to look; that
/// somebody answers there, and who, is asked of the system, as the file may be older than the server's death.
fn listening(home: &Home) -> Option<(PathBuf, Pid)> {
    let text = fs::read_to_string(home.data().join("postmaster.pid")).ok()?;
    let mut lines = text.lines();
    let folder = PathBuf::from(lines.nth(4)?);
    if lines.nth(2)?.trim() != "ready" {
        return None;
    }
    let connection = UnixStream::connect(socket_in(&folder)).ok()?;
    let server = getsockopt(&connection, PeerCredentials).ok()?.pid();
    (server > 0).then(|| (folder, Pid::from_raw(server)))
}

/// Starts the server on the cluster, which is made first if it is not there. No other process is at it: we hold its lock.
fn start(home: &Home, lock: &File) -> Result<(PathBuf, Child), PostgresError> {
    let binaries = Binaries::find(home)?;
    if home.cluster_version().is_none() {
        make_cluster(home, &binaries, lock)?;
    }
    // Left by a server that was killed, as is a socket. PostgreSQL would refuse to start if the number in such a file is
    // some other process's by now.
    fs::remove_file(home.data().join("postmaster.pid")).ok();
    let socket = socket_folder(home)?;
    let mut child = spawn(home, &binaries, lock, &socket)?;
    let begun = Instant::now();
    while listening(home).is_none() {
        let ended = child.try_wait().map_err(at("wait for", &home.log()))?;
        if ended.is_some() {
            return Err(PostgresError::Failed { what: "starting PostgreSQL", output: end_of_log(home) });
        }
        wait_a_little(home, begun, "starting")?;
    }
    tracing::debug!(took = ?begun.elapsed(), "PostgreSQL has started");
    Ok((socket, child))
}

fn spawn(home: &Home, binaries: &Binaries, lock: &File, socket: &Path) -> Result<Child, PostgresError> {
    let path = home.log();
    if fs::metadata(&path).is_ok_and(|log| log.len() > LONG_LOG) {
        fs::rename(&path, path.with_extension("old")).map_err(at("put aside", &path))?;
    }
    let mut log = OpenOptions::new();
    let log = log.create(true).append(true).mode(0o600).open(&path).map_err(at("open", &path))?;
    // In a list of folders a comma would part this one, and a quotation mark is doubled.
    let mut listed = b"unix_socket_directories=\"".to_vec();
    for &byte in socket.as_os_str().as_bytes() {
        listed.extend(std::iter::repeat_n(byte, if byte == b'"' { 2 } else { 1 }));
    }
    listed.push(b'"');

    let mut command = binaries.command("postgres", &home.account);
    command.arg("-D").arg(home.data()).args(["-p", &PORT.to_string()]);
    command.arg("-c").arg(std::ffi::OsStr::from_bytes(&listed));
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    // The server and all its processes inherit the lock with standard input, which they do not read.
    command.stdin(lock.try_clone().map_err(at("share", &path))?);
    command.stdout(log.try_clone().map_err(at("share", &path))?).stderr(log);
    command.spawn().map_err(at("run PostgreSQL in", &home.cluster))
}

/// Makes the cluster under another name first: one that was not finished has not got the right name, and is thrown away.
fn make_cluster(home: &Home, binaries: &Binaries, lock: &File) -> Result<(), PostgresError> {
    tracing::info!(folder = %home.cluster.display(), "making a new database");
    let fresh = home.cluster.join("data.new");
    let initdb = |locale: &str| -> Result<Output, PostgresError> {
        if fresh.exists() {
            fs::remove_dir_all(&fresh).map_err(at("remove", &fresh))?;
        }
        let mut command = binaries.command("initdb", &home.account);
        command.arg("-D").arg(&fresh).args(["-U", OWNER, "-E", "UTF8", "--data-checksums", locale]).args(ACCESS);
        // It holds the lock as well, so that nobody begins again beside it should we be killed.
        command.stdin(lock.try_clone().map_err(at("share", &fresh))?);
        command.output().map_err(at("run initdb for", &fresh))
    };
    let mut made = initdb("--locale=C.UTF-8")?;
    if !made.status.success() {
        // Not every system has that locale.
        made = initdb("--locale=C")?;
    }
    succeeded("initdb", &made)?;

    let mut command = binaries.command("postgres", &home.account);
    command.args(["--single", "-j", "-c", "exit_on_error=on", "-D"]).arg(&fresh).arg("template1");
    let running = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut running = running.spawn().map_err(at("run PostgreSQL in", &fresh))?;
    if let Some(mut input) = running.stdin.take() {
        // If it has ended already, what it printed says why.
        input.write_all(include_bytes!("../../../migrations/cluster.sql")).ok();
    }
    succeeded("making the roles", &running.wait_with_output().map_err(at("run PostgreSQL in", &fresh))?)?;
    fs::rename(&fresh, home.data()).map_err(at("rename", &fresh))
}

fn succeeded(what: &'static str, output: &Output) -> Result<(), PostgresError> {
    if output.status.success() {
        return Ok(());
    }
    Err(PostgresError::Failed { what, output: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
}

/// The folder for the socket: in the cluster, or when its name would be too long, a fresh one with a short name. Others
/// find that one through the server's own `postmaster.pid`.
fn socket_folder(home: &Home) -> Result<PathBuf, PostgresError> {
    let folder = home.cluster.join("socket");
    let folder = if socket_in(&folder).as_os_str().len() <= LONGEST_SOCKET {
        fs::remove_dir_all(&folder).ok();
        make_folder(&folder, 0o700)?;
        folder
    } else {
        let above = Path::new("/tmp");
        let fresh = tempfile::Builder::new().prefix("alpukat-").tempdir_in(above);
        fresh.map_err(at("make a folder in", above))?.keep()
    };
    home.account.give(&folder)?;
    Ok(folder)
}

fn socket_in(folder: &Path) -> PathBuf {
    folder.join(format!(".s.PGSQL.{PORT}"))
}

fn end_of_log(home: &Home) -> String {
    let mut end = Vec::new();
    if let Ok(mut log) = File::open(home.log()) {
        let from = log.metadata().map_or(0, |found| found.len().saturating_sub(2000));
        if log.seek(SeekFrom::Start(from)).is_ok() {
            log.read_to_end(&mut end).ok();
        }
    }
    String::from_utf8_lossy(&end).trim().to_owned()
}

fn wait_a_little(home: &Home, begun: Instant, doing: &'static str) -> Result<(), PostgresError> {
    if begun.elapsed() > PATIENCE {
        return Err(PostgresError::Slow { doing, seconds: PATIENCE.as_secs(), log: home.log() });
    }
    thread::sleep(STEP);
    Ok(())
}
