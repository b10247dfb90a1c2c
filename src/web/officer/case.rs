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
    history::HistoryLine,
    numbers,
    viewer::Viewer,
};
use crate::{
    actions::{
        decision::Decision,
        viewing::{self, SeenCase},
    },
    db::{Db, leases::Lease},
    domain::{
        application::Application,
        category::DocumentKind,
        event::{Explanation, Fault},
        ids::ApplicationId,
        message::Message,
        officer::{Family, Role},
        repeat::{Repeat, repeat},
        status::Status,
    },
    render::{
        case_words, dates,
        desk::{self, Age},
        desk_words, mail, sms, status,
    },
    web::{
        error::{WebError, WebResult},
        form::{Form, parameter},
        paths,
    },
};

/// Which of the two forms is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    Return,
    Refuse,
}

impl Open {
    fn parse(code: &str) -> Option<Self> {
        match code {
            "kembali" => Some(Self::Return),
            "tolak" => Some(Self::Refuse),
            _ => None,
        }
    }

    /// The decision that an explanation is for.
    pub fn decision(self, why: Explanation) -> Decision {
        match self {
            Self::Return => Decision::Return(why),
            Self::Refuse => Decision::Refuse(why),
        }
    }
}

/// An SMS as it would be sent, and how long it is.
pub struct Preview {
    pub text: String,
    pub parts: usize,
    pub length: usize,
}

impl Preview {
    pub fn of(decision: &Decision, case: &Application, now: OffsetDateTime) -> Option<Self> {
        let text = sms::text(case.receipt_number?, &decision.notice(case, now)?);
        Some(Self { parts: sms::parts(&text), length: text.chars().count(), text })
    }
}

/// What a post adds to the page when it is shown again.
#[derive(Default)]
pub struct Again {
    pub open: Option<Open>,
    pub form: Form,
    pub preview: Option<Preview>,
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
    let open = parameter(query.as_deref(), "buka").and_then(|code| Open::parse(&code));
    let shows_numbers = numbers::are_shown(&session, id, desk.now).await?;
    let again = Again { open, shows_numbers, ..Again::default() };
    Ok(page(desk, &db, id, query.as_deref(), again).await?.into_response())
}

/// The picture of a stored page.
pub async fn picture(desk: Desk, State(db): State<Db>, super::StoredPage(id, page): super::StoredPage) -> WebResult<Response> {
    let picture = viewing::see_page(&db, &desk.on_duty, id, page, desk.now).await?.ok_or(WebError::NotFound)?;
    Ok(crate::web::picture::inert(picture))
}

/// The page of a case, also after a post that did not go through.
pub async fn page(desk: Desk, db: &Db, id: ApplicationId, query: Option<&str>, again: Again) -> WebResult<CasePage> {
    let seen = viewing::see_case(db, &desk.on_duty, id, desk.now).await?.ok_or(WebError::NotFound)?;
    let officer = desk.officer();
    let holds = seen.lease.as_ref().is_some_and(|lease| lease.officer == officer.id);
    let counter = seen.application.appointment.as_ref().map(|appointment| appointment.counter.code.clone());
    let serves = counter.as_ref().is_some_and(|counter| officer.works_at(counter));
    let is_waiting = seen.application.status == Status::Diajukan;
    let may_decide = is_waiting && counter.as_ref().is_some_and(|counter| officer.may_decide(counter, seen.family));
    let hindrance = match (is_waiting && !may_decide, officer.role, seen.family) {
        (false, ..) => None,
        (_, Role::Petugas, Family::TheirOwn) => Some(desk_words::OWN_FAMILY),
        (_, Role::Penyelia, Family::TheirOwn) => Some(desk_words::OWN_FAMILY_OF_SUPERVISOR),
        _ => Some(desk_words::ONLY_LOOKING),
    };
    let viewer = (officer.role != Role::Admin).then(|| Viewer::of(&seen.application, query)).flatten();
    Ok(CasePage {
        number: seen.application.receipt_number.map(|number| number.to_string()).unwrap_or_default(),
        age: seen.application.history.last().filter(|_| is_waiting).map(|last| desk::age(last.at, desk.now, &seen.holidays)),
        holds,
        may_decide,
        hindrance,
        may_release: officer.role == Role::Penyelia && seen.lease.is_some() && !holds,
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
