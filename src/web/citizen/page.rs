//! A stored page as a picture, shown to who may see it only.

use axum::extract::State;

use super::Address;
use crate::{
    db::{Db, pages},
    web::{
        error::{WebError, WebResult},
        picture::inert,
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
