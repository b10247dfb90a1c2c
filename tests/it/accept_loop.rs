//! Sockets that send nothing or dribble are cut, hold up neither pages nor a stop, and nobody takes all connections.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use alpukat::web::server::{self, Limits, PeerAddr};
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::routing::{get, post};
use axum::{Extension, Router};
use hyper::body::Frame;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: alpukat\r\n\r\n";

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Running {
    async fn start(limits: Limits) -> Self {
        let app = Router::new()
            .route("/", get(|Extension(PeerAddr(peer)): Extension<PeerAddr>| async move { format!("<{}>", peer.ip()) }))
            .route("/big", get(|| async { vec![b'x'; 64 << 20] }))
            .route("/drip", get(|| async { Body::new(drip()) }))
            .route("/read", post(|body: Bytes| async move { format!("<{}>", body.len()) }));
        Self::serve(app, limits).await
    }

    async fn serve(app: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(server::run(listener, app, limits, async move {
            stopped.await.ok();
        }));
        Self { address, stop, ended }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn get(&self) -> io::Result<String> {
        let mut stream = self.connect().await;
        ask(&mut stream, GET).await
    }

    /// Stops it, and tells how long that took.
    async fn stop(self) -> Duration {
        let begun = Instant::now();
        self.stop.send(()).unwrap();
        self.ended.await.unwrap();
        begun.elapsed()
    }
}

/// An answer that takes three seconds to be written.
fn drip() -> impl HttpBody<Data = Bytes, Error = axum::Error> + Send {
    let (mut sender, receiver) = tokio::io::duplex(64);
    tokio::spawn(async move {
        for _ in 0..6 {
            sleep(Duration::from_millis(500)).await;
            sender.write_all(b"drop").await.unwrap();
        }
    });
    Drip(receiver)
}

struct Drip(DuplexStream);

impl HttpBody for Drip {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut space = [0; 64];
        let mut read = ReadBuf::new(&mut space);
        let polled = AsyncRead::poll_read(Pin::new(&mut self.0), cx, &mut read);
        polled.map(|result| {
            result.unwrap();
            let bytes = Bytes::copy_from_slice(read.filled());
            (!bytes.is_empty()).then(|| Ok(Frame::data(bytes)))
        })
    }
}

fn limits() -> Limits {
    Limits::with_proxies(&[])
}

/// Sends a request and reads up to the end of its answer `<…>`.
async fn ask(stream: &mut TcpStream, request: &[u8]) -> io::Result<String> {
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b">") {
        let read = stream.read_buf(&mut answer).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(String::from_utf8(answer).unwrap())
}

/// Waits until the other end has closed, sending a byte every now and then if there is one to send.
async fn dribble_until_cut(mut stream: TcpStream, byte: Option<u8>) {
    let mut space = [0; 512];
    loop {
        match (timeout(Duration::from_secs(1), stream.read(&mut space)).await, byte) {
            (Ok(Ok(0) | Err(_)), _) => return,
            (Err(_), Some(byte)) if stream.write_all(&[byte]).await.is_err() => return,
            _ => {}
        }
    }
}

/// Fifty sockets that send nothing, and fifty that send a byte a second of a head that never ends.
async fn slow_sockets(running: &Running) -> JoinSet<()> {
    let mut slow = JoinSet::new();
    for _ in 0..50 {
        slow.spawn(dribble_until_cut(running.connect().await, None));
        let mut stream = running.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
        slow.spawn(dribble_until_cut(stream, Some(b'x')));
    }
    slow
}

#[tokio::test]
async fn slow_sockets_are_cut_within_30_seconds_while_pages_answer() {
    let running = Running::start(limits()).await;
    let mut slow = slow_sockets(&running).await;
    let begun = Instant::now();
    let mut slowest = Duration::ZERO;
    while !slow.is_empty() {
        let asked = Instant::now();
        assert!(running.get().await.unwrap().ends_with("<127.0.0.1>"));
        slowest = slowest.max(asked.elapsed());
        while slow.try_join_next().is_some() {}
        assert!(begun.elapsed() < Duration::from_secs(30), "{} are still open", slow.len());
        sleep(Duration::from_millis(100)).await;
    }
    assert!(slowest < Duration::from_secs(1), "a page took {slowest:?}");
    running.stop().await;
}

