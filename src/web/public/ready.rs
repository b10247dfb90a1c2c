//! `/siap`: whether the database answers, takes writes, has every migration and is ours. For machines.

use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{
    db::{Db, DbError, DbResult, migrate},
    web::error::ForMachines,
};

pub async fn get(State(db): State<Db>) -> Response {
    let (status, text) = match readiness(&db).await {
        Ok(Ok(())) => (StatusCode::OK, "ready".to_owned()),
        Ok(Err(unready)) => (StatusCode::SERVICE_UNAVAILABLE, unready.to_string()),
        Err(DbError::OtherSecret) => (StatusCode::SERVICE_UNAVAILABLE, "the secret is not the database's".to_owned()),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer".to_owned()),
    };
    (status, Extension(ForMachines), format!("{text}\n")).into_response()
}

async fn readiness(db: &Db) -> DbResult<Result<(), migrate::Unready>> {
    migrate::readiness(&mut db.read().await?).await
}
