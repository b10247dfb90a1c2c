//! What an officer does with a case: takes it, decides it, takes that back, gives it away. Each is a post of its own.

use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Case,
    case::{Again, page},
    desk::Desk,
    explain::{Open, Preview, explanation},
    filter::Filter,
    viewer::View,
};
use crate::{
    actions::{
        decision::{self, Decision, DecisionError},
        lease,
        undo::{self, UndoError},
    },
    db::{Db, DbResult, applications, cases},
    domain::ids::ApplicationId,
    render::desk_words::{self, Onward},
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths, told, unsent,
    },
};

/// A case, and the part of the queue from which it was opened.
struct Work {
    id: ApplicationId,
    query: Option<String>,
}

impl Work {
    fn filter(&self) -> Filter {
        Filter::read(self.query.as_deref())
    }

    /// An address with the same part of the queue.
    fn along(&self, address: &str) -> String {
        self.filter().along(address)
    }

    /// The page of the case.
    fn page(&self) -> String {
        self.along(&paths::case(self.id))
    }
}

/// "Periksa".
pub async fn take(desk: Desk, State(db): State<Db>, Case(id): Case, RawQuery(query): RawQuery) -> WebResult {
    let work = Work { id, query };
    match lease::take(&db, &desk.on_duty, id, desk.now).await {
        Ok(()) => Ok(Redirect::to(&work.page()).into_response()),
        Err(error) => refused(desk, &db, &work, error, Again::default()).await,
    }
}

/// "Lepaskan", a supervisor's.
pub async fn release(desk: Desk, State(db): State<Db>, Case(id): Case, RawQuery(query): RawQuery) -> WebResult {
    let work = Work { id, query };
    match lease::release(&db, &desk.on_duty, id, desk.now).await {
        Ok(was_held) => Ok(told::lead_to(&work.page(), desk_words::released(was_held))),
        Err(error) => refused(desk, &db, &work, error, Again::default()).await,
    }
}

/// "Lewati": gives the case back and opens the one behind it.
pub async fn skip(desk: Desk, State(db): State<Db>, Case(id): Case, RawQuery(query): RawQuery) -> WebResult {
    let work = Work { id, query };
    if let Err(error) = lease::give_back(&db, &desk.on_duty, id, desk.now).await {
        return refused(desk, &db, &work, error, Again::default()).await;
    }
    let next = lease::take_next(&db, &desk.on_duty, id, work.filter().category, true, desk.now).await?;
    Ok(Redirect::to(&work.along(&next.map_or_else(|| paths::QUEUE.to_owned(), paths::case))).into_response())
}

/// "Urungkan".
pub async fn undo(desk: Desk, State(db): State<Db>, Case(id): Case, RawQuery(query): RawQuery) -> WebResult {
    let work = Work { id, query };
    let problem = match undo::undo(&db, &desk.on_duty, id, desk.now).await {
        Ok(()) => {
            let case = applications::in_scope(&mut db.read().await?, &desk.officer().scope(), id, desk.now).await?;
            let number = case.and_then(|case| case.receipt_number).ok_or(WebError::NotFound)?;
            return Ok(told::lead_to(&work.page(), desk_words::undone(number)));
        }
        Err(UndoError::NotFound) => return Err(WebError::NotFound),
        Err(UndoError::Db(error)) => return Err(error.into()),
        Err(UndoError::TooLate) => desk_words::UNDO_LATE.to_owned(),
        Err(UndoError::FiledAnew) => desk_words::UNDO_FILED.to_owned(),
        Err(UndoError::Followed(late)) => desk_words::undo_followed(late.officer.as_ref(), late.at, late.status),
    };
    let again = Again { problem: Some(problem), ..Again::default() };
    Ok((StatusCode::CONFLICT, page(desk, &db, id, work.query.as_deref(), again).await?).into_response())
}

/// "Setujui".
pub async fn approve(desk: Desk, State(db): State<Db>, Case(id): Case, RawQuery(query): RawQuery) -> WebResult {
    decide(desk, &db, &Work { id, query }, &Decision::Approve, Again::default()).await
}

/// "Kembalikan".
pub async fn send_back(desk: Desk, State(db): State<Db>, Case(id): Case, RawQuery(query): RawQuery, form: Form) -> WebResult {
    explain(desk, &db, &Work { id, query }, Open::Return, form).await
}

/// "Tolak".
pub async fn refuse(desk: Desk, State(db): State<Db>, Case(id): Case, RawQuery(query): RawQuery, form: Form) -> WebResult {
    explain(desk, &db, &Work { id, query }, Open::Refuse, form).await
}