#[tokio::test]
async fn slow_sockets_do_not_hold_up_a_stop() {
    let running = Running::start(limits()).await;
    let mut slow = slow_sockets(&running).await;
    // One that was answered once is no better when it dribbles the second time.
    let mut second = running.connect().await;
    ask(&mut second, GET).await.unwrap();
    second.write_all(b"GET / HT").await.unwrap();
    let mut idle = running.connect().await;
    ask(&mut idle, GET).await.unwrap();

    let took = running.stop().await;
    assert!(took < Duration::from_secs(3), "the stop took {took:?}");
    while slow.join_next().await.is_some() {}
    assert_eq!(idle.read(&mut [0; 16]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_stop_finishes_what_is_in_flight_and_no_more() {
    let running = Running::start(limits()).await;
    let mut dripping = running.connect().await;
    dripping.write_all(b"GET /drip HTTP/1.1\r\nhost: alpukat\r\n\r\n").await.unwrap();
    let mut uploading = running.connect().await;
    uploading.write_all(b"POST /read HTTP/1.1\r\nhost: alpukat\r\ncontent-length: 4\r\n\r\nab").await.unwrap();
    sleep(Duration::from_millis(700)).await;

    let address = running.address;
    let stopping = tokio::spawn(running.stop());
    sleep(Duration::from_millis(1500)).await;
    assert!(TcpStream::connect(address).await.is_err(), "it accepts no more");
    assert!(ask(&mut uploading, b"cd").await.unwrap().ends_with("<4>"));
    let mut answer = String::new();
    dripping.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer.matches("drop").count(), 6);
    assert!(stopping.await.unwrap() < Duration::from_secs(5));

    let running = Running::start(Limits { grace: Duration::from_secs(1), ..limits() }).await;
    let mut uploading = running.connect().await;
    uploading.write_all(b"POST /read HTTP/1.1\r\nhost: alpukat\r\ncontent-length: 4\r\n\r\nab").await.unwrap();
    sleep(Duration::from_millis(100)).await;
    let took = running.stop().await;
    assert!(took < Duration::from_secs(4), "an upload that never ends held it up for {took:?}");
}

#[tokio::test]
async fn connections_are_kept_and_requests_may_come_at_once() {
    let running = Running::start(Limits { head: Duration::from_secs(1), ..limits() }).await;
    let mut stream = running.connect().await;
    for _ in 0..3 {
        ask(&mut stream, GET).await.unwrap();
    }
    stream.write_all(&[GET, GET, GET].concat()).await.unwrap();
    let mut answers = String::new();
    // It is closed for being idle, which is how this ends.
    stream.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 3);
    running.stop().await;
}

#[tokio::test]
async fn nobody_takes_all_connections() {
    let running = Running::start(Limits { per_address: 3, exempt: Vec::new(), ..limits() }).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(running.connect().await);
    }
    assert!(running.get().await.is_err(), "a fourth one is closed");
    open.pop();
    sleep(Duration::from_millis(100)).await;
    running.get().await.unwrap();
    running.stop().await;

    let exempt = vec!["127.0.0.0/8".parse().unwrap()];
    let limits = Limits { per_address: 1, connections: 3, head: Duration::from_secs(1), exempt, ..limits() };
    let running = Running::start(limits).await;
    let _open = [running.connect().await, running.connect().await, running.connect().await];
    running.get().await.expect("it waits until one is free");
    running.stop().await;
}

#[tokio::test]
async fn who_asks_and_does_not_read_is_cut() {
    let running = Running::start(Limits { stalled: Duration::from_secs(2), ..limits() }).await;
    let mut stream = running.connect().await;
    stream.write_all(b"GET /big HTTP/1.1\r\nhost: alpukat\r\n\r\n").await.unwrap();
    sleep(Duration::from_secs(6)).await;
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.unwrap();
    assert!(read.is_err() || answer.len() < 64 << 20, "it was sent all of it");
    running.stop().await;
}

/// A service that takes half a second over a form, and tells how many it began and ended, and with how many bytes.
#[derive(Clone, Default)]
struct Work {
    begun: Arc<AtomicUsize>,
    ended: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
}

impl Work {
    fn router(&self) -> Router {
        let work = self.clone();
        let slowly = move |body: Body| {
            let work = work.clone();
            async move {
                work.begun.fetch_add(1, Ordering::SeqCst);
                let Ok(body) = to_bytes(body, 1 << 20).await else { return "<broken off>" };
                sleep(Duration::from_millis(500)).await;
                work.bytes.fetch_add(body.len(), Ordering::SeqCst);
                work.ended.fetch_add(1, Ordering::SeqCst);
                "<done>"
            }
        };
        Router::new().route("/slowly", post(slowly))
    }

