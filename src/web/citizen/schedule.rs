//! `/pencetakan-ktp-el/{id}/jadwal`: where and when the card is fetched; for a sent application, moving it.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use time::{
    Date, OffsetDateTime,
    format_description::well_known::{Iso8601, Rfc3339},
};

use super::{Address, at_page, load_own};
use crate::{
    actions::appointment::{self, SlotError},
    db::{Conn, Db, places::HalfHour, schedule::Schedule},
    domain::{
        application::Application,
        calendar::{CounterCalendar, Slot, day_of},
        ids::ApplicationId,
        region::{Counter, RegionCode},
        status::Status,
        wizard::WizardPage,
    },
    render::{dates, words},
    web::{
        error::{WebError, WebResult},
        form::{Form, parameter},
        paths,
        shell::{Shell, Visit},
        told,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/schedule.html")]
struct SchedulePage {
    shell: Shell,
    /// Whether a sent application is moved, rather than a draft filled in.
    moving: bool,
    /// The status that this page shows, which its form carries: one that was shown for a draft moves nothing.
    status: Status,
    address: String,
    back: String,
    counters: Vec<Counter>,
    counter: RegionCode,
    days: Vec<Day>,
    day: Option<Date>,
    slots: Vec<Choice>,
    /// Why there is nothing to choose here, where that is so.
    closed: Option<String>,
    problem: Option<String>,
}

impl SchedulePage {
    /// What the summary is about.
    fn heading(&self) -> &'static str {
        match self.problem.as_deref() {
            Some(sentence) if sentence.starts_with("Jam ") => "Jam baru saja penuh",
            Some(words::SLOT_OF_ANOTHER_DAY) => "Jam belum sesuai tanggal",
            Some(words::SCHEDULE_SENT_MEANWHILE | words::SLOT_TOO_OFTEN) => "Jadwal belum diubah",
            _ => "Jam belum dipilih",
        }
    }

    /// The id of the first radio that can be chosen, or of the list of days.
    fn first_free(&self) -> String {
        let first = self.slots.iter().position(|choice| choice.slot.free > 0);
        first.map_or_else(|| "tanggal".to_owned(), |place| format!("jam-{}", place + 1))
    }
}

struct Day {
    date: Date,
    free: u32,
    shown: bool,
}

struct Choice {
    slot: Slot,
    /// Counter and moment: a radio says all of what it stands for, whatever the lists above it show meanwhile.
    value: String,
    chosen: bool,
}

impl Choice {
    fn of(counter: &RegionCode, slot: Slot, chosen: Option<OffsetDateTime>) -> Self {
        Self {
            value: format!("{counter} {}", dates::machine(slot.starts_at).replace("+07:00", ":00+07:00")),
            chosen: slot.free > 0 && chosen == Some(slot.starts_at),
            slot,
        }
    }
}

/// The counter and the moment that a radio stands for.
fn chosen(value: &str) -> Option<(RegionCode, OffsetDateTime)> {
    let (counter, moment) = value.split_once(' ')?;
    Some((RegionCode::parse(counter)?, OffsetDateTime::parse(moment, &Rfc3339).ok()?))
}

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address, RawQuery(query): RawQuery) -> WebResult {
    let query = query.as_deref();
    let typed = |name| visit.unsent.as_ref().map(|form| form.value(name).to_owned());
    let wish = (parameter(query, "titik").or(typed("titik")), parameter(query, "tanggal").or(typed("tanggal")));
    Ok(page(&db, visit, ids.application(), wish, None).await?.into_response())
}

pub async fn post(visit: Visit, State(db): State<Db>, Address(ids): Address, form: Form) -> WebResult {
    let id = ids.application();
    let shown = (Some(form.value("titik").to_owned()), Some(form.value("tanggal").to_owned()));
    let refuse =
        async |status, sentence| Ok((status, page(&db, visit.clone(), id, shown, Some(sentence)).await?).into_response());
    let status = open(&mut db.read().await?, &visit, id).await?.status;
    if ![status.code(), ""].contains(&form.value("dari")) {
        return refuse(StatusCode::CONFLICT, words::SCHEDULE_SENT_MEANWHILE.to_owned()).await;
    }
    let Some((counter, starts_at)) = chosen(form.value("jam")) else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, words::SLOT_EMPTY.to_owned()).await;
    };
    if form.value("titik") != counter.as_str() || form.value("tanggal") != day_of(starts_at).to_string() {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, words::SLOT_OF_ANOTHER_DAY.to_owned()).await;
    }
    let wish = HalfHour { counter: &counter, starts_at };
    match appointment::choose(&db, &visit.citizen, id, wish, visit.now).await {
        Ok(()) if status == Status::Draf => Ok(Redirect::to(&paths::wizard(WizardPage::Konfirmasi, id)).into_response()),
        Ok(()) => {
            Ok(told::lead_to(&paths::application(id), words::moved(&super::load(&mut db.read().await?, &visit, id).await?)))
        }
        Err(SlotError::NotFound) => Err(WebError::NotFound),
        Err(SlotError::NotOffered) => refuse(StatusCode::UNPROCESSABLE_ENTITY, words::SLOT_EMPTY.to_owned()).await,
        Err(SlotError::TooOften) => refuse(StatusCode::TOO_MANY_REQUESTS, words::SLOT_TOO_OFTEN.to_owned()).await,
        Err(SlotError::Full(nearest)) => refuse(StatusCode::CONFLICT, words::slot_full(starts_at, &nearest)).await,
        Err(SlotError::Db(error)) => Err(error.into()),
    }
}

