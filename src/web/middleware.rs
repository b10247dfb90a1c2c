//! What every request passes: its id and log line, where it comes from, and headers that keep
//! browsers careful.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use ipnet::{IpNet, Ipv6Net};
use tracing::Instrument;
use uuid::Uuid;

use super::{server::PeerAddr, state::Site};
use crate::{adapters::clock::Stopwatch, db::call::Call, render::whole_words};

/// How long a request may wait for the database, all its waiting together; what it waits for its own body, the decoder and
/// the hasher is apart.
const PATIENCE: Duration = Duration::from_secs(10);

/// Names one request in the log and on an error page.
#[derive(Clone, Debug, Default)]
pub struct RequestId(Arc<str>);

impl fmt::Display for RequestId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Gives a request its id, and logs route, status and time: never the address itself, whose parts
/// open pages.
pub async fn trace(mut request: Request, next: Next) -> Response {
    let id: String = Uuid::new_v4().simple().to_string().chars().take(12).collect();
    request.extensions_mut().insert(RequestId(id.as_str().into()));
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", id, method = known(request.method()), route);
    let watch = Stopwatch::start();
    async move {
        let mut response = next.run(request).await;
        tracing::info!(status = response.status().as_u16(), milliseconds = watch.milliseconds(), "answered");
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", value);
        }
        response
    }
    .instrument(span)
    .await
}

/// A method that may stand in the log; others are of any length.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        _ => "OTHER",
    }
}

/// Gives a request its patience with the database, which also notes what may have been stored.
pub async fn call_database(mut request: Request, next: Next) -> Response {
    let watch = Stopwatch::start();
    let call = Call::new(PATIENCE, move || watch.elapsed());
    request.extensions_mut().insert(Arc::clone(&call));
    call.run(next.run(request)).await
}

/// Refuses what would change something and does not say which page sent it: every browser of today says so, by `Origin` or
/// `Sec-Fetch-Site`. The layer behind this one holds what is said against our own address. Gateways take these headers away, or
/// make `Origin` null; then a `Referer` of ours counts, which no page of others can make a browser send.
pub async fn says_where_from(mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let told = |name: HeaderName| headers.get(name).map(HeaderValue::as_bytes).filter(|value| !value.is_empty());
    let (origin, site) = (told(header::ORIGIN), told(HeaderName::from_static("sec-fetch-site")));
    if request.method().is_safe() || site.is_some() || origin.is_some_and(|origin| origin != b"null") {
        return next.run(request).await;
    }
    if comes_from_own_page(headers) {
        request.headers_mut().remove(header::ORIGIN);
        return next.run(request).await;
    }
    let cause = if origin.is_some() { "Origin is null" } else { "neither Origin nor Sec-Fetch-Site" };
    tracing::warn!(cause, "a form does not say which page sent it, nor does a Referer of ours");
    StatusCode::FORBIDDEN.into_response()
}

/// Whether the `Referer` names the host that was asked.
fn comes_from_own_page(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let referer = text(header::REFERER).and_then(|referer| referer.parse::<axum::http::Uri>().ok());
    let page = referer.as_ref().and_then(axum::http::Uri::authority);
    page.zip(text(header::HOST)).is_some_and(|(page, host)| page.as_str().eq_ignore_ascii_case(host))
}

/// Tells a script that sent a form where its answer leads: it could not see where a redirect goes, and would load the page twice.
pub async fn lead_scripts_on(request: Request, next: Next) -> Response {
    let is_script =
        !request.method().is_safe() && request.headers().get("x-requested-with").is_some_and(|value| value == "fetch");
    let mut response = next.run(request).await;
    if is_script && response.status() == StatusCode::SEE_OTHER {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}

/// Pages load nothing but our own stylesheet, pictures and script, and stand in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers for every answer. One that brings a policy or a cache rule of its own keeps it.
pub async fn careful(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(header::CONTENT_SECURITY_POLICY, POLICY);
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not no-referrer: with that, browsers send `Origin: null` and our own forms would look foreign.
    default(header::REFERRER_POLICY, "same-origin");
    default(header::CACHE_CONTROL, "no-store");
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if site.is_secure() {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// Keeps a page's words whole that a line must not break.
pub async fn keep_words_whole(request: Request, next: Next) -> Response {
    let (mut parts, body) = next.run(request).await.into_parts();
    let is_page = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return Response::from_parts(parts, body);
    }
    // Pages are made as a whole, so that their bytes are there and cannot fail.
    let Ok(page) = to_bytes(body, usize::MAX).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(whole_words::marked(&String::from_utf8_lossy(&page))))
}

/// The network address that a request comes from, as far as we can know.
#[derive(Clone, Debug)]
pub struct Origin(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Origin
where
    Site: axum::extract::FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let site = <Site as axum::extract::FromRef<S>>::from_ref(state);
        let peer = parts.extensions.get::<PeerAddr>().map(|peer| peer.0.ip().to_canonical());
        let origin = peer.map(|peer| origin(peer, &parts.headers, &site.trusted_proxies));
        Ok(Self(origin.map_or_else(|| "-".to_owned(), counted_as)))
    }
}

/// An IPv4 address by itself; of IPv6 the network of 64 bits, which one household has to itself.
fn counted_as(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Net::new_assert(address, 64).trunc().to_string(),
    }
}

/// The last address in `X-Forwarded-For` that is no proxy of ours; proxies append, so what stands
/// before it may be made up.
fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let mut nearest = peer;
    for text in lines.iter().flat_map(|line| line.split(',')).rev() {
        let Ok(address) = text.trim().parse::<IpAddr>() else { break };
        nearest = address.to_canonical();
        if !is_trusted(&nearest) {
            break;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let told = |peer: &str, line: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_static(line));
            origin(peer.parse().unwrap(), &headers, &trusted).to_string()
        };
        assert_eq!(told("203.0.113.5", "198.51.100.1"), "203.0.113.5");
        assert_eq!(told("10.0.0.2", "198.51.100.1"), "198.51.100.1");
        assert_eq!(told("10.0.0.2", "192.0.2.9, 198.51.100.1, 10.0.0.3"), "198.51.100.1");
        assert_eq!(told("10.0.0.2", "nonsense"), "10.0.0.2");
        assert_eq!(counted_as("2001:db8:1:2:3:4:5:6".parse().unwrap()), "2001:db8:1:2::/64");
        assert_eq!(counted_as("203.0.113.5".parse().unwrap()), "203.0.113.5");
    }
}
