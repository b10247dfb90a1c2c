//! A real Kannel with its fake network, on loopback: started by a test, stopped with it.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Kannel's three programs: the bearer, the box that takes messages over HTTP, and a network that takes all of them.
pub struct Kannel {
    folder: tempfile::TempDir,
    ports: [u16; 4],
    running: Vec<Child>,
}

impl Kannel {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listeners: Vec<TcpListener> = (0..4).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> = listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        drop(listeners);
        fs::create_dir(folder.path().join("store")).unwrap();
        let mut kannel = Self { ports: ports.try_into().unwrap(), folder, running: Vec::new() };
        fs::write(kannel.folder.path().join("conf"), kannel.settings()).unwrap();
        kannel.run().await;
        kannel
    }

    fn settings(&self) -> String {
        let [admin, boxes, network, http] = self.ports;
        let folder = self.folder.path().display();
        format!(
            r#"group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = A
smsbox-port = {boxes}
smsbox-interface = "127.0.0.1"
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "{folder}/bearerbox.log"
store-type = spool
store-location = "{folder}/store"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {network}
connect-allow-ip = 127.0.0.1

group = smsbox
smsbox-id = box1
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {http}
sendsms-interface = "127.0.0.1"
global-sender = "62811000"

group = sendsms-user
username = portal
password = rahasia
user-allow-ip = "127.0.0.1"
max-messages = 3
concatenation = true

group = sms-service
keyword = default
max-messages = 0
text = "unused"
"#
        )
    }

    /// Starts the three, each when the one before answers.
    pub async fn run(&mut self) {
        let [admin, boxes, network, http] = self.ports;
        let conf = self.folder.path().join("conf");
        self.spawn("/usr/sbin/bearerbox", &[conf.to_str().unwrap()], "bearerbox");
        for port in [admin, boxes, network] {
            answers(port).await;
        }
        self.spawn("/usr/sbin/smsbox", &[conf.to_str().unwrap()], "smsbox");
        answers(http).await;
        let port = network.to_string();
        self.spawn("/usr/lib/kannel/test/fakesmsc", &["-H", "127.0.0.1", "-r", &port, "-m", "0", "1 2 text x"], "network");
        let begun = Instant::now();
        while !self.log("network").contains("Connecting to") {
            assert!(begun.elapsed() < Duration::from_secs(20), "the fake network does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn spawn(&mut self, program: &str, arguments: &[&str], log: &str) {
        let file = fs::File::options().create(true).append(true).open(self.folder.path().join(log)).unwrap();
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        let child = command.spawn().unwrap_or_else(|_| panic!("{program} is missing; bin/test installs it"));
        self.running.push(child);
    }

    /// Takes the gateway away.
    pub fn stop(&mut self) {
        // The network first, then the boxes that stand on the bearer.
        while let Some(mut child) = self.running.pop() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Its `sendsms` address, as a setting.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/cgi-bin/sendsms?username=portal&password=rahasia", self.ports[3])
    }

    fn log(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// What arrived at the network: to whom, and the words, in the order in which it came.
    pub fn arrived(&self) -> Vec<(String, String)> {
        let log = self.log("network");
        let messages = log.lines().filter_map(|line| line.split_once("Got message ")?.1.split_once(": <"));
        let read = |(_, rest): (&str, &str)| {
            let mut parts = rest.trim_end_matches('>').splitn(4, ' ');
            let (_, to, _) = (parts.next()?, parts.next()?.to_owned(), parts.next()?);
            Some((to, parts.next()?.to_owned()))
        };
        messages.filter_map(read).collect()
    }

    /// Waits until so many have arrived.
    pub async fn until(&self, count: usize) {
        let begun = Instant::now();
        while self.arrived().len() < count {
            assert!(begun.elapsed() < Duration::from_secs(30), "{} of {count} arrived", self.arrived().len());
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
}

impl Drop for Kannel {
    fn drop(&mut self) {
        for child in self.running.iter_mut().rev() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

async fn answers(port: u16) {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody answers at port {port}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}
