//! A TCP connection between the program and its database, which can be cut and can swallow what passes.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};

use super::database::TestDatabase;

/// What becomes of what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// It passes.
    Passes,
    /// It vanishes, as long as this lasts; new connections are taken and hear nothing either.
    Silent,
    /// It passes, but for the answer to a COMMIT: the connection is cut in its place.
    LosesCommits,
    /// A COMMIT is cut off before the server hears of it.
    CutsBeforeCommits,
    /// New connections are taken and closed after their first word, as by a proxy without a server behind it.
    Closes,
}

/// The proxy, which lives as long as its test.
pub struct Proxy {
    address: SocketAddr,
    line: watch::Sender<Line>,
    /// Grows with every cut.
    cuts: watch::Sender<usize>,
    sent: Arc<AtomicUsize>,
}

#[derive(Clone, Debug)]
enum Server {
    Socket(PathBuf),
    Tcp(String, u16),
}

impl Proxy {
    /// Stands between a test's database and whoever connects as the program from now on.
    pub async fn before(database: &mut TestDatabase) -> Self {
        let options = &database.program;
        let server = match options.get_socket() {
            Some(folder) => Server::Socket(folder.join(format!(".s.PGSQL.{}", options.get_port()))),
            None => Server::Tcp(options.get_host().to_owned(), options.get_port()),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            line: watch::Sender::new(Line::Passes),
            cuts: watch::Sender::new(0),
            sent: Arc::default(),
        };
        let base = if options.get_socket().is_some() {
            PgConnectOptions::new_without_pgpass().username(options.get_username()).database(&database.name)
        } else {
            options.clone()
        };
        database.program = base.host("127.0.0.1").port(proxy.address.port()).ssl_mode(PgSslMode::Prefer);
        tokio::spawn(accept(listener, server, proxy.line.subscribe(), proxy.cuts.subscribe(), Arc::clone(&proxy.sent)));
        proxy
    }

    pub fn set(&self, line: Line) {
        self.line.send_replace(line);
    }

    /// Cuts every connection there is.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// How often the program has sent something so far: each time is a round trip.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }
}

async fn accept(
    listener: TcpListener,
    server: Server,
    line: watch::Receiver<Line>,
    cuts: watch::Receiver<usize>,
    sent: Arc<AtomicUsize>,
) {
    while let Ok((client, _)) = listener.accept().await {
        client.set_nodelay(true).unwrap();
        let (server, line, mut cuts, sent) = (server.clone(), line.clone(), cuts.clone(), Arc::clone(&sent));
        cuts.mark_unchanged();
        tokio::spawn(async move {
            if *line.borrow() == Line::Closes {
                let mut client = client;
                let _ = client.read(&mut [0; 8]).await;
                return;
            }
            let passing = async {
                match server {
                    Server::Socket(path) => pass(client, UnixStream::connect(path).await.unwrap(), line, sent).await,
                    Server::Tcp(host, port) => pass(client, TcpStream::connect((host, port)).await.unwrap(), line, sent).await,
                }
            };
            tokio::select! {
                () = passing => {}
                _ = cuts.changed() => {}
            }
        });
    }
}

/// One connection.
async fn pass(client: TcpStream, server: impl AsyncRead + AsyncWrite, mut line: watch::Receiver<Line>, sent: Arc<AtomicUsize>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let done = tokio::select! {
            length = from_client.read(&mut asked) => {
                let Ok(length @ 1..) = length else { return };
                let piece = &asked[..length];
                // What a silent line holds back arrives once it speaks again, as TCP would have it.
                let Ok(now) = line.wait_for(|line| *line != Line::Silent).await.map(|line| *line) else { return };
                let commits = piece.windows(6).any(|word| word.eq_ignore_ascii_case(b"commit"));
                if commits && now == Line::CutsBeforeCommits {
                    return;
                }
                sent.fetch_add(1, Ordering::Relaxed);
                let passed = to_server.write_all(piece).await.is_ok() && to_server.flush().await.is_ok();
                if commits && now == Line::LosesCommits {
                    // The server answers, and nobody hears of it.
                    let _ = from_server.read(&mut answered).await;
                    return;
                }
                passed
            }
            length = from_server.read(&mut answered) => {
                let Ok(length @ 1..) = length else { return };
                if line.wait_for(|line| *line != Line::Silent).await.is_err() {
                    return;
                }
                to_client.write_all(&answered[..length]).await.is_ok()
            }
        };
        if !done {
            return;
        }
    }
}
