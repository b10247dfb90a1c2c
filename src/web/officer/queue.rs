//! `/petugas`: the cases of a counter, step by step; a search is posted to the same address, so that no NIK
//! and no name stands in one.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::IntoResponse,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    desk::{Desk, DeskShell},
    filter::Filter,
    place::Place,
};
use crate::{
    actions::search,
    db::{
        Conn, Db,
        cases::{self, FreshDecision},
        leases,
        queue::{self, Cursor, Part, QueueItem, Wanted},
        schedule,
    },
    domain::{
        calendar::{self, Holidays},
        category::Category,
        ids::ApplicationId,
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

struct Line {
    item: QueueItem,
    age: Age,
    notes: Vec<String>,
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

pub async fn get(desk: Desk, State(db): State<Db>, RawQuery(query): RawQuery) -> WebResult {
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
    let lines = items.into_iter().map(|item| line(item, desk.now, &holidays)).collect();
    let page = page(&mut conn, desk, asked, &holidays, lines).await?;
    Ok(QueuePage { next, first, ..page }.into_response())
}

/// "Cari": what was searched for is written down, sealed.
pub async fn post(desk: Desk, State(db): State<Db>, RawQuery(query): RawQuery, mut form: Form) -> WebResult {
    let mut conn = db.read().await?;
    let asked = Asked::read(&mut conn, &desk, query.as_deref()).await?;
    let holidays = schedule::holidays(&mut conn).await?;
    let typed = form.value("cari").trim().to_owned();
    let wanted = match wanted(&typed, &asked.counter.code) {
        Ok(wanted) => wanted,
        Err(sentence) => {
            form.reject("cari", sentence);
            let page = page(&mut conn, desk, asked, &holidays, Vec::new()).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, QueuePage { form, found: true, ..page }).into_response());
        }
    };
    drop(conn);
    search::note(&db, &desk.on_duty, &typed, desk.now).await?;
    let items = queue::search(&mut db.read().await?, &desk.officer().scope(), &wanted, desk.now).await?;
    let lines = items.into_iter().map(|item| line(item, desk.now, &holidays)).collect();
    let page = page(&mut db.read().await?, desk, asked, &holidays, lines).await?;
    Ok(QueuePage { form, found: true, ..page }.into_response())
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

fn line(item: QueueItem, now: OffsetDateTime, holidays: &Holidays) -> Line {
    let age = if item.status == Status::Diajukan {
        desk::age(item.since, now, holidays)
    } else {
        Age { words: desk::elapsed(now - item.since), tone: "" }
    };
    let letter = item.details.letter.as_ref().filter(|_| item.category.needs_letter());
    let old = letter.and_then(|letter| letter.old(calendar::day_of(now))).map(|days| format!("Surat polisi {days} hari"));
    let again = (item.status == Status::Diajukan && item.since > item.submitted_at).then(|| "Kiriman ulang".to_owned());
    Line { notes: old.into_iter().chain(again).collect(), item, age }
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