/// A return or refusal: first the SMS is shown, and only the one that was shown is sent. Whoever turns a page meanwhile, or opens
/// the other form, finds their words there again.
async fn explain(desk: Desk, db: &Db, work: &Work, open: Open, mut form: Form) -> WebResult {
    if let Some(elsewhere) = turned(work, open, &form) {
        return Ok(unsent::turn_to(&elsewhere));
    }
    let case = match decision::could(db, &desk.on_duty, work.id, desk.now).await {
        Ok(case) => case,
        // Whoever pressed twice has decided, and is led on as after the first time.
        Err(DecisionError::Late(_)) if !form.value("sms").is_empty() => {
            let scope = desk.officer().scope();
            applications::in_scope(&mut db.read().await?, &scope, work.id, desk.now).await?.ok_or(WebError::NotFound)?
        }
        Err(error) => return refused(desk, db, work, error, Again { open: Some(open), form, ..Again::default() }).await,
    };
    let Some(why) = explanation(&mut form, &case, open) else {
        let again = Again { open: Some(open), form, ..Again::default() };
        return Ok(
            (StatusCode::UNPROCESSABLE_ENTITY, page(desk, db, work.id, work.query.as_deref(), again).await?).into_response()
        );
    };
    let decision = open.decision(why);
    let preview = Preview::of(&decision, &case, desk.now);
    if preview.as_ref().is_some_and(|preview| preview.text == form.value("sms")) {
        return decide(desk, db, work, &decision, Again { open: Some(open), form, ..Again::default() }).await;
    }
    let shown = format!("{}?buka={}&sms=1", paths::case(work.id), open.code());
    Ok(unsent::turn_to(&work.along(&shown)))
}

/// Where somebody goes who looks at another page of the documents, or opens the other form.
fn turned(work: &Work, open: Open, form: &Form) -> Option<String> {
    let page = paths::case(work.id);
    if let Some(view) = View::read(Some(form.value("lihat"))) {
        return Some(work.along(&format!("{page}?buka={}&{}#halaman", open.code(), view.query())));
    }
    let other = Open::parse(form.value("buka"))?;
    Some(work.along(&format!("{page}?buka={}#putusan", other.code())))
}

/// After a decision the next case of the queue is taken and opens by itself.
async fn decide(desk: Desk, db: &Db, work: &Work, decision: &Decision, again: Again) -> WebResult {
    if let Err(error) = decision::decide(db, &desk.on_duty, work.id, decision, desk.now).await {
        return refused(desk, db, work, error, again).await;
    }
    // The decision stands, whatever becomes of the way on.
    Ok(onward(&desk, db, work, decision).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the next case does not open");
        Redirect::to(&work.along(paths::QUEUE)).into_response()
    }))
}

/// The next case, with what was decided of the one before it.
async fn onward(desk: &Desk, db: &Db, work: &Work, decision: &Decision) -> DbResult<Response> {
    let decided = applications::in_scope(&mut db.read().await?, &desk.officer().scope(), work.id, desk.now).await?;
    let next = lease::take_next(db, &desk.on_duty, work.id, work.filter().category, false, desk.now).await?;
    let page = work.along(&next.map_or_else(|| paths::QUEUE.to_owned(), paths::case));
    let Some((number, place)) = decided.and_then(|decided| decided.receipt_number.zip(decided.appointment)) else {
        return Ok(Redirect::to(&page).into_response());
    };
    let onward = match next {
        Some(_) => Onward::Opened,
        None if cases::any_waits(&mut db.read().await?, &place.counter.code).await? => Onward::NoneForThem,
        None => Onward::Nothing,
    };
    Ok(told::lead_to(&page, desk_words::decided(number, decision.status(), onward)))
}

/// The case again, with what happened instead; nothing that was typed is lost. Who lost it while nobody else took it holds it
/// again, and goes on.
async fn refused(desk: Desk, db: &Db, work: &Work, error: DecisionError, again: Again) -> WebResult {
    let problem = match error {
        DecisionError::NotFound | DecisionError::TooSoon => return Err(WebError::NotFound),
        DecisionError::Db(error) => return Err(error.into()),
        DecisionError::NotTheirs => desk_words::ONLY_LOOKING.to_owned(),
        DecisionError::Lapsed(lost) => match lease::take(db, &desk.on_duty, work.id, desk.now).await {
            Ok(()) => desk_words::held_again(lost.as_ref()),
            Err(DecisionError::Db(error)) => return Err(error.into()),
            Err(_) => desk_words::LEASE_LAPSED.to_owned(),
        },
        DecisionError::Held(lease) => desk_words::held(&lease.name, lease.since),
        DecisionError::Late(late) => desk_words::late(late.officer.as_ref(), (late.from, late.status), late.at),
    };
    let again = Again { problem: Some(problem), ..again };
    Ok((StatusCode::CONFLICT, page(desk, db, work.id, work.query.as_deref(), again).await?).into_response())
}
