//! `/petugas`: the cases of a counter, step by step; a search is posted to the same address and leads to one without NIK and name.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use tower_sessions::Session;
use uuid::Uuid;

use super::{
    desk::{Desk, DeskShell},
    filter::Filter,
    found,
    place::Place,
};
use crate::{
    actions::search,
    db::{
        Conn, Db,
        cases::{self, FreshDecision, Hints},
        leases,
        queue::{self, Cursor, Part, QueueItem, Wanted},
        schedule,
    },
    domain::{
        calendar::{self, Holidays},
        category::Category,
        ids::ApplicationId,
        limits,
        nik::Nik,
        receipt::ReceiptNumber,
        region::{Counter, RegionCode},
        status::Status,
    },
    render::{
        dates,
        desk::{self, Age},
        desk_words, words,
    },
    web::{
        error::WebResult,
        form::{Form, parameter},
        paths,
    },
};

/// The steps of the queue, in the order of the tabs.
const STEPS: [Status; 7] = [
    Status::Diajukan,
    Status::PerluPerbaikan,
    Status::Disetujui,
    Status::MenungguBlangko,
    Status::Dicetak,
    Status::SiapDiambil,
    Status::TidakDiambil,
];

/// Lines of a page.
const LINES: usize = 50;

#[derive(Template, WebTemplate)]
#[template(path = "officer/queue.html")]
struct QueuePage {
    shell: DeskShell,
    form: Form,
    counter: Counter,
    /// The counters to choose from, for whoever watches several.
    counters: Vec<Counter>,
    step: Status,
    category: Option<Category>,
    tabs: Vec<Tab>,
    late: i64,
    lines: Vec<Line>,
    /// Where the next page begins.
    next: Option<String>,
    /// Whether the lines are what a search found.
    found: bool,
    /// Whether that search is over.
    is_over: bool,
    /// The oldest case that waits for a decision and that nobody holds.
    first: Option<ApplicationId>,
    /// The oldest case that whoever looks holds.
    held: Option<ApplicationId>,
    /// What they decided a moment ago.
    fresh: Vec<FreshDecision>,
    /// This part of the queue, for the way back from a case.
    filter: Filter,
}

struct Tab {
    status: Status,
    label: &'static str,
    count: i64,
    address: String,
}

impl QueuePage {
    /// Whether somebody holds one of the cases.
    fn any_held(&self) -> bool {
        self.lines.iter().any(|line| line.item.held.is_some())
    }

    /// What the moment of each line is.
    fn moment(&self) -> &'static str {
        match self.step {
            Status::PerluPerbaikan if !self.found => "Diperbaiki sampai",
            Status::SiapDiambil if !self.found => "Pengambilan (WIB)",
            _ => "Diajukan (WIB)",
        }
    }
}

struct Line {
    item: QueueItem,
    age: Age,
    /// When it was sent, or what counts at its step: until when it can be mended, when it is fetched.
    moment: String,
    notes: Vec<String>,
}

/// What somebody searches for.
#[derive(Serialize, Deserialize)]
struct Search {
    typed: String,
    counter: RegionCode,
}

/// What the address asks for.
struct Asked {
    counter: Counter,
    counters: Vec<Counter>,
    filter: Filter,
    step: Status,
    category: Option<Category>,
    after: Option<Cursor>,
}

impl Asked {
    async fn read(conn: &mut Conn, desk: &Desk, query: Option<&str>) -> WebResult<Self> {
        let Place { counter, counters, .. } = Place::read(conn, desk, query).await?;
        let mut filter = Filter::read(query);
        let own = desk.officer().counter.as_ref().map(|counter| &counter.code);
        filter.counter = Some(counter.code.clone()).filter(|code| Some(code) != own);
        Ok(Self {
            counter,
            counters,
            step: filter.step.filter(|step| STEPS.contains(step)).unwrap_or(Status::Diajukan),
            category: filter.category,
            filter,
            after: parameter(query, "setelah").and_then(|text| cursor(&text)),
        })
    }

    /// The address of a step with the same counter and filter.
    fn address(&self, step: Status) -> String {
        let category = self.category.map(|category| format!("&ket={}", category.code())).unwrap_or_default();
        format!("{}?langkah={}&titik={}{category}", paths::QUEUE, step.code(), self.counter.code)
    }
}

