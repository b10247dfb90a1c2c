//! Where the SMS gateway reports how a message went on. For machines: it answers no page.

use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use crate::{
    actions::delivery,
    adapters::clock::Clock,
    db::Db,
    domain::{ids::MessageId, message::Report},
    web::{
        error::{ForMachines, WebResult},
        form::parameter,
    },
};

pub async fn get(
    State(db): State<Db>,
    State(clock): State<Clock>,
    Path((id, guard)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> WebResult {
    let report = parameter(query.as_deref(), "status").and_then(|kind| Report::parse(&kind));
    let known = match id.parse::<Uuid>() {
        Ok(id) => delivery::report(&db, MessageId::from(id), &guard, report, clock.now()).await?,
        Err(_) => false,
    };
    Ok(answer(if known { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }))
}

fn answer(status: StatusCode) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(ForMachines);
    response
}
