//! `/petugas/loket/ditarik`: the old cards that were taken back and the spoilt ones, month by month, to be destroyed.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    response::IntoResponse,
};
use time::{Date, Month, Time};

use super::{
    desk::{Desk, DeskShell},
    place::Place,
};
use crate::{
    db::{
        Db,
        days::{self, Stretch, Withdrawn},
        officers,
    },
    domain::{
        calendar::{day_of, moment},
        ids::OfficerId,
        person::FullName,
        region::Counter,
    },
    render::{Given, dates, desk},
    web::{
        error::{WebError, WebResult},
        form::parameter,
        paths,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "officer/withdrawn.html")]
struct WithdrawnPage {
    shell: DeskShell,
    counter: Counter,
    month: Date,
    before: Option<Date>,
    after: Option<Date>,
    cards: Vec<Withdrawn>,
    names: HashMap<OfficerId, FullName>,
}

pub async fn get(desk: Desk, State(db): State<Db>, RawQuery(query): RawQuery) -> WebResult {
    let asked = parameter(query.as_deref(), "bulan").map(|text| month(&text).ok_or(WebError::NotFound)).transpose()?;
    let month = asked.or_else(|| day_of(desk.now).replace_day(1).ok()).ok_or(WebError::NotFound)?;
    let after = following(month).ok_or(WebError::NotFound)?;
    let mut conn = db.read().await?;
    let place = Place::read(&mut conn, &desk, query.as_deref()).await?;
    let (from, to) = (moment(month, Time::MIDNIGHT), moment(after, Time::MIDNIGHT));
    let cards = days::withdrawn(&mut conn, Stretch { counter: &place.counter.code, from, to }).await?;
    let who: Vec<OfficerId> = cards.iter().map(|card| card.officer).collect();
    Ok(WithdrawnPage {
        names: officers::names(&mut conn, &who).await?.into_iter().collect(),
        cards,
        before: month.previous_day().and_then(|day| day.replace_day(1).ok()),
        after: Some(after).filter(|after| *after <= day_of(desk.now)),
        month,
        counter: place.counter,
        shell: desk.shell,
    }
    .into_response())
}

/// `2026-11`, as its first day.
fn month(text: &str) -> Option<Date> {
    let (year, month) = text.split_once('-')?;
    let year: i32 = year.parse().ok().filter(|year| (2000..=2200).contains(year))?;
    Date::from_calendar_date(year, Month::try_from(month.parse::<u8>().ok()?).ok()?, 1).ok()
}

/// The first day of the month after.
fn following(month: Date) -> Option<Date> {
    let next = month.month().next();
    let year = if next == Month::January { month.year() + 1 } else { month.year() };
    Date::from_calendar_date(year, next, 1).ok()
}

/// A month as it stands in an address.
fn code(month: impl Given<Date>) -> String {
    let month = month.given();
    format!("{}-{:02}", month.year(), u8::from(month.month()))
}
