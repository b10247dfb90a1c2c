//! `/metrics`: how the outbox stands, for Prometheus, at an address of its own that the public does not reach.
//! The format: Prometheus's documentation, "Exposition formats", text-based format 0.0.4.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{FromRef, State},
    http::{HeaderValue, header::CONTENT_TYPE},
    middleware::from_fn,
    response::IntoResponse,
    routing::get,
};

use super::{error::WebResult, middleware, paths};
use crate::{
    adapters::clock::Clock,
    db::{
        Db,
        deliveries::{self, Outbox},
    },
    domain::{
        message::{Channel, WAITS_TOO_LONG},
        officer::Scope,
    },
};

/// What the page depends on.
#[derive(Clone, Debug, FromRef)]
pub struct Watched {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
}

#[derive(Template, WebTemplate)]
#[template(path = "metrics.txt")]
struct Metrics {
    channels: Vec<Line>,
}

/// How a channel stands.
struct Line {
    channel: Channel,
    outbox: Outbox,
    /// How long the oldest message waits, in seconds; 0 where none does.
    oldest: f64,
    is_late: bool,
}

/// That page and no other. Nothing is counted in the program: every figure is asked of the database when somebody looks, so
/// that it is the same from every process and after every start.
pub fn router(watched: Watched) -> Router {
    Router::new().route(paths::METRICS, get(metrics)).layer(from_fn(middleware::call_database)).with_state(watched)
}

async fn metrics(State(db): State<Db>, State(clock): State<Clock>) -> WebResult {
    let mut channels = Vec::new();
    for channel in Channel::ALL.iter().copied() {
        let outbox = deliveries::outbox(&mut db.read().await?, channel, &Scope::Everything).await?;
        let age = outbox.oldest.map(|oldest| clock.now() - oldest).unwrap_or_default();
        channels.push(Line { channel, oldest: age.as_seconds_f64().max(0.0), is_late: age > WAITS_TOO_LONG, outbox });
    }
    let mut answer = Metrics { channels }.into_response();
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
    Ok(answer)
}
