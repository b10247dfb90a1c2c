//! A real PgBouncer between the program and a test's database.

use std::{
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::unistd::Uid;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::net::TcpStream;

use super::database::TestDatabase;

/// It runs until it is dropped.
pub struct PgBouncer {
    folder: tempfile::TempDir,
    child: Child,
    /// How to connect through it.
    pub program: PgConnectOptions,
}

impl PgBouncer {
    /// Starts one that pools by `mode` and treats the settings of a connection so: `ignore_startup_parameters`.
    pub async fn start(database: &TestDatabase, mode: &str, ignores: &str) -> Self {
        let options = &database.program;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
        let (name, role) = (&database.name, options.get_username());
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let settings = format!(
            "[databases]\n{name} = host={host} port={} user={role} password={role}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\nignore_startup_parameters = {ignores}\n",
            options.get_port()
        );
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, settings).unwrap();
        let mut command = Command::new("/usr/sbin/pgbouncer");
        if Uid::effective().is_root() {
            // It refuses to run as root, and the socket of a private server is open to the database's user alone.
            command.args(["-u", "postgres"]);
        }
        let child = command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.expect("pgbouncer is missing; bin/test installs it");
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "PgBouncer does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let program = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(port).username(role).database(name);
        Self { folder, child, program: program.ssl_mode(PgSslMode::Disable) }
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(self.folder.path()).ok();
    }
}
