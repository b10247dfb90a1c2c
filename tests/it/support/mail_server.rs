//! A real mail server on loopback, started by a test and ended with it: see `mail_server.py`.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub struct MailServer {
    folder: tempfile::TempDir,
    port: u16,
    manner: &'static str,
    running: Option<Child>,
}

/// An e-mail that arrived: its head, unfolded, and its decoded text.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub head: String,
    pub text: String,
}

impl Arrived {
    /// A field of the head.
    pub fn field(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let value = found.next().unwrap_or_default();
        assert!(found.next().is_none(), "{name} stands twice in {}", self.head);
        value
    }
}

impl MailServer {
    pub async fn start() -> Self {
        Self::start_with("plain").await
    }

    /// One that is spoken to by `starttls` or `tls`, with a certificate of its own.
    pub async fn start_with(manner: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self { folder, port, manner, running: None };
        server.certify();
        server.run().await;
        server
    }

    /// Makes an authority of the house, and a certificate that it signs.
    fn certify(&self) {
        let make = |name: &str, more: &[&str]| {
            let mut openssl = Command::new("openssl");
            openssl.args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "3650",
            ]);
            openssl.args(["-keyout", &format!("{name}-key.pem"), "-out", &format!("{name}.pem")]).args(more);
            openssl.current_dir(self.folder.path()).stderr(Stdio::null());
            assert!(openssl.status().expect("openssl is missing; bin/test installs it").success());
        };
        make("authority", &["-subj", "/CN=Authority"]);
        let signed = ["-CA", "authority.pem", "-CAkey", "authority-key.pem", "-addext", "basicConstraints=critical,CA:FALSE"];
        make("server", &[&signed[..], &["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]].concat());
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The certificate of the authority that signed the server's.
    pub fn authority(&self) -> PathBuf {
        self.file("authority.pem")
    }

    pub async fn run(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/mail_server.py");
        // Debian's own Python, for which bin/test installs aiosmtpd.
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).arg(self.port.to_string()).arg(self.folder.path()).arg(self.manner);
        command.args([self.file("server.pem"), self.file("server-key.pem")]).stdin(Stdio::piped()).stdout(Stdio::null());
        let log = fs::File::options().create(true).append(true).open(self.file("log")).unwrap();
        self.running = Some(command.stderr(log).spawn().expect("python3-aiosmtpd is missing; bin/test installs it"));
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = fs::read_to_string(self.file("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(20), "the mail server does not start: {log}");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Takes it away.
    pub fn stop(&mut self) {
        let Some(mut child) = self.running.take() else { return };
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// How it answers from now on: lines as `mail_server.py` explains them.
    pub fn reply(&self, lines: &str) {
        fs::write(self.file("replies.new"), lines).unwrap();
        fs::rename(self.file("replies.new"), self.file("replies")).unwrap();
    }

    /// Its address, as a setting.
    pub fn url(&self) -> String {
        let (scheme, more) = match self.manner {
            "tls" => ("smtps", ""),
            "starttls" => ("smtp", "&tls=required"),
            _ => ("smtp", ""),
        };
        format!("{scheme}://portal:rahasia@localhost:{}?from=kabar@alpukat.example{more}", self.port)
    }

    /// What arrived, in the order in which it came.
    pub fn arrived(&self) -> Vec<Arrived> {
        let names = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut names: Vec<PathBuf> = names.filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
        names.sort();
        names.iter().map(|path| read(&fs::read_to_string(path).unwrap())).collect()
    }

    /// How often each recipient was named to it, whatever it answered.
    pub fn named(&self) -> Vec<String> {
        fs::read_to_string(self.file("named")).unwrap_or_default().lines().map(ToOwned::to_owned).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn read(letter: &str) -> Arrived {
    let (head, text) = letter.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ").replace("\r\n", "\n");
    let quoted = head.to_lowercase().contains("content-transfer-encoding: quoted-printable");
    let text = if quoted { unquoted(text) } else { text.to_owned() };
    Arrived { head, text: text.replace("\r\n", "\n") }
}

/// Quoted-printable (RFC 2045, 6.7) read back.
fn unquoted(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}
