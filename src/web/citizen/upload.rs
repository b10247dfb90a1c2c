//! `/pencetakan-ktp-el/{id}/unggah`: one form for all documents, whose buttons all store every file that was chosen. Of a
//! returned application it shows the documents that an officer named, and sends it in again.

mod sent;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Extension,
    extract::{RawQuery, Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};

use self::sent::{Done, Pressed, Problem, Sent};
use super::{Address, at_page, came_from_check, load_own, onward};
use crate::{
    actions::{
        mending::{self, MendError},
        upload,
    },
    adapters::clock::Clock,
    db::{Conn, Db, events, pages},
    domain::{
        application::{Application, StoredPage},
        calendar::day_of,
        category::DocumentKind,
        event::Fault,
        ids::ApplicationId,
        mending::Mending,
        upload::MAX_PAGES,
        wizard::WizardPage,
    },
    render::{Given, dates, words},
    web::{
        error::{WebError, WebResult},
        form::is_form,
        paths,
        receive::Receiver,
        shell::{Shell, Visit},
        told,
        unsent::MovedOn,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/upload.html")]
struct UploadPage {
    shell: Shell,
    application: Application,
    documents: Vec<Document>,
    /// What was just stored or removed.
    done: Vec<Done>,
    problems: Vec<Problem>,
    /// Required documents without a page, in words.
    missing: Option<String>,
    /// The warning about an old letter.
    old_letter: Option<String>,
    back: String,
    returning: bool,
    /// What is to be mended, of a returned application.
    mending: Option<Mending>,
}

struct Document {
    kind: DocumentKind,
    required: bool,
    pages: Vec<StoredPage>,
    /// What is wrong with it, if it was returned and nothing new has arrived.
    fault: Option<&'static str>,
}

impl UploadPage {
    /// Whether a page was there when the application was returned.
    fn is_kept(&self, page: &StoredPage) -> bool {
        self.mending.as_ref().is_some_and(|mending| page.received_at <= mending.returned_at)
    }

    fn replaces(&self, kind: impl Given<DocumentKind>) -> bool {
        let kind = kind.given();
        self.mending.as_ref().is_some_and(|mending| mending.replaces(kind))
    }

    /// What is wrong with files for a document.
    fn problems_of(&self, kind: impl Given<DocumentKind>) -> Vec<&Problem> {
        let kind = kind.given();
        self.problems.iter().filter(|problem| problem.kind == Some(kind)).collect()
    }

    /// What was just done to a document, and whether it is the first one of the page, which takes the focus.
    fn done_to(&self, kind: impl Given<DocumentKind>) -> Vec<(&Done, bool)> {
        let kind = kind.given();
        let takes_focus = |place| place == 0 && self.problems.is_empty();
        let done = self.done.iter().enumerate().map(|(place, done)| (done, takes_focus(place)));
        done.filter(|(done, _)| done.kind == kind).collect()
    }
}

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address, RawQuery(query): RawQuery) -> WebResult {
    let query = query.as_deref();
    let (done, returning) = (Done::read(query), came_from_check(query));
    Ok(page(&db, visit, ids.application(), done, Vec::new(), returning).await?.into_response())
}

/// "Upload", "Hapus", "Lanjut", "Kirim perbaikan": every file goes to disk while the phone sends it, through the intake and into
/// the database; then what was pressed is done, unless a file was refused.
pub async fn post(
    mut visit: Visit,
    State(db): State<Db>,
    State(clock): State<Clock>,
    receiver: Receiver,
    Address(ids): Address,
    request: Request,
) -> WebResult {
    let has_files = !is_form(request.headers());
    match take(&mut visit, &db, &clock, &receiver, ids.application(), request).await {
        // Sent, or given another category, from another page meanwhile: what came for this one has no place any more.
        Err(WebError::Elsewhere(to)) if has_files => Ok((Extension(MovedOn), Redirect::to(&to)).into_response()),
        answer => answer,
    }
}

async fn take(visit: &mut Visit, db: &Db, clock: &Clock, receiver: &Receiver, id: ApplicationId, request: Request) -> WebResult {
    // Looked at before the body is read, and the connection given back: nobody sends ten megabytes in vain.
    load_open(&mut db.read().await?, visit, id).await?;
    let uri = request.uri().clone();
    let mut sent = Sent::read(receiver, db, clock, visit, id, request).await?;
    visit.go_on(db, clock, &uri).await?;
    match sent.pressed {
        _ if sent.is_broken => {}
        Pressed::Upload(kind) => sent.complain_of_nothing(kind),
        Pressed::Remove(page) => {
            if let Some((kind, number)) = upload::remove(db, &visit.citizen, id, page, visit.now).await? {
                sent.done.push(Done { kind, number, is_removed: true });
            }
        }
        Pressed::Onward if sent.problems.is_empty() => return go_on(db, visit.clone(), id, sent).await,
        Pressed::Onward => {}
    }
    if sent.problems.is_empty() {
        return Ok(Redirect::to(&paths::upload_done(id, &sent.done_codes(), sent.returning)).into_response());
    }
    let (status, returning) = (sent.status(), sent.returning);
    Ok((status, page(db, visit.clone(), id, sent.done, sent.problems, returning).await?).into_response())
}

/// "Lanjut": on to the schedule, unless a required document is missing; "Kirim perbaikan": back to the desk.
async fn go_on(db: &Db, visit: Visit, id: ApplicationId, sent: Sent) -> WebResult {
    let (application, mending) = load_open(&mut db.read().await?, &visit, id).await?;
    let missing = if mending.is_some() {
        match mending::send_again(db, &visit.citizen, id, visit.now).await {
            Ok(()) => return Ok(told::lead_to(&paths::application(id), words::MENDED)),
            Err(MendError::NotFound) => return Err(WebError::NotFound),
            Err(MendError::NoPlace) => {
                return Ok(told::lead_to(&paths::wizard(WizardPage::Jadwal, id), words::PLACE_GIVEN_UP));
            }
            Err(MendError::Db(error)) => return Err(error.into()),
            Err(MendError::Missing(missing)) => missing,
        }
    } else {
        application.missing()
    };
    let Some(first) = missing.first() else {
        return Ok(Redirect::to(&onward(WizardPage::Jadwal, id, sent.returning)).into_response());
    };
    let problem = Problem { kind: Some(*first), sentence: words::upload_missing(&missing), how: None };
    let refused = page(db, visit, id, sent.done, vec![problem], sent.returning).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, refused).into_response())
}

