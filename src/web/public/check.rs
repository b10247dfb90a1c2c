//! `/periksa/{code}`: whether a receipt is genuine. Nothing personal.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};

use crate::{
    adapters::clock::Clock,
    db::{Db, applications},
    domain::{receipt::CheckCode, status::Status},
    web::{error::WebResult, paths, shell::Shell},
};

#[derive(Template, WebTemplate)]
#[template(path = "public/check.html")]
struct CheckPage {
    shell: Shell,
    /// The number and status of a genuine receipt.
    genuine: Option<(String, Status)>,
}

pub async fn get(shell: Shell, State(db): State<Db>, State(clock): State<Clock>, Path(code): Path<String>) -> WebResult {
    let known = match CheckCode::parse(&code) {
        Some(code) => applications::by_check_code(&mut db.read().await?, code, clock.now()).await?,
        None => None,
    };
    let genuine = known.and_then(|application| Some((application.receipt_number?.to_string(), application.status)));
    let status = if genuine.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    Ok((status, CheckPage { shell, genuine }).into_response())
}
