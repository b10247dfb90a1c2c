//! A stored page as a picture: shown to who may see it only, and inert whatever it might be.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::Address;
use crate::{
    db::{Db, pages},
    web::{
        error::{WebError, WebResult},
        shell::Visit,
    },
};

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let picture = pages::picture(&mut db.read().await?, visit.citizen.reader(), ids.application(), ids.page()?).await?;
    picture.map(inert).ok_or(WebError::NotFound)
}

pub async fn preview(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let picture = pages::preview(&mut db.read().await?, visit.citizen.reader(), ids.application(), ids.page()?).await?;
    picture.map(inert).ok_or(WebError::NotFound)
}

fn inert(jpeg: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"halaman.jpg\""),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, jpeg).into_response()
}