/// A draft at its upload page, or a returned application while it can be mended.
async fn load_open(conn: &mut Conn, visit: &Visit, id: ApplicationId) -> WebResult<(Application, Option<Mending>)> {
    let application = load_own(conn, visit, id).await?;
    let mending = events::mending(conn, &application).await?.filter(|mending| mending.is_open(visit.now));
    if mending.is_some() {
        return Ok((application, mending));
    }
    Ok((at_page(application, WizardPage::Unggah)?, None))
}

async fn page(
    db: &Db,
    visit: Visit,
    id: ApplicationId,
    done: Vec<Done>,
    problems: Vec<Problem>,
    returning: bool,
) -> WebResult<UploadPage> {
    let mut conn = db.read().await?;
    let (application, mending) = load_open(&mut conn, &visit, id).await?;
    let done = done.into_iter().filter(|done| done.is_removed || done.number <= application.pages(done.kind)).collect();
    let stored = pages::list(&mut conn, id).await?;
    let category = application.category.ok_or(WebError::NotFound)?;
    let fault = |kind| {
        let returned = mending.as_ref().filter(|mending| !mending.is_mended(&application, kind))?;
        returned.why.fault_of(kind).map(Fault::label)
    };
    let document = |kind| Document {
        kind,
        required: category.required().contains(&kind),
        pages: stored.iter().filter(|page| page.kind == kind).cloned().collect(),
        fault: fault(kind),
    };
    let is_shown = |kind: &DocumentKind| mending.as_ref().is_none_or(|mending| mending.why.fault_of(*kind).is_some());
    let documents = category.documents().filter(is_shown).map(document).collect();
    let missing = mending.as_ref().map_or_else(|| application.missing(), |mending| mending.missing(&application));
    let missing = Some(missing).filter(|missing| !missing.is_empty()).map(|missing| words::upload_missing(&missing));
    let old_letter = application.letter().and_then(|letter| letter.old(day_of(visit.now))).map(words::letter_old);
    let old_letter = old_letter.filter(|_| mending.is_none());
    let before = if returning { WizardPage::Konfirmasi } else { WizardPage::Dokumen };
    let back = if mending.is_some() { paths::application(id) } else { paths::wizard(before, id) };
    Ok(UploadPage { shell: visit.shell, application, documents, done, problems, missing, old_letter, back, returning, mending })
}
