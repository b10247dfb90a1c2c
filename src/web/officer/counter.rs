//! `/petugas/loket`: a receipt is typed or scanned, or its card is looked for by NIK or name, and the card is handed over.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{
    Case,
    desk::{Desk, DeskShell},
    found,
    place::Place,
};
use crate::{
    actions::{
        decision::DecisionError,
        handover::{self, Claimant, HandoverError},
        search,
        viewing::{self, AtCounter},
    },
    db::{
        Conn, Db, applications, events,
        queue::{self, QueueItem, Wanted},
    },
    domain::{
        card::{Because, Check, Flaw, Handover},
        ids::{ApplicationId, ResidentId},
        nik::{DIGITS, Nik},
        person::FullName,
        receipt::{CheckCode, ReceiptNumber},
        status::Status,
    },
    render::{card_words, dates, desk, desk_words, status, words},
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
    /// What a search found, to choose from.
    found: Option<Vec<QueueItem>>,
    problem: Option<String>,
}

impl CounterPage {
    /// The field alone.
    fn empty(desk: Desk, form: Form) -> Self {
        Self { form, seen: None, found: None, problem: None, shell: desk.shell }
    }

    /// The field with what is wrong.
    fn refused(desk: Desk, mut form: Form, sentence: impl Into<String>) -> Response {
        form.reject("nomor", sentence);
        (StatusCode::UNPROCESSABLE_ENTITY, Self::empty(desk, form)).into_response()
    }

    /// Whether the form to hand the card over is shown; its first box has the focus then, and else the field in which is scanned.
    fn may_hand_over(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| seen.serves && seen.case.status.is_printed())
    }

    /// Whether this person was chosen, on a page that is shown again.
    fn is_chosen(&self, id: &ResidentId) -> bool {
        self.form.has("pengambil", &id.to_string())
    }
}

pub async fn get(desk: Desk, session: Session, State(db): State<Db>, RawQuery(query): RawQuery) -> WebResult {
    if let Some(address) = found::asked(query.as_deref()) {
        return again_found(desk, &session, &db, address).await;
    }
    let number = |name| parameter(query.as_deref(), name).map(|text| ReceiptNumber::parse(&text).map_err(|_| WebError::NotFound));
    let seen = match number("nomor").transpose()? {
        Some(number) => Some(viewing::see_at_counter(&db, &desk.on_duty, number, desk.now).await?.ok_or(WebError::NotFound)?),
        None => None,
    };
    Ok(CounterPage { form: Form::default(), seen, found: None, problem: None, shell: desk.shell }.into_response())
}

/// What a search of this session found, as it is now.
async fn again_found(desk: Desk, session: &Session, db: &Db, address: Uuid) -> WebResult {
    let mut page = CounterPage::empty(desk.clone(), Form::default());
    match found::open::<String>(session, db, address, desk.now).await? {
        Some(typed) => {
            page.found = Some(cards(&mut db.read().await?, &desk, &typed).await?);
            page.form = Form::with([("nomor", typed)]);
        }
        None => page.form.reject("nomor", desk_words::SEARCH_OVER),
    }
    Ok(page.into_response())
}

/// "Cari": what was typed stands in no address; a number that is one of this counter's does.
pub async fn post(desk: Desk, session: Session, State(db): State<Db>, form: Form) -> WebResult {
    let typed: String = form.value("nomor").trim().chars().take(search::LONGEST).collect();
    match Asked::read(&typed) {
        Asked::Code(code) => {
            let case = applications::by_check_code(&mut db.read().await?, code, desk.now).await?;
            by_number(desk, &db, case.and_then(|case| case.receipt_number), form).await
        }
        Asked::Number(number) => by_number(desk, &db, Some(number), form).await,
        Asked::Person => by_person(desk, &session, &db, &typed, form).await,
        Asked::Unreadable(sentence) => Ok(CounterPage::refused(desk, form, sentence)),
    }
}

/// The case with a number, if it is one of this counter's.
async fn by_number(desk: Desk, db: &Db, number: Option<ReceiptNumber>, form: Form) -> WebResult {
    if let Some(number) = number {
        let scope = desk.officer().scope();
        if applications::numbered_in_scope(&mut db.read().await?, &scope, number, desk.now).await?.is_some() {
            return Ok(Redirect::to(&paths::at_counter(number)).into_response());
        }
    }
    Ok(CounterPage::refused(desk, form, desk_words::NOT_HERE))
}

