//! What an officer does with a case: takes it, decides it, gives it back. Each is a post of its own.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    Case,
    case::{Again, Open, Preview, page},
    desk::Desk,
};
use crate::{
    actions::{
        decision::{self, Decision, DecisionError},
        lease,
    },
    db::{Db, DbResult, applications, cases},
    domain::{
        application::Application,
        category::{Category, DocumentKind},
        event::{Explanation, Fault},
        ids::ApplicationId,
    },
    render::desk_words::{self, Onward},
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths, told,
    },
};

/// "Periksa".
pub async fn take(desk: Desk, State(db): State<Db>, Case(id): Case) -> WebResult {
    match lease::take(&db, &desk.on_duty, id, desk.now).await {
        Ok(()) => Ok(Redirect::to(&paths::case(id)).into_response()),
        Err(error) => refused(desk, &db, id, error, Again::default()).await,
    }
}

/// "Lepaskan", a supervisor's.
pub async fn release(desk: Desk, State(db): State<Db>, Case(id): Case) -> WebResult {
    match lease::release(&db, &desk.on_duty, id, desk.now).await {
        Ok(()) => Ok(Redirect::to(&paths::case(id)).into_response()),
        Err(error) => refused(desk, &db, id, error, Again::default()).await,
    }
}

/// "Lewati": gives the case back and opens the one behind it.
pub async fn skip(desk: Desk, State(db): State<Db>, Case(id): Case) -> WebResult {
    if let Err(error) = lease::give_back(&db, &desk.on_duty, id, desk.now).await {
        return refused(desk, &db, id, error, Again::default()).await;
    }
    let next = lease::take_next(&db, &desk.on_duty, id, true, desk.now).await?;
    Ok(Redirect::to(&next.map_or_else(|| paths::QUEUE.to_owned(), paths::case)).into_response())
}

/// "Setujui".
pub async fn approve(desk: Desk, State(db): State<Db>, Case(id): Case) -> WebResult {
    decide(desk, &db, id, &Decision::Approve, Again::default()).await
}

/// "Kembalikan".
pub async fn send_back(desk: Desk, State(db): State<Db>, Case(id): Case, form: Form) -> WebResult {
    explain(desk, &db, id, Open::Return, form).await
}

/// "Tolak".
pub async fn refuse(desk: Desk, State(db): State<Db>, Case(id): Case, form: Form) -> WebResult {
    explain(desk, &db, id, Open::Refuse, form).await
}

/// A return or refusal: first the SMS is shown, and only the one that was shown is sent.
async fn explain(desk: Desk, db: &Db, id: ApplicationId, open: Open, mut form: Form) -> WebResult {
    let case = match decision::could(db, &desk.on_duty, id, desk.now).await {
        Ok(case) => case,
        // Whoever pressed twice has decided, and is led on as after the first time.
        Err(DecisionError::Late(_)) if !form.value("sms").is_empty() => {
            let scope = desk.officer().scope();
            applications::in_scope(&mut db.read().await?, &scope, id, desk.now).await?.ok_or(WebError::NotFound)?
        }
        Err(error) => return refused(desk, db, id, error, Again { open: Some(open), form, ..Again::default() }).await,
    };
    let Some(why) = explanation(&mut form, &case, open) else {
        let again = Again { open: Some(open), form, ..Again::default() };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(desk, db, id, None, again).await?).into_response());
    };
    let decision = open.decision(why);
    let preview = Preview::of(&decision, &case, desk.now);
    let was_shown = preview.as_ref().is_some_and(|preview| preview.text == form.value("sms"));
    let again = Again { open: Some(open), form, preview, ..Again::default() };
    if was_shown {
        return decide(desk, db, id, &decision, again).await;
    }
    Ok(page(desk, db, id, None, again).await?.into_response())
}

/// What was ticked, with a fault each. Only documents of the case's category can be named.
fn explanation(form: &mut Form, case: &Application, open: Open) -> Option<Explanation> {
    let known: Vec<DocumentKind> = case.category.into_iter().flat_map(Category::documents).collect();
    // A reason that was picked names its document as a tick does.
    let is_named =
        |kind: &DocumentKind| form.has("dok", kind.code()) || !form.value(&format!("alasan-{}", kind.code())).is_empty();
    let named: Vec<DocumentKind> = known.into_iter().filter(is_named).collect();
    let fault = |kind: &DocumentKind| Some((*kind, Fault::parse(form.value(&format!("alasan-{}", kind.code())))?));
    let faults: Option<Vec<_>> = named.iter().map(fault).collect();
    let words = form.value("kata").trim().to_owned();
    let faults = faults.filter(|faults| !faults.is_empty());
    if faults.is_none() {
        form.reject("dok", desk_words::REASON_EMPTY);
    }
    if words.chars().count() > Explanation::WORDS {
        form.reject("kata", desk_words::WORDS_LONG);
    }
    if open == Open::Refuse && words.is_empty() {
        form.reject("kata", desk_words::REFUSAL_WORDS_EMPTY);
    }
    faults.filter(|_| form.problems().is_empty()).map(|faults| Explanation { faults, words })
}

/// After a decision the next case of the queue is taken and opens by itself.
async fn decide(desk: Desk, db: &Db, id: ApplicationId, decision: &Decision, again: Again) -> WebResult {
    if let Err(error) = decision::decide(db, &desk.on_duty, id, decision, desk.now).await {
        return refused(desk, db, id, error, again).await;
    }
    // The decision stands, whatever becomes of the way on.
    Ok(onward(&desk, db, id, decision).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the next case does not open");
        Redirect::to(paths::QUEUE).into_response()
    }))
}

/// The next case, with what was decided of the one before it.
async fn onward(desk: &Desk, db: &Db, id: ApplicationId, decision: &Decision) -> DbResult<Response> {
    let decided = applications::in_scope(&mut db.read().await?, &desk.officer().scope(), id, desk.now).await?;
    let next = lease::take_next(db, &desk.on_duty, id, false, desk.now).await?;
    let page = next.map_or_else(|| paths::QUEUE.to_owned(), paths::case);
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

/// The case again, with what happened instead; nothing that was typed is lost.
async fn refused(desk: Desk, db: &Db, id: ApplicationId, error: DecisionError, again: Again) -> WebResult {
    let problem = match error {
        DecisionError::NotFound => return Err(WebError::NotFound),
        DecisionError::Db(error) => return Err(error.into()),
        DecisionError::NotTheirs => desk_words::ONLY_LOOKING.to_owned(),
        DecisionError::Lapsed => desk_words::LEASE_LAPSED.to_owned(),
        DecisionError::Held(lease) => desk_words::held(&lease.name, lease.since),
        DecisionError::Late(late) => desk_words::late(late.officer.as_ref(), (late.from, late.status), late.at),
    };
    let again = Again { problem: Some(problem), ..again };
    Ok((StatusCode::CONFLICT, page(desk, db, id, None, again).await?).into_response())
}