/// A draft that has come this far, or a sent application of the citizen's own that may be moved.
async fn open(conn: &mut Conn, visit: &Visit, id: ApplicationId) -> WebResult<Application> {
    let application = load_own(conn, visit, id).await?;
    if application.status == Status::Draf {
        return at_page(application, WizardPage::Jadwal);
    }
    if application.status.may_move() { Ok(application) } else { Err(WebError::Elsewhere(paths::application(id))) }
}

async fn page(
    db: &Db,
    visit: Visit,
    id: ApplicationId,
    (counter, day): (Option<String>, Option<String>),
    problem: Option<String>,
) -> WebResult<SchedulePage> {
    let mut conn = db.read().await?;
    let application = open(&mut conn, &visit, id).await?;
    let schedule = appointment::schedule(&mut conn, &application, visit.now).await?;
    drop(conn);
    let days = appointment::days(&schedule, application.status, visit.now);
    let chosen = application.appointment.as_ref();
    let wanted = counter.or_else(|| chosen.map(|chosen| chosen.counter.code.to_string()));
    let (counter, calendar) = pick_counter(&schedule, wanted.as_deref()).ok_or(WebError::NotFound)?;
    let wanted =
        day.and_then(|day| Date::parse(&day, &Iso8601::DATE).ok()).or_else(|| chosen.map(|chosen| day_of(chosen.starts_at)));
    let first_free = days.iter().copied().find(|day| calendar.free(*day) > 0);
    let day = wanted.filter(|day| days.contains(day)).or(first_free).or_else(|| days.first().copied());
    let slots = day.map(|day| calendar.slots(day)).unwrap_or_default();
    // The hour that was sent in vain, or the one that is held.
    let typed = visit.unsent.as_ref().and_then(|form| self::chosen(form.value("jam")));
    let hour = typed.or_else(|| chosen.map(|chosen| (chosen.counter.code.clone(), chosen.starts_at)));
    let hour = hour.filter(|(code, _)| *code == counter.code).map(|(_, starts_at)| starts_at);
    let slots = slots.into_iter().map(|slot| Choice::of(&counter.code, slot, hour)).collect();
    let open_days = days.iter().filter(|day| !calendar.slots(**day).is_empty());
    let open_days = open_days.map(|date| Day { date: *date, free: calendar.free(*date), shown: Some(*date) == day }).collect();
    let closed = closed(&counter.name(), calendar, &days, day, wanted, first_free);
    let moving = application.status != Status::Draf;
    Ok(SchedulePage {
        shell: visit.shell,
        moving,
        status: application.status,
        address: paths::wizard(WizardPage::Jadwal, id),
        back: if moving { paths::application(id) } else { paths::wizard(WizardPage::Unggah, id) },
        counter: counter.code.clone(),
        days: open_days,
        day,
        slots,
        closed,
        problem,
        counters: schedule.counters.into_iter().map(|(counter, _)| counter).collect(),
    })
}

fn pick_counter<'a>(schedule: &'a Schedule, wanted: Option<&str>) -> Option<(&'a Counter, &'a CounterCalendar)> {
    let wanted = schedule.counters.iter().find(|(counter, _)| Some(counter.code.as_str()) == wanted);
    wanted.or(schedule.counters.first()).map(|(counter, calendar)| (counter, calendar))
}

/// What to say when the wished day cannot be had, or the counter has no place at all.
fn closed(
    counter: &str,
    calendar: &CounterCalendar,
    days: &[Date],
    day: Option<Date>,
    wanted: Option<Date>,
    first_free: Option<Date>,
) -> Option<String> {
    if let (None, Some(last)) = (first_free, days.last()) {
        return Some(words::counter_full(counter, *last));
    }
    if let Some(exception) = day.and_then(|day| calendar.exceptions.get(&day).filter(|exception| exception.hours.is_empty())) {
        return day.map(|day| words::slot_closed(day, &exception.reason));
    }
    wanted.filter(|wanted| !days.contains(wanted)).map(|_| words::slot_range(days))
}
