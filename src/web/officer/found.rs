//! What somebody at the desk searched for, under a random address of their session alone and for a while: no NIK and no name stands
//! in it, and the browser's way back leads to a page that can be asked for again.

use serde::{Serialize, de::DeserializeOwned};
use time::{Duration, OffsetDateTime};
use tower_sessions::Session;
use uuid::Uuid;

use crate::{
    db::{Db, sessions},
    web::{error::WebResult, form::parameter},
};

/// Under this key a session keeps its searches: the random part of each address, until when it is good, and what is wanted, sealed.
const SEARCHES: &str = "pencarian";
/// How long an address is good.
const GOOD_FOR: Duration = Duration::minutes(15);
/// So many searches are kept, each for a tab or the way back.
const KEPT: usize = 10;

type Search = (Uuid, i64, Vec<u8>);

/// The search that an address names.
#[must_use]
pub fn asked(query: Option<&str>) -> Option<Uuid> {
    parameter(query, "hasil").map(|text| text.parse().unwrap_or_default())
}

/// Keeps what is wanted. Gives the random part of the address that leads to what was found.
pub async fn keep<T: Serialize>(session: &Session, db: &Db, wanted: &T, now: OffsetDateTime) -> WebResult<Uuid> {
    let id = Uuid::new_v4();
    let sealed = sessions::seal(db, id, wanted)?;
    let mut searches: Vec<Search> = session.get(SEARCHES).await?.unwrap_or_default();
    searches.retain(|(_, until, _)| now.unix_timestamp() < *until);
    searches.push((id, (now + GOOD_FOR).unix_timestamp(), sealed));
    let too_many = searches.len().saturating_sub(KEPT);
    session.insert(SEARCHES, searches.split_off(too_many)).await?;
    Ok(id)
}

/// What is wanted, if this session asked for it a short while ago.
pub async fn open<T: DeserializeOwned>(session: &Session, db: &Db, id: Uuid, now: OffsetDateTime) -> WebResult<Option<T>> {
    let searches: Vec<Search> = session.get(SEARCHES).await?.unwrap_or_default();
    let search = searches.into_iter().find(|(known, until, _)| *known == id && now.unix_timestamp() < *until);
    let Some((_, _, sealed)) = search else { return Ok(None) };
    // What was asked for on another page is nothing here.
    Ok(sessions::open(db, id, &sealed).ok())
}