pub async fn get(desk: Desk, session: Session, State(db): State<Db>, RawQuery(query): RawQuery) -> WebResult {
    if let Some(search) = found::asked(query.as_deref()) {
        let search = found::open(&session, &db, search, desk.now).await?;
        return results(desk, &db, search).await;
    }
    let mut conn = db.read().await?;
    let asked = Asked::read(&mut conn, &desk, query.as_deref()).await?;
    let holidays = schedule::holidays(&mut conn).await?;
    let late_before = late_before(asked.step, desk.now, &holidays);
    let part = Part { counter: &asked.counter.code, status: asked.step, category: asked.category, late_before };
    let wanted = i64::try_from(LINES + 1).unwrap_or(i64::MAX);
    let mut items = queue::page(&mut conn, part, asked.after, wanted, desk.now).await?;
    let has_more = items.len() > LINES;
    items.truncate(LINES);
    let last = items.last().filter(|_| has_more);
    let next = last.map(|item| format!("{}&setelah={}", asked.address(asked.step), mark(item, late_before)));
    let waits = asked.step == Status::Diajukan && asked.after.is_none();
    let first = items.iter().find(|item| waits && item.held.is_none()).map(|item| item.id);
    let lines = lines(&mut conn, items, false, desk.now, &holidays).await?;
    let page = page(&mut conn, desk, asked, &holidays, lines).await?;
    Ok(QueuePage { next, first, ..page }.into_response())
}

/// "Cari": what was searched for is written down, sealed.
pub async fn post(desk: Desk, session: Session, State(db): State<Db>, RawQuery(query): RawQuery, mut form: Form) -> WebResult {
    let mut conn = db.read().await?;
    let asked = Asked::read(&mut conn, &desk, query.as_deref()).await?;
    let typed: String = form.value("cari").trim().chars().take(search::LONGEST).collect();
    if let Err(sentence) = wanted(&typed, &asked.counter.code) {
        form.reject("cari", sentence);
        let holidays = schedule::holidays(&mut conn).await?;
        let page = page(&mut conn, desk, asked, &holidays, Vec::new()).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, QueuePage { form, found: true, ..page }).into_response());
    }
    drop(conn);
    search::note(&db, &desk.on_duty, &typed, desk.now).await?;
    let search = found::keep(&session, &db, &Search { typed, counter: asked.counter.code }, desk.now).await?;
    Ok(Redirect::to(&paths::found(paths::QUEUE, search)).into_response())
}

/// What a search found, as it stands now; nothing of one that is over.
async fn results(desk: Desk, db: &Db, search: Option<Search>) -> WebResult {
    let mut conn = db.read().await?;
    let place = search.as_ref().map(|search| format!("titik={}", search.counter));
    let asked = Asked::read(&mut conn, &desk, place.as_deref()).await?;
    let holidays = schedule::holidays(&mut conn).await?;
    let wanted = search.as_ref().and_then(|search| wanted(&search.typed, &search.counter).ok());
    let items = match &wanted {
        Some(wanted) => queue::search(&mut conn, &desk.officer().scope(), wanted, desk.now).await?,
        None => Vec::new(),
    };
    let lines = lines(&mut conn, items, true, desk.now, &holidays).await?;
    let form = Form::with(search.map(|search| ("cari", search.typed)));
    let page = page(&mut conn, desk, asked, &holidays, lines).await?;
    Ok(QueuePage { form, found: true, is_over: wanted.is_none(), ..page }.into_response())
}

async fn page(conn: &mut Conn, desk: Desk, asked: Asked, holidays: &Holidays, lines: Vec<Line>) -> WebResult<QueuePage> {
    let late_before = late_before(Status::Diajukan, desk.now, holidays);
    let officer = desk.officer().id;
    let counts = queue::counts(conn, &asked.counter.code, asked.category, late_before).await?;
    let count = |status: Status| counts.get(&status).copied().unwrap_or_default();
    let tab = |status: &Status| Tab {
        status: *status,
        label: desk_words::tab(*status),
        count: count(*status).0,
        address: asked.address(*status),
    };
    Ok(QueuePage {
        shell: desk.shell,
        form: Form::default(),
        tabs: STEPS.iter().map(tab).collect(),
        late: count(Status::Diajukan).1,
        counter: asked.counter,
        counters: asked.counters,
        step: asked.step,
        category: asked.category,
        lines,
        next: None,
        found: false,
        is_over: false,
        first: None,
        held: leases::oldest_held(conn, officer, desk.now).await?,
        fresh: cases::fresh_decisions(conn, officer, desk.now).await?,
        filter: asked.filter,
    })
}

