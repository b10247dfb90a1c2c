//! Counters, holidays and the bookings from which free places are computed.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::types::Json;
use time::{Date, OffsetDateTime, Time};

use super::{Conn, DbError, DbResult};
use crate::domain::{
    calendar::{CounterCalendar, Exception, Holidays},
    ids::ApplicationId,
    phone::Phone,
    region::{Counter, RegionCode},
};

/// Counters with their calendars, widest last, and the holidays.
#[derive(Debug)]
pub struct Schedule {
    /// In the order asked for: kelurahan, kecamatan, kota.
    pub counters: Vec<(Counter, CounterCalendar)>,
    /// National holidays.
    pub holidays: Holidays,
}

#[derive(Debug, Deserialize)]
struct ExceptionJson {
    on_date: String,
    opens_at: Option<String>,
    closes_at: Option<String>,
    reason: String,
}

#[derive(Debug, Deserialize)]
struct TakenJson {
    #[serde(with = "time::serde::rfc3339")]
    starts_at: OffsetDateTime,
    taken: u16,
}

/// What is needed to offer half hours after `now` at these counters, in one statement. The asking
/// application's own place counts as free: it may be kept.
///
/// # Errors
/// [`DbError`].
pub async fn of_counters(conn: &mut Conn, codes: &[RegionCode], own: ApplicationId, now: OffsetDateTime) -> DbResult<Schedule> {
    let asked: Vec<String> = codes.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!(
        r#"select c.code, g.name, c.address, c.whatsapp, c.places,
                  (select json_object_agg(h.on_date, h.name) from holidays h) as "holidays: Json<BTreeMap<String, String>>",
                  (select json_agg(e) from counter_exceptions e where e.counter_code = c.code) as "exceptions: Json<Vec<ExceptionJson>>",
                  (select json_agg(t) from (
                       select starts_at, count(*) as taken from places p
                       where p.counter_code = c.code and p.starts_at > $3 and p.application_id <> $2
                         and (p.held_until is null or p.held_until > $3)
                       group by starts_at) t) as "taken: Json<Vec<TakenJson>>"
           from counters c join regions g on g.code = c.code
           where c.code = any($1) order by length(c.code) desc"#,
        &asked,
        own.uuid(),
        now,
    );
    let mut schedule = Schedule { counters: Vec::new(), holidays: Holidays::default() };
    for row in rows.fetch_all(conn.pg()).await? {
        let code = RegionCode::parse(&row.code).ok_or(DbError::Impossible("a counter's code"))?;
        let places = u16::try_from(row.places).unwrap_or_default();
        let taken = row.taken.map(|rows| rows.0).unwrap_or_default();
        let calendar = CounterCalendar {
            places,
            exceptions: exceptions(row.exceptions.map(|rows| rows.0).unwrap_or_default())?,
            taken: taken.into_iter().map(|row| (row.starts_at, row.taken)).collect(),
        };
        schedule.holidays =
            row.holidays.map(|rows| rows.0).unwrap_or_default().into_iter().map(holiday).collect::<DbResult<_>>()?;
        schedule
            .counters
            .push((Counter { code, region: row.name, address: row.address, whatsapp: phone(row.whatsapp)?, places }, calendar));
    }
    Ok(schedule)
}

/// National holidays and cuti bersama.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn holidays(conn: &mut Conn) -> DbResult<Holidays> {
    let rows = sqlx::query!("select on_date, name from holidays").fetch_all(conn.pg()).await?;
    Ok(rows.into_iter().map(|row| (row.on_date, row.name)).collect())
}

/// Every counter, in the order of the codes.
///
/// # Errors
/// [`DbError`].
pub async fn counters(conn: &mut Conn) -> DbResult<Vec<Counter>> {
    let rows = sqlx::query!(
        "select c.code, g.name, c.address, c.whatsapp, c.places from counters c join regions g using (code) order by c.code"
    );
    let counter = |code: &str, region, address, whatsapp, places: i16| {
        let code = RegionCode::parse(code).ok_or(DbError::Impossible("a counter's code"))?;
        Ok(Counter { code, region, address, whatsapp: phone(whatsapp)?, places: u16::try_from(places).unwrap_or_default() })
    };
    rows.fetch_all(conn.pg())
        .await?
        .into_iter()
        .map(|row| counter(&row.code, row.name, row.address, row.whatsapp, row.places))
        .collect()
}

/// What `import-counters` brings of one counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterRecord {
    /// Which counter.
    pub code: RegionCode,
    /// Street address.
    pub address: Option<String>,
    /// Chat number.
    pub whatsapp: Option<Phone>,
    /// Places a half hour; nothing leaves them as they are.
    pub places: Option<u16>,
}

/// Stores what is known of a counter. Tells whether there is such a counter.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn store_counter(conn: &mut Conn, record: &CounterRecord) -> DbResult<bool> {
    let places = record.places.and_then(|places| i16::try_from(places).ok());
    let stored = sqlx::query!(
        "update counters set address = $2, whatsapp = $3, places = coalesce($4, places) where code = $1",
        record.code.as_str(),
        record.address,
        record.whatsapp.as_ref().map(Phone::as_str),
        places,
    );
    Ok(stored.execute(conn.pg()).await?.rows_affected() == 1)
}

/// A counter's number as it is stored, in E.164.
pub(super) fn phone(text: Option<String>) -> DbResult<Option<Phone>> {
    text.map(|text| Phone::parse(&text).map_err(|_| DbError::Impossible("a counter's number"))).transpose()
}

fn holiday((day, name): (String, String)) -> DbResult<(Date, String)> {
    Ok((date(&day)?, name))
}

fn exceptions(rows: Vec<ExceptionJson>) -> DbResult<BTreeMap<Date, Exception>> {
    let mut exceptions: BTreeMap<Date, Exception> = BTreeMap::new();
    for row in rows {
        let exception =
            exceptions.entry(date(&row.on_date)?).or_insert_with(|| Exception { hours: Vec::new(), reason: row.reason });
        if let Some((opens, closes)) = row.opens_at.zip(row.closes_at) {
            exception.hours.push((hour(&opens)?, hour(&closes)?));
            exception.hours.sort_unstable();
        }
    }
    Ok(exceptions)
}

fn date(text: &str) -> DbResult<Date> {
    Date::parse(text, &time::format_description::well_known::Iso8601::DATE).map_err(|_| DbError::Impossible("a date"))
}

fn hour(text: &str) -> DbResult<Time> {
    Time::parse(text, &time::format_description::well_known::Iso8601::TIME).map_err(|_| DbError::Impossible("an hour"))
}
