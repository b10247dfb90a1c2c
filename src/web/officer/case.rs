//! `/petugas/permohonan/{id}`: a case on one screen, registry and answers beside the pages.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use time::OffsetDateTime;
use tower_sessions::Session;

use super::{
    Case,
    desk::{Desk, DeskShell},
    explain::{Open, Preview, explanation},
    filter::Filter,
    history::HistoryLine,
    numbers,
    viewer::{View, Viewer},
};
use crate::{
    actions::{
        decision::Decision,
        viewing::{self, SeenCase},
    },
    db::{
        Db,
        cases::{self, FreshDecision},
        leases::Lease,
    },
    domain::{
        application::Application,
        category::DocumentKind,
        event::Fault,
        ids::ApplicationId,
        message::Message,
        officer::{Family, Officer, Role},
        repeat::{Repeat, repeat},
        status::Status,
    },
    render::{
        case_words, dates,
        desk::{self, Age},
        desk_words, mail, status,
    },
    web::{
        error::{WebError, WebResult},
        form::{Form, parameter},
        paths,
    },
};

/// What the page shows besides the case: a form that is open, and what a post came to.
#[derive(Default)]
pub struct Again {
    pub open: Option<Open>,
    pub form: Form,
    /// The SMS that is about to be sent.
    pub preview: Option<Preview>,
    /// Whether that is asked for.
    pub shows_sms: bool,
    /// Whether the form was opened just now, so that typing begins in it.
    pub is_new: bool,
    /// What happened instead.
    pub problem: Option<String>,
    /// Whether NIK and KK number are shown in full.
    pub shows_numbers: bool,
}

/// A message to the citizen, and where it is sent again by whoever may.
struct MessageLine {
    message: Message,
    again: Option<String>,
}

impl MessageLine {
    fn all(seen: &SeenCase, serves: bool, now: OffsetDateTime) -> Vec<Self> {
        let (case, all) = (&seen.application, &seen.messages);
        let since = case.history.last().map_or(case.answered_at, |last| last.at);
        let line = |message: &Message| {
            let may = serves && repeat(message.id, all, case.status, since, now) == Repeat::Now;
            let again = may.then(|| paths::message_deed(paths::SEND_AGAIN, case.id, message.id));
            Self { again, message: message.clone() }
        };
        all.iter().map(line).collect()
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "officer/case.html")]
pub struct CasePage {
    shell: DeskShell,
    number: String,
    age: Option<Age>,
    lease: Option<Lease>,
    /// Whether whoever looks holds it.
    holds: bool,
    /// Whether they may take it, or why not.
    may_decide: bool,
    hindrance: Option<&'static str>,
    may_release: bool,
    /// The part of the queue that it was opened from.
    filter: Filter,
    /// What whoever looks may still take back.
    fresh: Vec<FreshDecision>,
    /// Where the card is handed over, for whoever serves there.
    at_counter: Option<String>,
    flags: Vec<String>,
    twins: Vec<(DocumentKind, String, String)>,
    documents: Vec<DocumentKind>,
    /// Who filed it.
    filed_by: Option<String>,
    /// Where "Tampilkan NIK" is sent, which leads back to the same view.
    numbers: String,
    history: Vec<HistoryLine>,
    messages: Vec<MessageLine>,
    viewer: Option<Viewer>,
    approval: Option<Preview>,
    again: Again,
    case: Application,
}

pub async fn get(desk: Desk, session: Session, State(db): State<Db>, Case(id): Case, RawQuery(query): RawQuery) -> WebResult {
    let asked = parameter(query.as_deref(), "buka").and_then(|code| Open::parse(&code));
    let again = Again {
        is_new: asked.is_some() && View::read(query.as_deref()).is_none() && desk.unsent.is_none(),
        open: asked.or_else(|| desk.unsent.as_ref().and_then(Open::of)),
        form: desk.form(),
        shows_sms: parameter(query.as_deref(), "sms").is_some(),
        shows_numbers: numbers::are_shown(&session, id, desk.now).await?,
        ..Again::default()
    };
    Ok(page(desk, &db, id, query.as_deref(), again).await?.into_response())
}

/// The picture of a stored page.
pub async fn picture(desk: Desk, State(db): State<Db>, super::StoredPage(id, page): super::StoredPage) -> WebResult<Response> {
    let picture = viewing::see_page(&db, &desk.on_duty, id, page, desk.now).await?.ok_or(WebError::NotFound)?;
    Ok(crate::web::picture::inert(picture))
}

