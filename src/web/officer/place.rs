//! At which counter somebody looks: their own, or one of those they watch, by `titik` in the address.

use super::desk::Desk;
use crate::{
    db::{Conn, schedule},
    domain::region::{Counter, RegionCode},
    web::{
        error::{WebError, WebResult},
        form::parameter,
    },
};

/// A counter, and those that could be chosen instead.
pub struct Place {
    /// The counter that is looked at.
    pub counter: Counter,
    /// All that whoever looks may see.
    pub counters: Vec<Counter>,
    /// Whether whoever looks serves people there.
    pub serves: bool,
}

impl Place {
    /// What the address asks for; without it the officer's own, or an administrator's first.
    pub async fn read(conn: &mut Conn, desk: &Desk, query: Option<&str>) -> WebResult<Self> {
        let scope = desk.officer().scope();
        let mut counters = schedule::counters(conn).await?;
        counters.retain(|counter| scope.covers(&counter.code));
        let wanted = parameter(query, "titik").and_then(|code| RegionCode::parse(&code));
        let own = desk.officer().counter.as_ref().map(|counter| counter.code.clone());
        let code = wanted.or(own);
        let place = code.map_or(Some(0), |code| counters.iter().position(|counter| counter.code == code));
        let counter = place.and_then(|place| counters.get(place)).cloned().ok_or(WebError::NotFound)?;
        Ok(Self { serves: desk.officer().works_at(&counter.code), counter, counters })
    }
}
