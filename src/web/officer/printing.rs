//! `/petugas/cetak`: the cards that wait for the printer, the runs of the counter, and its stock of blanks.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{
    desk::{Desk, DeskShell},
    place::Place,
};
use crate::{
    actions::{
        decision::DecisionError,
        printing::{self, BlanksError, CARDS, Started},
    },
    db::{
        Conn, Db,
        blanks::{self, Stock},
        printing::{self as runs, Run},
        queue::{self, Part, QueueItem},
    },
    domain::{
        ids::{ApplicationId, BlankId, RunId},
        region::{Counter, RegionCode},
        status::Status,
        typed_text,
    },
    render::{dates, desk, desk_words},
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths, told,
    },
};

/// Runs that are listed.
const RUNS: i64 = 20;
/// The stretch of time from which the daily need for blanks is reckoned, and its working days.
const NEED_OVER: (Duration, i64) = (Duration::days(14), 10);
/// A stock for fewer working days than this is low.
const LOW_DAYS: i64 = 5;

#[derive(Template, WebTemplate)]
#[template(path = "officer/printing.html")]
struct PrintingPage {
    shell: DeskShell,
    form: Form,
    counter: Counter,
    counters: Vec<Counter>,
    /// Whether whoever looks prints here.
    serves: bool,
    lines: Vec<QueueItem>,
    runs: Vec<Run>,
    stock: StockWords,
    /// Under these a run and a delivery are known, so that pressing twice does it once.
    new_run: Uuid,
    new_blanks: Uuid,
    problem: Option<String>,
}

impl PrintingPage {
    /// Whether this case was ticked, on a page that is shown again.
    fn is_ticked(&self, id: &ApplicationId) -> bool {
        self.form.has("pilih", &id.to_string())
    }
}

/// The stock as the page says it.
pub struct StockWords {
    /// How many blanks there are.
    pub left: i32,
    /// For how long they will do, where that can be told.
    pub days: Option<i64>,
    /// Whether it is time to ask for more.
    pub is_low: bool,
}

impl StockWords {
    fn of(stock: Stock, waiting: usize) -> Self {
        let days = (stock.taken > 0).then(|| i64::from(stock.left) * NEED_OVER.1 / stock.taken);
        let is_short = usize::try_from(stock.left).unwrap_or_default() < waiting;
        Self { left: stock.left, days, is_low: is_short || days.is_some_and(|days| days < LOW_DAYS) }
    }

    /// The stock of a counter, with how many cases wait for the printer.
    pub async fn read(conn: &mut Conn, counter: &RegionCode, waiting: usize, now: OffsetDateTime) -> WebResult<Self> {
        Ok(Self::of(blanks::stock(conn, counter, now - NEED_OVER.0).await?, waiting))
    }
}

pub async fn get(desk: Desk, State(db): State<Db>, RawQuery(query): RawQuery) -> WebResult {
    Ok(page(desk, &db, query.as_deref(), Form::default(), None).await?.into_response())
}

