//! `/petugas/cetak/{id}`: a print run as a list to print and sign, and what became of each card.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, request::Parts},
    response::IntoResponse,
};
use uuid::Uuid;

use super::{
    desk::{Desk, DeskShell},
    printing::StockWords,
};
use crate::{
    actions::{decision::DecisionError, printing, viewing},
    db::{Db, officers, printing as runs, printing::Run, queue, queue::QueueItem, schedule},
    domain::{
        card::{Flaw, Outcome},
        ids::RunId,
        region::Counter,
    },
    render::{dates, desk, desk_words, status},
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths, told,
    },
};

/// The run in the address, or 404.
pub struct RunInPath(RunId);

impl<S: Send + Sync> FromRequestParts<S> for RunInPath {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> WebResult<Self> {
        let path = Path::<Uuid>::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id.into())).map_err(|_| WebError::NotFound)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "officer/run.html")]
struct RunPage {
    shell: DeskShell,
    form: Form,
    run: Run,
    counter: Counter,
    /// Who started it.
    by: String,
    lines: Vec<Line>,
    stock: StockWords,
    /// Whether whoever looks may say what became of the cards.
    serves: bool,
    problem: Option<String>,
}

struct Line {
    number: i16,
    item: QueueItem,
    outcome: Option<Outcome>,
}

pub async fn get(desk: Desk, State(db): State<Db>, RunInPath(id): RunInPath) -> WebResult {
    let form = desk.form();
    Ok(page(desk, &db, id, form, None).await?.into_response())
}

/// "Simpan hasil": what is marked; with "Sisanya baik" all others, too.
pub async fn post(desk: Desk, State(db): State<Db>, RunInPath(id): RunInPath, mut form: Form) -> WebResult {
    let Some(outcomes) = outcomes(&db, &desk, id, &mut form).await? else {
        let page = page(desk, &db, id, form, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    match printing::record(&db, &desk.on_duty, id, &outcomes, desk.now).await {
        Ok(()) => Ok(told::lead_to(&paths::run(id), desk_words::RESULTS_STORED)),
        Err(DecisionError::Db(error)) => Err(error.into()),
        Err(DecisionError::Late(late)) => {
            let problem = desk_words::late(late.officer.as_ref(), (late.from, late.status), late.at);
            Ok((StatusCode::CONFLICT, page(desk, &db, id, form, Some(problem)).await?).into_response())
        }
        Err(_) => Err(WebError::NotFound),
    }
}

/// What the form says of the cards; nothing when something is missing.
async fn outcomes(db: &Db, desk: &Desk, id: RunId, form: &mut Form) -> WebResult<Option<Vec<(i16, Outcome)>>> {
    let mut conn = db.read().await?;
    let run = runs::find(&mut conn, id).await?.ok_or(WebError::NotFound)?;
    if !desk.officer().works_at(&run.counter) {
        return Err(WebError::NotFound);
    }
    let cards = runs::cards(&mut conn, id).await?;
    let rest_is_good = form.has("sisa", "baik");
    let mut outcomes = Vec::new();
    for card in cards {
        let number = card.number;
        let (marked, reason) = (form.value(&format!("hasil-{number}")).to_owned(), format!("alasan-{number}"));
        match (marked.as_str(), Flaw::parse(form.value(&reason))) {
            ("baik", _) => outcomes.push((number, Outcome::Good)),
            ("rusak", Some(flaw)) => outcomes.push((number, Outcome::Spoilt(flaw))),
            // A reason that was picked, and no mark: half an answer is none.
            ("", Some(_)) if card.outcome.is_none() => form.reject(&reason, desk_words::SPOILT_MARK),
            ("rusak", None) => form.reject(&reason, desk_words::SPOILT_REASON),
            _ if rest_is_good && card.outcome.is_none() => outcomes.push((number, Outcome::Good)),
            _ => {}
        }
    }
    if outcomes.is_empty() && form.problems().is_empty() {
        form.reject("hasil", desk_words::RESULTS_EMPTY);
    }
    Ok(form.problems().is_empty().then_some(outcomes))
}

async fn page(desk: Desk, db: &Db, id: RunId, form: Form, problem: Option<String>) -> WebResult<RunPage> {
    let mut conn = db.read().await?;
    let run = runs::find(&mut conn, id).await?.filter(|run| desk.officer().scope().covers(&run.counter));
    let run = run.ok_or(WebError::NotFound)?;
    let counter = schedule::counters(&mut conn).await?.into_iter().find(|counter| counter.code == run.counter);
    viewing::see_list(db, &desk.on_duty, &run.counter, Some(run.number), desk.now).await?;
    let cards = runs::cards(&mut conn, id).await?;
    let items = queue::of_run(&mut conn, id, desk.now).await?;
    let by = officers::names(&mut conn, &[run.officer]).await?.pop();
    let line = |(card, item): (runs::Card, QueueItem)| Line { number: card.number, item, outcome: card.outcome };
    Ok(RunPage {
        form,
        stock: StockWords::read(&mut conn, &run.counter, desk.now).await?,
        counter: counter.ok_or(WebError::NotFound)?,
        by: by.map(|(_, name)| name.as_str().to_owned()).unwrap_or_default(),
        lines: cards.into_iter().zip(items).map(line).collect(),
        serves: desk.officer().works_at(&run.counter),
        run,
        problem,
        shell: desk.shell,
    })
}