/// A number, a NIK, or words of a name; a sentence when nothing was typed, or what has more digits than a receipt number and
/// is no NIK.
fn wanted(typed: &str, counter: &RegionCode) -> Result<Wanted, String> {
    if let Ok(number) = ReceiptNumber::parse(typed) {
        return Ok(Wanted::Number(number));
    }
    match Nik::parse(typed) {
        Ok(nik) => Ok(Wanted::Nik(nik)),
        Err(error) if typed.chars().filter(|sign| sign.is_numeric()).count() > 8 => Err(words::nik(error)),
        Err(_) if typed.is_empty() => Err(desk_words::SEARCH_EMPTY.to_owned()),
        Err(_) => Ok(Wanted::Words(typed.to_owned(), counter.clone())),
    }
}

/// Only what waits for a decision can be late.
fn late_before(step: Status, now: OffsetDateTime, holidays: &Holidays) -> OffsetDateTime {
    if step == Status::Diajukan { calendar::late_before(now, holidays) } else { OffsetDateTime::UNIX_EPOCH }
}

/// The lines of a page, with what is worth a second look of those that wait for a decision.
async fn lines(
    conn: &mut Conn,
    items: Vec<QueueItem>,
    found: bool,
    now: OffsetDateTime,
    holidays: &Holidays,
) -> WebResult<Vec<Line>> {
    let waiting: Vec<ApplicationId> = items.iter().filter(|item| item.status == Status::Diajukan).map(|item| item.id).collect();
    let hints = if waiting.is_empty() { HashMap::new() } else { cases::hints(conn, &waiting).await? };
    let line = |item: QueueItem| {
        let hints = hints.get(&item.id);
        Line { age: age(&item, now, holidays), moment: moment(&item, found), notes: notes(&item, hints, now), item }
    };
    Ok(items.into_iter().map(line).collect())
}

fn age(item: &QueueItem, now: OffsetDateTime, holidays: &Holidays) -> Age {
    if item.status == Status::Diajukan {
        desk::age(item.since, now, holidays)
    } else {
        Age { words: desk::elapsed(now - item.since), tone: "" }
    }
}

fn moment(item: &QueueItem, found: bool) -> String {
    match item.status {
        Status::PerluPerbaikan if !found => dates::dense_day(item.since + Duration::days(limits::MENDING_DAYS)),
        Status::SiapDiambil if !found => desk::stamp(item.starts_at),
        _ => desk::stamp(item.submitted_at),
    }
}

fn notes(item: &QueueItem, hints: Option<&Hints>, now: OffsetDateTime) -> Vec<String> {
    let letter = item.details.letter.as_ref().filter(|_| item.category.needs_letter());
    let old = letter.and_then(|letter| letter.old(calendar::day_of(now))).map(|days| format!("Surat polisi {days} hari"));
    let again = (item.status == Status::Diajukan && item.since > item.submitted_at).then(|| "Kiriman ulang".to_owned());
    let twin = hints.filter(|hints| hints.has_twin).map(|_| desk_words::HINT_TWIN.to_owned());
    let families = hints.map(|hints| hints.families_of_phone).filter(|families| *families > limits::FAMILIES_OF_PHONE);
    [old, again, twin, families.map(desk_words::hint_phone)].into_iter().flatten().collect()
}

/// A line's place in the queue as it stands in an address: nothing personal.
fn mark(item: &QueueItem, late_before: OffsetDateTime) -> String {
    let late = u8::from(item.since < late_before);
    format!("{late}.{}.{}", item.submitted_at.unix_timestamp_nanos(), item.id)
}

fn cursor(text: &str) -> Option<Cursor> {
    let mut parts = text.splitn(3, '.');
    let is_late = parts.next()? == "1";
    let submitted_at = OffsetDateTime::from_unix_timestamp_nanos(parts.next()?.parse().ok()?).ok()?;
    Some(Cursor { is_late, submitted_at, id: parts.next()?.parse::<Uuid>().ok()?.into() })
}