    async fn until_begun(&self, count: usize) {
        while self.begun.load(Ordering::SeqCst) < count {
            sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn what_was_begun_is_finished_whoever_leaves_and_holds_its_place_until_then() {
    let work = Work::default();
    let limits = Limits { per_address: 2, exempt: Vec::new(), ..limits() };
    let running = Running::serve(work.router(), limits).await;
    for count in 1..=2 {
        let mut stream = running.connect().await;
        stream.write_all(b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ncontent-length: 4\r\n\r\nabcd").await.unwrap();
        work.until_begun(count).await;
        drop(stream);
    }
    sleep(Duration::from_millis(50)).await;
    let mut third = running.connect().await;
    third.write_all(b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ncontent-length: 0\r\n\r\n").await.ok();
    assert_eq!(third.read(&mut [0; 16]).await.unwrap_or(0), 0, "whoever posts and leaves still has its place");
    // A stop waits for them.
    let took = running.stop().await;
    assert_eq!((work.ended.load(Ordering::SeqCst), work.bytes.load(Ordering::SeqCst)), (2, 8), "stopped after {took:?}");
}

#[tokio::test]
async fn whoever_sends_no_more_after_a_form_is_answered() {
    let work = Work::default();
    let running = Running::serve(work.router(), limits()).await;
    for count in 1..=5 {
        let mut stream = running.connect().await;
        stream.write_all(b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ncontent-length: 4\r\n\r\nabcd").await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("<done>") && work.ended.load(Ordering::SeqCst) == count, "{answer}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_stop_waits_no_longer_than_its_grace_for_those_who_left() {
    let app = Router::new().route("/ever", post(|| async { sleep(Duration::from_mins(1)).await }));
    let running = Running::serve(app, Limits { grace: Duration::from_secs(1), ..limits() }).await;
    let mut stream = running.connect().await;
    stream.write_all(b"POST /ever HTTP/1.1\r\nhost: alpukat\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(100)).await;
    drop(stream);
    let took = running.stop().await;
    assert!((Duration::from_secs(1)..Duration::from_secs(4)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn half_a_body_is_never_acted_on() {
    let work = Work::default();
    let running = Running::serve(work.router(), limits()).await;
    let halves: [&[u8]; 4] = [
        b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ncontent-length: 8\r\n\r\nabcd",
        b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n",
        b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n",
        b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ntransfer-encoding: chunked\r\n\r\n8\r\nabcd",
    ];
    let mut begun = 0;
    for half in halves {
        // Closed in both directions, or for sending alone.
        for only_sending in [false, true] {
            let mut stream = running.connect().await;
            stream.write_all(half).await.unwrap();
            begun += 1;
            work.until_begun(begun).await;
            if only_sending {
                stream.shutdown().await.unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).await.ok();
                assert!(!answer.contains("<done>"), "{answer}");
            }
        }
    }
    running.stop().await;
    sleep(Duration::from_millis(700)).await;
    assert_eq!(work.ended.load(Ordering::SeqCst), 0, "half a form was acted on");

    let running = Running::serve(work.router(), limits()).await;
    for whole in [
        &b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ncontent-length: 4\r\n\r\nabcd"[..],
        b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
    ] {
        assert!(ask(&mut running.connect().await, whole).await.unwrap().ends_with("<done>"));
    }
    running.stop().await;
}

#[tokio::test]
async fn a_connection_given_up_at_the_end_of_the_grace_ends_no_body_well() {
    let work = Work::default();
    let running = Running::serve(work.router(), Limits { grace: Duration::from_secs(1), ..limits() }).await;
    let mut chunked = running.connect().await;
    chunked
        .write_all(b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n")
        .await
        .unwrap();
    let mut counted = running.connect().await;
    counted.write_all(b"POST /slowly HTTP/1.1\r\nhost: alpukat\r\ncontent-length: 8\r\n\r\nabcd").await.unwrap();
    work.until_begun(2).await;
    running.stop().await;
    sleep(Duration::from_millis(700)).await;
    assert_eq!(work.ended.load(Ordering::SeqCst), 0, "half a form was acted on");
}