/// The page of a case, also after a post that did not go through.
pub async fn page(desk: Desk, db: &Db, id: ApplicationId, query: Option<&str>, mut again: Again) -> WebResult<CasePage> {
    let seen = viewing::see_case(db, &desk.on_duty, id, desk.now).await?.ok_or(WebError::NotFound)?;
    let officer = desk.officer();
    let holds = seen.lease.as_ref().is_some_and(|lease| lease.officer == officer.id);
    let counter = seen.application.appointment.as_ref().map(|appointment| appointment.counter.code.clone());
    let serves = counter.as_ref().is_some_and(|counter| officer.works_at(counter));
    let is_waiting = seen.application.status == Status::Diajukan;
    let is_theirs = counter.as_ref().is_some_and(|counter| officer.may_decide(counter, seen.family));
    let may_decide = is_waiting && is_theirs;
    let at_counter = seen.application.receipt_number.filter(|_| is_theirs && seen.application.status.is_printed());
    if let Some(open) = again.open.filter(|_| again.shows_sms && is_waiting) {
        let why = explanation(&mut again.form, &seen.application, open);
        again.preview = why.and_then(|why| Preview::of(&open.decision(why), &seen.application, desk.now));
    }
    let fresh = cases::fresh_decisions(&mut db.read().await?, officer.id, desk.now).await?;
    let viewer = (officer.role != Role::Admin).then(|| Viewer::of(&seen.application, query)).flatten();
    Ok(CasePage {
        number: seen.application.receipt_number.map(|number| number.to_string()).unwrap_or_default(),
        age: is_waiting.then(|| desk::age(seen.application.sent_at(), desk.now, &seen.holidays)),
        holds,
        may_decide,
        hindrance: (is_waiting && !may_decide).then(|| hindrance(officer, seen.family)),
        at_counter: at_counter.map(paths::at_counter),
        may_release: officer.role == Role::Penyelia && seen.lease.is_some() && !holds,
        filter: Filter::read(query),
        fresh,
        flags: flags(&seen, desk.now, again.shows_numbers),
        twins: twins(&seen),
        documents: seen.application.documents.iter().map(|document| document.kind).collect(),
        history: HistoryLine::all(&seen),
        filed_by: seen.filer.as_ref().map(|filer| case_words::filed_by(filer, &seen.application.resident)),
        numbers: paths::with_query(&paths::case_deed(paths::NUMBERS, id), query),
        viewer,
        approval: Preview::of(&Decision::Approve, &seen.application, desk.now),
        again,
        messages: MessageLine::all(&seen, serves, desk.now),
        lease: seen.lease,
        case: seen.application,
        shell: desk.shell,
    })
}

/// Why whoever looks at a case that waits does not decide it.
fn hindrance(officer: &Officer, family: Family) -> &'static str {
    match (officer.role, family) {
        (Role::Petugas, Family::TheirOwn) => desk_words::OWN_FAMILY,
        (Role::Penyelia, Family::TheirOwn) => desk_words::OWN_FAMILY_OF_SUPERVISOR,
        _ => desk_words::ONLY_LOOKING,
    }
}

/// What is worth a second look, in words; never a refusal.
fn flags(seen: &SeenCase, now: OffsetDateTime, in_full: bool) -> Vec<String> {
    let case = &seen.application;
    let civil = case.civil();
    let mut flags = Vec::new();
    if let Some((letter, days)) =
        case.letter().and_then(|letter| Some((letter, letter.old(crate::domain::calendar::day_of(now))?)))
    {
        flags.push(desk_words::flag_letter(days, letter.date));
    }
    if seen.findings.losses >= crate::domain::limits::LOSSES {
        flags.push(desk_words::flag_losses(seen.findings.losses));
    }
    if seen.findings.families_of_phone > crate::domain::limits::FAMILIES_OF_PHONE {
        flags.push(desk_words::flag_phone(seen.findings.families_of_phone));
    }
    if *civil != case.resident.civil {
        let kelurahan = (case.kelurahan.as_str(), seen.moved_to.as_deref().unwrap_or_default());
        flags.push(case_words::changed(civil, &case.resident.civil, kelurahan, in_full));
    }
    if !civil.nik.tells_birth(civil.birth_date, civil.sex) {
        flags.push(desk_words::FLAG_BIRTH.to_owned());
    }
    flags
}

fn twins(seen: &SeenCase) -> Vec<(DocumentKind, String, String)> {
    let twins = seen.findings.twins.iter();
    twins.map(|twin| (twin.kind, twin.number.to_string(), paths::case(twin.application))).collect()
}

impl CasePage {
    /// Where something is done with the case, from this part of the queue.
    fn deed(&self, route: &str) -> String {
        self.filter.along(&paths::case_deed(route, self.case.id))
    }

    /// The case with something of it opened.
    fn opened(&self, parameters: impl AsRef<str>) -> String {
        self.filter.along(&format!("{}?{}", paths::case(self.case.id), parameters.as_ref()))
    }

    /// Whether a form of return or refusal stands on the page: one that is open, and can be sent or holds what was typed.
    fn open_form(&self) -> Option<Open> {
        let is_typed = !self.again.form.value("kata").is_empty();
        let can_be_sent = self.holds || self.lease.is_none() || is_typed;
        self.again.open.filter(|_| self.may_decide && can_be_sent)
    }
}
