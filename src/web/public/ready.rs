//! `/siap`: whether the database answers and has every migration. For machines.

use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{
    db::{Db, DbResult, migrate},
    web::error::ForMachines,
};

pub async fn get(State(db): State<Db>) -> Response {
    let (status, text) = match is_current(&db).await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the database lacks migrations\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    };
    (status, Extension(ForMachines), text).into_response()
}

async fn is_current(db: &Db) -> DbResult<bool> {
    migrate::is_current(&mut db.read().await?).await
}
