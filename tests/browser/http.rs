//! Plain requests, without a browser: for what the driver offers beyond the standard, and for files.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

async fn send(request: Request<Full<Bytes>>) -> Option<(StatusCode, Bytes)> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let response = client.request(request).await.ok()?;
    let status = response.status();
    Some((status, response.into_body().collect().await.ok()?.to_bytes()))
}

/// What stands at an address, or nothing as long as nobody answers there.
pub async fn get(address: &str, cookie: &str) -> Option<(StatusCode, Bytes)> {
    send(Request::get(address).header("cookie", cookie).body(Full::default()).unwrap()).await
}

/// Asks the driver for something; its answer.
pub async fn ask(address: &str, question: &Value) -> Value {
    let request = Request::post(address).header("content-type", "application/json");
    let (status, body) = send(request.body(Full::from(question.to_string())).unwrap()).await.expect("the driver is gone");
    let answer: Value = serde_json::from_slice(&body).unwrap();
    assert!(status.is_success(), "{answer}");
    answer["value"].clone()
}
