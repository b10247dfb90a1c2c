//! `/petugas/jadwal/{date}`: who comes when, on the screen and on paper, and closing the day.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{FromRequestParts, Path, RawQuery, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect},
};
use time::{Date, OffsetDateTime, format_description::well_known::Iso8601};
use tower_sessions::Session;

use super::{
    desk::{Desk, DeskShell},
    found,
    place::Place,
};
use crate::{
    actions::day::{self, CloseError},
    db::{Db, appointments, schedule},
    domain::{
        calendar::day_of,
        ids::ApplicationId,
        region::Counter,
        sheet::{self, Fate, Line},
    },
    render::{card_words, dates, desk_words, sms},
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths, told,
    },
};

/// Longest reason for closing a day, in characters: citizens read it.
const REASON: usize = 80;

/// The day in the address, or 404.
pub struct Day(Date);

impl<S: Send + Sync> FromRequestParts<S> for Day {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> WebResult<Self> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| WebError::NotFound)?;
        let known = Date::parse(&text, &Iso8601::DATE).ok().filter(|day| (2000..=2200).contains(&day.year()));
        known.filter(|day| day.to_string() == text).map(Self).ok_or(WebError::NotFound)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "officer/day.html")]
struct DayPage {
    shell: DeskShell,
    form: Form,
    counter: Counter,
    counters: Vec<Counter>,
    day: Date,
    before: Option<Date>,
    after: Option<Date>,
    hours: Vec<Hour>,
    /// Why nobody is served, where that is so.
    closed: Option<String>,
    summary: String,
    /// Whether the day is over: then nothing on its sheet changes any more.
    is_over: bool,
    missed: Vec<Line>,
    /// Cards that were handed over that day, and whose half hour was of another one.
    others: Vec<Line>,
    /// Whether whoever looks may close the day.
    may_close: bool,
    /// Whether they may open it again.
    may_open: bool,
    /// What closing would do, once it was asked.
    preview: Option<Preview>,
    printed_at: OffsetDateTime,
}

struct Hour {
    starts_at: OffsetDateTime,
    lines: Vec<Line>,
}

/// What closing the day would do.
struct Preview {
    bookings: usize,
    sample: Option<String>,
}

/// Today, or the next working day.
pub async fn today(desk: Desk, State(db): State<Db>) -> WebResult {
    let holidays = schedule::holidays(&mut db.read().await?).await?;
    let today = day_of(desk.now);
    let day = if holidays.is_working_day(today) { Some(today) } else { holidays.working_days_after(today).next() };
    Ok(Redirect::to(&paths::day(day.unwrap_or(today))).into_response())
}

pub async fn get(desk: Desk, session: Session, State(db): State<Db>, Day(day): Day, RawQuery(query): RawQuery) -> WebResult {
    let reason = match found::asked(query.as_deref()) {
        Some(asked) => found::open::<String>(&session, &db, asked, desk.now).await?,
        None => None,
    };
    let bookings = match desk.officer().workplace().filter(|_| reason.is_some()) {
        Some(counter) => Some(day::booked(&mut db.read().await?, &counter.code, day).await?),
        None => None,
    };
    let form = reason.map_or_else(|| desk.form(), |reason| Form::with([("sebab", reason)]));
    Ok(page(desk, &db, day, query.as_deref(), form, bookings).await?.into_response())
}