/// One card that was found is looked at; several are listed to choose from.
async fn by_person(desk: Desk, session: &Session, db: &Db, typed: &str, form: Form) -> WebResult {
    search::note(db, &desk.on_duty, typed, desk.now).await?;
    let found = cards(&mut db.read().await?, &desk, typed).await?;
    match found.as_slice() {
        [] if Nik::parse(typed).is_ok() => Ok(CounterPage::refused(desk, form, card_words::NIK_NOT_HERE)),
        [] => Ok(CounterPage::refused(desk, form, card_words::NONE_READY)),
        [one] => Ok(Redirect::to(&paths::at_counter(one.number)).into_response()),
        _ => {
            let address = found::keep(session, db, &typed, desk.now).await?;
            Ok(Redirect::to(&paths::found(paths::COUNTER, address)).into_response())
        }
    }
}

/// The cards of the person with this NIK, or those that are ready for somebody of that name. A NIK whose card is not ready leads
/// to its newest case, which says where it stands.
async fn cards(conn: &mut Conn, desk: &Desk, typed: &str) -> WebResult<Vec<QueueItem>> {
    let wanted = match Nik::parse(typed) {
        Ok(nik) => Wanted::Nik(nik),
        Err(_) => Wanted::Ready(typed.to_owned(), Place::read(conn, desk, None).await?.counter.code),
    };
    let mut found = queue::search(conn, &desk.officer().scope(), &wanted, desk.now).await?;
    if found.iter().any(|item| item.status.is_printed()) {
        found.retain(|item| item.status.is_printed());
    } else {
        found.truncate(1);
    }
    Ok(found)
}

/// What somebody typed or scanned at the counter.
enum Asked {
    /// What a scanner sends of a receipt.
    Code(CheckCode),
    /// A receipt's number.
    Number(ReceiptNumber),
    /// A NIK, or words of a name.
    Person,
    /// Nothing of these, and what to do about it.
    Unreadable(String),
}

impl Asked {
    fn read(typed: &str) -> Self {
        if let Some(code) = CheckCode::scanned(typed) {
            return Self::Code(code);
        }
        let error = match ReceiptNumber::parse(typed) {
            Ok(number) => return Self::Number(number),
            Err(error) => error,
        };
        let digits = typed.chars().filter(|sign| sign.is_numeric()).count();
        let signs = typed.chars().filter(|sign| sign.is_alphanumeric()).count();
        match Nik::parse(typed) {
            Ok(_) => Self::Person,
            Err(_) if typed.is_empty() => Self::Unreadable(desk_words::SEARCH_EMPTY.to_owned()),
            // What is scanned has other signs, too, on whatever keyboard.
            Err(_) if FullName::parse(typed).is_ok() => Self::Person,
            Err(_) if signs > DIGITS && signs > digits => Self::Unreadable(desk_words::SCAN_UNREADABLE.to_owned()),
            Err(nik) if digits > 8 => Self::Unreadable(words::nik(nik)),
            Err(_) => Self::Unreadable(words::receipt_number(error)),
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
    Ok((status, CounterPage { form, seen: Some(seen), found: None, problem, shell: desk.shell }).into_response())
}

/// Back to the counter, for the next one; what became of this card is told there.
pub async fn done(desk: &Desk, db: &Db, id: ApplicationId) -> WebResult {
    let mut conn = db.read().await?;
    let case = applications::in_scope(&mut conn, &desk.officer().scope(), id, desk.now).await?.ok_or(WebError::NotFound)?;
    let number = case.receipt_number.ok_or(WebError::NotFound)?;
    let last = case.history.last().ok_or(WebError::NotFound)?;
    let why = events::reasons(&mut conn, case.id).await?.remove(&last.fact);
    let sentence = match why {
        Some(Because::HandedTo(handover)) => Some(desk_words::handed_over(number, &handover, last.at)),
        Some(Because::Spoilt(_)) => {
            let has_moved = events::moved_since(&mut conn, case.id, last.fact).await?;
            case.appointment.as_ref().map(|place| card_words::back_to_print(number, place.starts_at, has_moved, desk.now))
        }
        _ if last.to == Status::SiapDiambil => case.appointment.map(|place| desk_words::offered(number, place.starts_at)),
        _ => None,
    };
    Ok(sentence.map_or_else(|| Redirect::to(paths::COUNTER).into_response(), |sentence| told::lead_to(paths::COUNTER, sentence)))
}