/// "Mulai cetak": the ticked cases, or the oldest.
pub async fn post(desk: Desk, State(db): State<Db>, mut form: Form) -> WebResult {
    let counter = desk.officer().workplace().ok_or(WebError::NotFound)?.code.clone();
    let run = form.value("rangkaian").parse::<Uuid>().map_err(|_| WebError::NotFound)?;
    let chosen = if form.has("cara", "terlama") {
        match typed_text::whole_number(form.value("terlama")).and_then(|count| usize::try_from(count).ok()) {
            Some(count) if (1..=CARDS).contains(&count) => {
                let lines = waiting(&mut db.read().await?, &counter, desk.now).await?;
                lines.into_iter().take(count).map(|line| line.id).collect()
            }
            _ => {
                form.reject("terlama", desk_words::oldest_count(CARDS));
                Vec::new()
            }
        }
    } else {
        form.all("pilih").filter_map(|id| id.parse::<Uuid>().ok()).map(ApplicationId::from).collect()
    };
    if chosen.is_empty() || chosen.len() > CARDS {
        form.reject("pilih", if chosen.is_empty() { desk_words::PRINT_EMPTY.to_owned() } else { desk_words::print_many(CARDS) });
        let page = page(desk, &db, None, form, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    match printing::start(&db, &desk.on_duty, RunId::from(run), &chosen, desk.now).await {
        Ok(started) => Ok(after(started)),
        Err(error) => refused(desk, &db, error).await,
    }
}

/// The run, or what waits for the printer; what could not be printed for want of blanks is told there.
fn after(started: Started) -> Response {
    let page = started.run.map_or_else(|| paths::PRINTING.to_owned(), paths::run);
    match started.waiting {
        0 => Redirect::to(&page).into_response(),
        waiting => told::lead_to(&page, desk_words::waiting_for_blanks(waiting, started.run.is_none())),
    }
}

/// "Catat blangko".
pub async fn blanks(desk: Desk, State(db): State<Db>, mut form: Form) -> WebResult {
    desk.officer().workplace().ok_or(WebError::NotFound)?;
    let id = form.value("kiriman").parse::<Uuid>().map_err(|_| WebError::NotFound)?;
    let change = typed_text::whole_number(form.value("jumlah")).filter(|change| *change != 0 && change.unsigned_abs() <= 100_000);
    let refusal = match change {
        None => desk_words::BLANKS_EMPTY.to_owned(),
        Some(change) => match printing::enter_blanks(&db, &desk.on_duty, BlankId::from(id), change, desk.now).await {
            Ok(()) => return Ok(told::lead_to(paths::PRINTING, desk_words::blanks_entered(change))),
            Err(BlanksError::NotFound) => return Err(WebError::NotFound),
            Err(BlanksError::BelowZero(left)) => desk_words::blanks_below_zero(left),
            Err(BlanksError::Db(error)) => return Err(error.into()),
        },
    };
    form.reject("jumlah", refusal);
    let page = page(desk, &db, None, form, None).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn refused(desk: Desk, db: &Db, error: DecisionError) -> WebResult<Response> {
    let problem = match error {
        DecisionError::Db(error) => return Err(error.into()),
        DecisionError::Late(late) => desk_words::late(late.officer.as_ref(), (late.from, late.status), late.at),
        _ => return Err(WebError::NotFound),
    };
    let page = page(desk, db, None, Form::default(), Some(problem)).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// What waits for the printer, in the order in which it gets blanks.
async fn waiting(conn: &mut Conn, counter: &RegionCode, now: OffsetDateTime) -> WebResult<Vec<QueueItem>> {
    let limit = i64::try_from(2 * CARDS).unwrap_or(i64::MAX);
    let mut lines = Vec::new();
    for status in [Status::MenungguBlangko, Status::Disetujui] {
        let part = Part { counter, status, category: None, late_before: OffsetDateTime::UNIX_EPOCH };
        lines.extend(queue::page(conn, part, None, limit, now).await?);
    }
    lines.truncate(2 * CARDS);
    Ok(lines)
}

async fn page(desk: Desk, db: &Db, query: Option<&str>, form: Form, problem: Option<String>) -> WebResult<PrintingPage> {
    let mut conn = db.read().await?;
    let place = Place::read(&mut conn, &desk, query).await?;
    let lines = waiting(&mut conn, &place.counter.code, desk.now).await?;
    Ok(PrintingPage {
        form,
        stock: StockWords::read(&mut conn, &place.counter.code, lines.len(), desk.now).await?,
        runs: runs::newest(&mut conn, &place.counter.code, RUNS).await?,
        lines,
        serves: place.serves,
        counter: place.counter,
        counters: place.counters,
        new_run: RunId::random().uuid(),
        new_blanks: BlankId::random().uuid(),
        problem,
        shell: desk.shell,
    })
}