/// "Tutup hari": leads to what it would do; pressed again there, it is done.
pub async fn close(desk: Desk, session: Session, State(db): State<Db>, Day(date): Day, mut form: Form) -> WebResult {
    desk.officer().workplace().ok_or(WebError::NotFound)?;
    let reason = form.value("sebab").trim().to_owned();
    if reason.is_empty() || reason.chars().count() > REASON {
        form.reject("sebab", desk_words::close_reason(REASON));
        let page = page(desk, &db, date, None, form, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let Ok(shown) = form.value("jumlah").parse::<usize>() else {
        let asked = found::keep(&session, &db, &reason, desk.now).await?;
        return Ok(Redirect::to(&paths::found(&paths::day(date), asked)).into_response());
    };
    match day::close(&db, &desk.on_duty, date, &reason, shown, desk.now).await {
        Ok(moved) => Ok(told::lead_to(&paths::day(date), desk_words::day_closed(moved))),
        Err(CloseError::NotFound) => Err(WebError::NotFound),
        Err(CloseError::Already(reason)) => Ok(told::lead_to(&paths::day(date), card_words::closed_already(&reason))),
        Err(CloseError::Changed(bookings)) => {
            form.reject("sebab", desk_words::CLOSE_CHANGED);
            Ok((StatusCode::CONFLICT, page(desk, &db, date, None, form, Some(bookings)).await?).into_response())
        }
        Err(CloseError::NoPlace) => {
            form.reject("sebab", desk_words::CLOSE_NO_PLACE);
            Ok((StatusCode::CONFLICT, page(desk, &db, date, None, form, None).await?).into_response())
        }
        Err(CloseError::Disturbed) => Err(WebError::Status(StatusCode::SERVICE_UNAVAILABLE)),
        Err(CloseError::Db(error)) => Err(error.into()),
    }
}

/// "Buka kembali".
pub async fn open(desk: Desk, State(db): State<Db>, Day(date): Day) -> WebResult {
    match day::open(&db, &desk.on_duty, date, desk.now).await {
        Ok(_) => Ok(told::lead_to(&paths::day(date), desk_words::DAY_OPENED)),
        Err(CloseError::Db(error)) => Err(error.into()),
        Err(_) => Err(WebError::NotFound),
    }
}

async fn page(desk: Desk, db: &Db, day: Date, query: Option<&str>, form: Form, bookings: Option<usize>) -> WebResult<DayPage> {
    let mut conn = db.read().await?;
    let Place { counter, counters, serves } = Place::read(&mut conn, &desk, query).await?;
    let sheet = appointments::sheet(&mut conn, day::whole(&counter.code, day), desk.now).await?;
    let is_over = sheet::is_over(day, desk.now);
    let schedule =
        schedule::of_counters(&mut conn, std::slice::from_ref(&counter.code), ApplicationId::random(), desk.now).await?;
    let holidays = &schedule.holidays;
    let exception = schedule.counters.first().and_then(|(_, calendar)| calendar.exceptions.get(&day));
    let exception = exception.filter(|exception| exception.hours.is_empty()).map(|exception| exception.reason.clone());
    let closed = exception.clone().or_else(|| holidays.name(day).map(ToOwned::to_owned));
    let sample = sheet.lines.iter().find_map(|line| match line.fate {
        Fate::Missed => Some(sms::moved_sample(line.number, &counter, Some(line.category))),
        Fate::Stands(status) if status.is_open() => {
            Some(sms::moved_sample(line.number, &counter, Some(line.category).filter(|_| status.is_printed())))
        }
        _ => None,
    });
    Ok(DayPage {
        summary: card_words::day_summary(&counter.name(), sheet.tally(), is_over),
        is_over,
        before: holidays.working_days_before(day).next(),
        after: holidays.working_days_after(day).next(),
        may_close: serves && closed.is_none() && day::may_be_closed(day, holidays, desk.now),
        may_open: serves && exception.is_some() && day >= day_of(desk.now),
        preview: bookings.map(|bookings| Preview { bookings, sample }),
        missed: sheet.lines.iter().filter(|line| line.fate == Fate::Missed).cloned().collect(),
        hours: hours(sheet.lines),
        others: sheet.others,
        closed,
        counter,
        counters,
        day,
        form,
        printed_at: desk.now,
        shell: desk.shell,
    })
}

fn hours(lines: Vec<Line>) -> Vec<Hour> {
    let mut hours: Vec<Hour> = Vec::new();
    for line in lines {
        match hours.last_mut().filter(|hour| hour.starts_at == line.starts_at) {
            Some(hour) => hour.lines.push(line),
            None => hours.push(Hour { starts_at: line.starts_at, lines: vec![line] }),
        }
    }
    hours
}
