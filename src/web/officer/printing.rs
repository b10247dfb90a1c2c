//! `/petugas/cetak`: the cards that wait for the printer, the runs of the counter, and its stock of blanks.

use std::collections::HashSet;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use time::{Duration, OffsetDateTime};
use tower_sessions::Session;
use uuid::Uuid;

use super::{
    desk::{Desk, DeskShell},
    found,
    place::Place,
};
use crate::{
    actions::{
        decision::DecisionError,
        printing::{self, BlanksError, CARDS, Started},
        viewing,
    },
    db::{
        Conn, Db,
        blanks::{self, Stock},
        printing::{self as runs, Run},
        queue::{self, QueueItem},
    },
    domain::{
        ids::{ApplicationId, BlankId, RunId},
        region::{Counter, RegionCode},
        status::Status,
        typed_text,
    },
    render::{card_words, dates, desk, desk_words},
    web::{
        error::{WebError, WebResult},
        form::{Form, parameter},
        paths, told,
    },
};

/// Cards that are listed.
const MOST_LINES: usize = 2 * CARDS;
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
    /// Those whose card was printed before, and spoilt.
    reprints: HashSet<ApplicationId>,
    /// Whether some of what was chosen shall wait for blanks.
    question: Option<Question>,
    runs: Vec<Run>,
    stock: StockWords,
    /// Under these a run and a delivery are known, so that pressing twice does it once.
    new_run: Uuid,
    new_blanks: Uuid,
    problem: Option<String>,
}

/// What a run with the chosen cases would do, where there are not blanks enough.
struct Question {
    chosen: Vec<ApplicationId>,
    /// These would wait, and be told.
    waiting: Vec<QueueItem>,
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
    /// How many cards wait for one.
    pub waiting: i64,
    /// For whom and for how long they will do.
    pub words: String,
    /// Whether it is time to ask for more.
    pub is_low: bool,
}

impl StockWords {
    fn of(stock: Stock) -> Self {
        let Stock { left, taken, waiting } = stock;
        // What waits takes its blanks first; the rest lasts for the days to come.
        let rest = i64::from(left) - waiting;
        let days = (taken > 0).then(|| rest.max(0) * NEED_OVER.1 / taken);
        let is_low = rest < 0 || days.is_some_and(|days| days < LOW_DAYS);
        Self { left, waiting, words: card_words::stock(left, waiting, days), is_low }
    }

    /// The stock of a counter, held against what waits there for the printer.
    pub async fn read(conn: &mut Conn, counter: &RegionCode, now: OffsetDateTime) -> WebResult<Self> {
        Ok(Self::of(blanks::stock(conn, counter, now - NEED_OVER.0).await?))
    }
}

pub async fn get(desk: Desk, session: Session, State(db): State<Db>, RawQuery(query): RawQuery) -> WebResult {
    let query = query.as_deref();
    let address = parameter(query, "tanya").and_then(|text| text.parse().ok());
    let chosen = match address {
        Some(address) => found::open::<Vec<ApplicationId>>(&session, &db, address, desk.now).await?.unwrap_or_default(),
        None => Vec::new(),
    };
    let form = if chosen.is_empty() { desk.form() } else { Form::with(chosen.iter().map(|id| ("pilih", id.to_string()))) };
    let mut page = page(desk.clone(), &db, query, form, None).await?;
    if page.serves {
        page.question = question(&mut db.read().await?, &page, chosen, desk.now).await?;
    }
    Ok(page.into_response())
}

/// What is to be asked before these are printed; nothing when there are blanks for all who are not waiting already.
async fn question(
    conn: &mut Conn,
    page: &PrintingPage,
    chosen: Vec<ApplicationId>,
    now: OffsetDateTime,
) -> WebResult<Option<Question>> {
    let waiting = printing::outlook(conn, &page.counter.code, &chosen, now).await?;
    let would_wait = |line: &&QueueItem| line.status == Status::Disetujui && waiting.contains(&line.id);
    let waiting: Vec<QueueItem> = page.lines.iter().filter(would_wait).cloned().collect();
    Ok((!waiting.is_empty()).then_some(Question { chosen, waiting }))
}

/// "Mulai cetak": the ticked cases, or the oldest. Where citizens would be told to wait, and nobody agreed to it, it is asked first.
pub async fn post(desk: Desk, session: Session, State(db): State<Db>, mut form: Form) -> WebResult {
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
    let agreed = form.value("menunggu").parse().unwrap_or_default();
    match printing::start(&db, &desk.on_duty, RunId::from(run), &chosen, agreed, desk.now).await {
        Ok(Started::Done { run, told, still }) => Ok(after(run, told, still)),
        Ok(Started::Short) => {
            let address = found::keep(&session, &db, &chosen, desk.now).await?;
            Ok(Redirect::to(&paths::printing_asked(address)).into_response())
        }
        Err(error) => refused(desk, &db, error).await,
    }
}

/// The run, or what waits for the printer; what could not be printed for want of blanks is told there.
fn after(run: Option<RunId>, told: usize, still: usize) -> Response {
    let page = run.map_or_else(|| paths::PRINTING.to_owned(), paths::run);
    match told + still {
        0 => Redirect::to(&page).into_response(),
        _ => told::lead_to(&page, card_words::waiting_for_blanks(told, still, run.is_none())),
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
        DecisionError::TooSoon => desk_words::PRINT_SOON.to_owned(),
        _ => return Err(WebError::NotFound),
    };
    let page = page(desk, db, None, Form::default(), Some(problem)).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// What waits for the printer, in the order in which it gets blanks.
async fn waiting(conn: &mut Conn, counter: &RegionCode, now: OffsetDateTime) -> WebResult<Vec<QueueItem>> {
    Ok(queue::to_print(conn, counter, i64::try_from(MOST_LINES).unwrap_or(i64::MAX), now).await?)
}

async fn page(desk: Desk, db: &Db, query: Option<&str>, form: Form, problem: Option<String>) -> WebResult<PrintingPage> {
    let mut conn = db.read().await?;
    let place = Place::read(&mut conn, &desk, query).await?;
    let lines = waiting(&mut conn, &place.counter.code, desk.now).await?;
    if !lines.is_empty() {
        viewing::see_list(db, &desk.on_duty, &place.counter.code, None, desk.now).await?;
    }
    let ids: Vec<ApplicationId> = lines.iter().map(|line| line.id).collect();
    Ok(PrintingPage {
        form,
        reprints: runs::printed_before(&mut conn, &ids).await?,
        question: None,
        stock: StockWords::read(&mut conn, &place.counter.code, desk.now).await?,
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
