//! `/petugas/loket`: a receipt's number is typed or scanned, and the card is handed over.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use uuid::Uuid;

use super::{
    Case,
    desk::{Desk, DeskShell},
};
use crate::{
    actions::{
        decision::DecisionError,
        handover::{self, Claimant, HandoverError},
        viewing::{self, AtCounter},
    },
    db::{Db, applications},
    domain::{
        card::{Because, Check, Flaw, Handover},
        ids::{ApplicationId, ResidentId},
        nik::DIGITS,
        receipt::{CheckCode, ReceiptNumber, ReceiptNumberError},
        status::Status,
    },
    render::{dates, desk_words, status, words},
    web::{
        error::{WebError, WebResult},
        form::{Form, parameter},
        paths, told,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "officer/counter.html")]
struct CounterPage {
    shell: DeskShell,
    form: Form,
    seen: Option<AtCounter>,
    problem: Option<String>,
}

impl CounterPage {
    /// Whether this person was chosen, on a page that is shown again.
    fn is_chosen(&self, id: &ResidentId) -> bool {
        self.form.has("pengambil", &id.to_string())
    }
}

pub async fn get(desk: Desk, State(db): State<Db>, RawQuery(query): RawQuery) -> WebResult {
    let number = |name| parameter(query.as_deref(), name).map(|text| ReceiptNumber::parse(&text).map_err(|_| WebError::NotFound));
    let seen = match number("nomor").transpose()? {
        Some(number) => Some(viewing::see_at_counter(&db, &desk.on_duty, number, desk.now).await?.ok_or(WebError::NotFound)?),
        None => None,
    };
    Ok(CounterPage { form: Form::default(), seen, problem: None, shell: desk.shell }.into_response())
}

/// "Cari": what was typed stands in no address; a number that is one of this counter's does.
pub async fn post(desk: Desk, State(db): State<Db>, mut form: Form) -> WebResult {
    let typed = form.value("nomor").trim().to_owned();
    let number = match CheckCode::scanned(&typed) {
        Some(code) => {
            let case = applications::by_check_code(&mut db.read().await?, code, desk.now).await?;
            case.and_then(|case| case.receipt_number).ok_or_else(|| desk_words::NOT_HERE.to_owned())
        }
        None => ReceiptNumber::parse(&typed).map_err(|error| match error {
            ReceiptNumberError::Length(length) if length > DIGITS => desk_words::SCAN_UNREADABLE.to_owned(),
            other => words::receipt_number(other),
        }),
    };
    let scope = desk.officer().scope();
    let found = match number {
        Ok(number) => {
            let case = applications::numbered_in_scope(&mut db.read().await?, &scope, number, desk.now).await?;
            case.map(|_| number).ok_or_else(|| desk_words::NOT_HERE.to_owned())
        }
        Err(sentence) => Err(sentence),
    };
    match found {
        Ok(number) => Ok(Redirect::to(&paths::at_counter(number)).into_response()),
        Err(sentence) => {
            form.reject("nomor", sentence);
            let page = CounterPage { form, seen: None, problem: None, shell: desk.shell };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// "Serahkan kartu".
pub async fn hand_over(desk: Desk, State(db): State<Db>, Case(id): Case, mut form: Form) -> WebResult {
    let claimant = Claimant {
        resident: ResidentId::from(form.value("pengambil").parse::<Uuid>().unwrap_or_default()),
        instead: form.value("diwakili").to_owned(),
    };
    let checks: Vec<Check> = form.all("cek").filter_map(Check::parse).collect();
    if claimant.instead.chars().count() > Handover::INSTEAD {
        form.reject("diwakili", desk_words::INSTEAD_LONG);
        return again(desk, &db, id, form, None).await;
    }
    match handover::hand_over(&db, &desk.on_duty, id, &claimant, &checks, desk.now).await {
        Ok(()) => {
            return done(&desk, &db, id).await;
        }
        Err(HandoverError::Case(error)) => return refused(desk, &db, id, form, error).await,
        Err(HandoverError::Stranger) => form.reject("pengambil", desk_words::COLLECTOR_EMPTY),
        Err(HandoverError::Reasonless) => form.reject("diwakili", desk_words::INSTEAD_EMPTY),
        Err(HandoverError::Unchecked(open)) => form.reject("cek", desk_words::unchecked(&open)),
    }
    again(desk, &db, id, form, None).await
}

/// "Kembalikan ke antrean cetak".
pub async fn misprint(desk: Desk, State(db): State<Db>, Case(id): Case, mut form: Form) -> WebResult {
    let Some(flaw) = Flaw::parse(form.value("salah")) else {
        form.reject("salah", desk_words::SPOILT_REASON);
        return again(desk, &db, id, form, None).await;
    };
    match handover::misprint(&db, &desk.on_duty, id, flaw, desk.now).await {
        Ok(()) => done(&desk, &db, id).await,
        Err(error) => refused(desk, &db, id, form, error).await,
    }
}

async fn refused(desk: Desk, db: &Db, id: ApplicationId, form: Form, error: DecisionError) -> WebResult {
    match error {
        DecisionError::Db(error) => Err(error.into()),
        DecisionError::NotTheirs => again(desk, db, id, form, Some(desk_words::OWN_FAMILY_CARD.to_owned())).await,
        DecisionError::Late(late) => {
            let problem = desk_words::late(late.officer.as_ref(), (late.from, late.status), late.at);
            again(desk, db, id, form, Some(problem)).await
        }
        _ => Err(WebError::NotFound),
    }
}

/// The page again, with what is wrong or what happened instead.
async fn again(desk: Desk, db: &Db, id: ApplicationId, form: Form, problem: Option<String>) -> WebResult {
    let case = applications::in_scope(&mut db.read().await?, &desk.officer().scope(), id, desk.now).await?;
    let number = case.and_then(|case| case.receipt_number).ok_or(WebError::NotFound)?;
    let seen = viewing::see_at_counter(db, &desk.on_duty, number, desk.now).await?.ok_or(WebError::NotFound)?;
    let works_there = seen.case.appointment.as_ref().is_some_and(|place| desk.officer().works_at(&place.counter.code));
    if !seen.serves && !works_there {
        return Err(WebError::NotFound);
    }
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, CounterPage { form, seen: Some(seen), problem, shell: desk.shell }).into_response())
}

/// Back to the counter, for the next one; what became of this card is told there.
pub async fn done(desk: &Desk, db: &Db, id: ApplicationId) -> WebResult {
    let mut conn = db.read().await?;
    let case = applications::in_scope(&mut conn, &desk.officer().scope(), id, desk.now).await?.ok_or(WebError::NotFound)?;
    let number = case.receipt_number.ok_or(WebError::NotFound)?;
    let last = case.history.last().ok_or(WebError::NotFound)?;
    let why = crate::db::events::reasons(&mut conn, case.id).await?.remove(&last.fact);
    let sentence = match why {
        Some(Because::HandedTo(handover)) => Some(desk_words::handed_over(number, &handover, last.at)),
        Some(Because::Spoilt(_)) => Some(desk_words::back_to_print(number)),
        _ if last.to == Status::SiapDiambil => case.appointment.map(|place| desk_words::offered(number, place.starts_at)),
        _ => None,
    };
    Ok(sentence.map_or_else(|| Redirect::to(paths::COUNTER).into_response(), |sentence| told::lead_to(paths::COUNTER, sentence)))
}
