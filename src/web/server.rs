//! The accept loop: HTTP/1 on sockets that cannot be held for ever. Axum's own loop waits without end for a request's
//! first bytes, counts no connections, lets a half-sent request hold up a stop, and drops a request whose client has left
//! wherever it happens to be. Here a request that was begun is finished in a task of its own, whoever listens.

mod body;

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::socket::{setsockopt, sockopt::TcpUserTimeout};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use self::body::{AtWorkBody, Promised};

/// How much of a request's head, or of an answer on its way out, is kept in memory for a connection.
const BUFFER: usize = 64 * 1024;
/// Files that a connection may have open: its socket, and an upload on its way to disk.
const FILES_EACH: u64 = 2;
/// Files that are open besides connections: the database, logs.
const OTHER_FILES: u64 = 256;
/// How often a stop looks whether a connection is still at work.
const STEP: Duration = Duration::from_secs(1);

/// Where a connection comes from: the other end of the socket, which may be a proxy. An extension of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddr(pub SocketAddr);

/// How much anybody may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections in all; further ones wait in the system's queue.
    pub connections: usize,
    /// Connections from one address (of IPv6, from one network of 64 bits); further ones are closed. Many phones share
    /// one address at their carrier, so this is no small number.
    pub per_address: usize,
    /// Networks whose addresses may have any number: the machine itself, and trusted proxies.
    pub exempt: Vec<IpNet>,
    /// From the moment when a connection could send a request, also a second one, to the end of that request's head.
    pub head: Duration,
    /// How long the other end may take nothing of what we send.
    pub stalled: Duration,
    /// How long a stop waits for requests in flight, also for those whose client has left.
    pub grace: Duration,
}

impl Limits {
    /// The usual limits, with these proxies exempt beside the machine itself.
    #[must_use]
    pub fn with_proxies(proxies: &[IpNet]) -> Self {
        let own = [Ipv4Net::new_assert(Ipv4Addr::LOCALHOST, 8).into(), Ipv6Net::from(Ipv6Addr::LOCALHOST).into()];
        Self {
            connections: 4096,
            per_address: 512,
            exempt: own.into_iter().chain(proxies.iter().copied()).collect(),
            head: Duration::from_secs(15),
            stalled: Duration::from_mins(1),
            grace: Duration::from_secs(20),
        }
    }
}

/// Serves until `shutdown` is ready. Then it accepts no more, closes connections that are idle or have sent half a head,
/// and returns when the requests in flight are answered, or `limits.grace` has passed.
pub async fn run(listener: TcpListener, app: Router, limits: Limits, shutdown: impl Future<Output = ()>) {
    let connections = affordable(limits.connections);
    // Each connection has one of these, so that to have all of them again is to have no connection left.
    let slots = Arc::new(Semaphore::new(connections));
    let addresses = Arc::new(Addresses { limits: limits.clone(), open: Mutex::default() });
    let (stop, stopping) = watch::channel(());
    let accepting = async {
        loop {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
            let (stream, peer) = accept(&listener).await;
            let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
            let Some(place) = Addresses::enter(&addresses, peer.ip()) else { continue };
            let held = Arc::new(Held { _slot: slot, _place: place });
            let connection = Connection { peer, app: app.clone(), stopping: stopping.clone(), held };
            tokio::spawn(connection.serve(stream, limits.clone()));
        }
    };
    tokio::select! {
        () = accepting => {}
        () = shutdown => {}
    }
    drop(listener);
    drop(stop);
    let all = slots.acquire_many(u32::try_from(connections).unwrap_or(u32::MAX));
    if timeout(limits.grace + STEP, all).await.is_err() {
        tracing::warn!("requests are still at work at the end of the stop's grace; they are broken off");
    }
}

/// The next connection, whatever happens: a client that has gone again is passed over, and when the system is out of files
/// or memory there is nothing to do but to wait until some come free.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(connection) => return connection,
            Err(error) if gone(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

fn gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused | ErrorKind::Interrupted
    )
}

/// As many connections as wanted, or as few as this process may have files for, once it has asked for more.
fn affordable(wanted: usize) -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return wanted };
    let needed = u64::try_from(wanted).unwrap_or(u64::MAX).saturating_mul(FILES_EACH).saturating_add(OTHER_FILES);
    let mut files = soft;
    if soft < needed && setrlimit(Resource::RLIMIT_NOFILE, needed.min(hard), hard).is_ok() {
        files = needed.min(hard);
    }
    usize::try_from(files.saturating_sub(OTHER_FILES) / FILES_EACH).map_or(wanted, |files| files.clamp(1, wanted))
}

/// What a connection holds, until it has ended and so has each request that it began: whoever posts and leaves keeps the
/// slot and the place as long as there is work for them.
struct Held {
    _slot: OwnedSemaphorePermit,
    _place: Place,
}

/// One connection.
struct Connection {
    peer: SocketAddr,
    app: Router,
    /// Its sender is dropped when the stop begins.
    stopping: watch::Receiver<()>,
    held: Arc<Held>,
}

impl Connection {
    async fn serve(mut self, stream: TcpStream, limits: Limits) {
        stream.set_nodelay(true).ok();
        // Without it, whoever asks and then reads nothing keeps the answer, and the connection, for ever.
        setsockopt(&stream, TcpUserTimeout, &u32::try_from(limits.stalled.as_millis()).unwrap_or(u32::MAX)).ok();

        let busy = Arc::new(AtomicBool::new(false));
        let service = service_fn(|mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(PeerAddr(self.peer));
            let request = request.map(|body| Body::new(Promised::of(body)));
            answer(self.app.clone(), request, AtWork::begin(&busy, &self.held))
        });
        let mut http = http1::Builder::new();
        // Whoever says that they will send no more still wants an answer; and as a request is finished in any case, there is
        // nothing to be gained from noticing earlier that somebody has left.
        http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(BUFFER).half_close(true);
        let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));

        // How a connection ends is the client's affair: most errors are phones that went away.
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = self.stopping.changed() => {}
        }
        connection.as_mut().graceful_shutdown();
        let mut grace = limits.grace;
        while timeout(STEP, connection.as_mut()).await.is_err() {
            grace = grace.saturating_sub(STEP);
            if grace.is_zero() || !busy.load(Ordering::Relaxed) {
                return;
            }
        }
    }
}

/// Answers in a task of its own, so that a client that leaves cuts nothing off half-way: hyper drops this future then, and
/// the task goes on.
async fn answer(app: Router, request: Request, at_work: AtWork) -> Result<Response<AtWorkBody>, Infallible> {
    let answered = tokio::spawn(async move { (app.oneshot(request).await, at_work) });
    match answered.await {
        Ok((Ok(response), at_work)) => Ok(response.map(|body| AtWorkBody::of(body, Some(at_work)))),
        Ok((Err(never), _)) => match never {},
        // It panicked outside of all layers, or the program is ending.
        Err(_) => Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response().map(|body| AtWorkBody::of(body, None))),
    }
}

/// Marks a connection as having a request in flight: from the end of its head to the end of the answer's body, or of the work
/// when nobody takes the answer. There is at most one at a time, also when requests are pipelined.
struct AtWork {
    busy: Arc<AtomicBool>,
    _held: Arc<Held>,
}

impl AtWork {
    fn begin(busy: &Arc<AtomicBool>, held: &Arc<Held>) -> Self {
        busy.store(true, Ordering::Relaxed);
        Self { busy: Arc::clone(busy), _held: Arc::clone(held) }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.busy.store(false, Ordering::Relaxed);
    }
}

/// How many connections each address has.
struct Addresses {
    limits: Limits,
    open: Mutex<HashMap<IpAddr, usize>>,
}

impl Addresses {
    /// Counts one more, unless that is too many.
    fn enter(addresses: &Arc<Self>, address: IpAddr) -> Option<Place> {
        if addresses.limits.exempt.iter().any(|network| network.contains(&address)) {
            return Some(Place(None));
        }
        let counted = counted_as(address);
        let mut open = addresses.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(counted).or_default();
        if *count >= addresses.limits.per_address {
            return None;
        }
        *count += 1;
        Some(Place(Some((Arc::clone(addresses), counted))))
    }

    fn leave(&self, counted: IpAddr) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&counted) {
            *count -= 1;
            if *count == 0 {
                open.remove(&counted);
            }
        }
    }
}

/// A household has one address of IPv4, and a whole network of IPv6.
fn counted_as(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => Ipv6Net::new(six, 64).map_or(address, |network| network.network().into()),
    }
}

/// A connection's place among those of its address; none if that address is exempt.
struct Place(Option<(Arc<Addresses>, IpAddr)>);

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((addresses, counted)) = self.0.take() {
            addresses.leave(counted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let counted = |address: &str| counted_as(address.parse().unwrap()).to_string();
        assert_eq!(counted("203.0.113.7"), "203.0.113.7");
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[test]
    fn proxies_and_the_machine_itself_are_exempt() {
        let limits = Limits::with_proxies(&["10.1.0.0/16".parse().unwrap()]);
        let addresses = Arc::new(Addresses { limits: Limits { per_address: 1, ..limits }, open: Mutex::default() });
        for (address, exempt) in [("127.0.0.1", true), ("::1", true), ("10.1.2.3", true), ("10.2.2.3", false)] {
            let address = address.parse().unwrap();
            let first = Addresses::enter(&addresses, address);
            assert!(first.is_some());
            assert_eq!(Addresses::enter(&addresses, address).is_some(), exempt);
            drop(first);
            assert!(Addresses::enter(&addresses, address).is_some());
        }
        assert!(addresses.open.lock().unwrap().is_empty());
    }
}
