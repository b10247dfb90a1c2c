//! `/pencetakan-ktp-el/{id}/unggah`: one form a document; every file is stored the moment it is posted. Of a
//! returned application it shows the documents that an officer named, and sends it in again.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};

use super::{Address, at_page, came_from_check, load_own, onward};
use crate::{
    actions::{
        mending::{self, MendError},
        upload::{self, StoreError},
    },
    db::{Conn, Db, events, pages},
    domain::{
        application::{Application, StoredPage},
        category::DocumentKind,
        event::Fault,
        ids::ApplicationId,
        mending::Mending,
        upload::{MAX_PAGES, UploadRefusal},
        wizard::WizardPage,
    },
    render::{Given, dates, words},
    web::{
        error::{WebError, WebResult},
        form::{Form, parameter},
        paths,
        receive::{Received, Receiver},
        shell::{Shell, Visit},
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/upload.html")]
struct UploadPage {
    shell: Shell,
    application: Application,
    documents: Vec<Document>,
    /// What was just stored or removed.
    done: Option<String>,
    problem: Option<Problem>,
    /// Required documents without a page, in words.
    missing: Option<String>,
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

    fn problem_of(&self, kind: impl Given<DocumentKind>) -> Option<&Problem> {
        let kind = kind.given();
        self.problem.as_ref().filter(|problem| problem.kind == kind)
    }
}

/// What is wrong with a file, or with going on.
struct Problem {
    kind: DocumentKind,
    sentence: String,
    how: Option<&'static str>,
}

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address, RawQuery(query): RawQuery) -> WebResult {
    let query = query.as_deref();
    let returning = came_from_check(query);
    let told = |name: &str, ending: &str| {
        let kind = parameter(query, name).and_then(|code| DocumentKind::parse(&code))?;
        let page: usize = parameter(query, "halaman")?.parse().ok()?;
        Some(format!("{}, halaman {page}, {ending}.", kind.label()))
    };
    let done = told("tersimpan", "tersimpan").or_else(|| told("dihapus", "dihapus"));
    Ok(page(&db, visit, ids.application(), done, None, returning).await?.into_response())
}

/// "Lanjut": on to the schedule, unless a required document is missing; "Kirim perbaikan": back to the desk.
pub async fn post(visit: Visit, State(db): State<Db>, Address(ids): Address, form: Form) -> WebResult {
    let id = ids.application();
    let returning = form.value("kembali") == "konfirmasi";
    let (application, mending) = load_open(&mut db.read().await?, &visit, id).await?;
    let missing = if mending.is_some() {
        match mending::send_again(&db, &visit.citizen, id, visit.now).await {
            Ok(()) => return Ok(Redirect::to(&format!("{}?diperbaiki=1", paths::application(id))).into_response()),
            Err(MendError::NotFound) => return Err(WebError::NotFound),
            Err(MendError::NoPlace) => {
                return Ok(Redirect::to(&format!("{}?perbaikan=1", paths::wizard(WizardPage::Jadwal, id))).into_response());
            }
            Err(MendError::Db(error)) => return Err(error.into()),
            Err(MendError::Missing(missing)) => missing,
        }
    } else {
        application.missing()
    };
    let Some(first) = missing.first() else {
        return Ok(Redirect::to(&onward(WizardPage::Jadwal, id, returning)).into_response());
    };
    let problem = Problem { kind: *first, sentence: words::upload_missing(&missing), how: None };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&db, visit, id, None, Some(problem), returning).await?).into_response())
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

/// "Upload": the file goes to disk while the phone sends it, through the intake, and into the database.
pub async fn receive(
    visit: Visit,
    State(db): State<Db>,
    receiver: Receiver,
    Address(ids): Address,
    RawQuery(query): RawQuery,
    request: Request,
) -> WebResult {
    let id = ids.application();
    let kind = ids.kind()?;
    let returning = came_from_check(query.as_deref());
    // Looked at before the body is read, and the connection given back: nobody sends ten megabytes in vain.
    let (before, mending) = load_open(&mut db.read().await?, &visit, id).await?;
    let is_named = mending.as_ref().is_none_or(|mending| mending.why.fault_of(kind).is_some());
    if !is_named || !before.category.is_some_and(|category| category.documents().any(|known| known == kind)) {
        return Err(WebError::NotFound);
    }
    let (status, sentence, how) = match receiver.receive(request, visit.citizen.id(), &db).await? {
        Received::Pages { images, fingerprint } => {
            match upload::store(&db, &visit.citizen, id, kind, &images, &fingerprint, visit.now).await {
                Ok(last) => {
                    return Ok(Redirect::to(&paths::upload_done(id, "tersimpan", kind, last, returning)).into_response());
                }
                Err(StoreError::NotFound) => return Err(WebError::NotFound),
                Err(StoreError::Full(stored)) => (StatusCode::UNPROCESSABLE_ENTITY, words::document_full(kind, stored), None),
                Err(StoreError::Twice(number)) => (StatusCode::UNPROCESSABLE_ENTITY, words::upload_twice(number), None),
                Err(StoreError::Db(error)) => return Err(error.into()),
            }
        }
        Received::Nothing => (StatusCode::UNPROCESSABLE_ENTITY, words::UPLOAD_NONE.to_owned(), None),
        Received::Refused { refusal, file } => {
            let too_large = matches!(refusal, UploadRefusal::TooLarge { .. });
            let status = if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
            (status, words::upload(&refusal, &file), matches!(refusal, UploadRefusal::Heic).then_some(words::HEIC_HOW))
        }
    };
    let problem = Problem { kind, sentence, how };
    Ok((status, page(&db, visit, id, None, Some(problem), returning).await?).into_response())
}

/// "Hapus": acts at once.
pub async fn remove(visit: Visit, State(db): State<Db>, Address(ids): Address, form: Form) -> WebResult<Redirect> {
    let id = ids.application();
    let returning = form.value("kembali") == "konfirmasi";
    if let Some((kind, number)) = upload::remove(&db, &visit.citizen, id, ids.page()?, visit.now).await? {
        return Ok(Redirect::to(&paths::upload_done(id, "dihapus", kind, number, returning)));
    }
    // Gone already: removed by the first of two presses, unless there is no such draft at all.
    load_open(&mut db.read().await?, &visit, id).await?;
    Ok(Redirect::to(&paths::wizard(WizardPage::Unggah, id)))
}

async fn page(
    db: &Db,
    visit: Visit,
    id: ApplicationId,
    done: Option<String>,
    problem: Option<Problem>,
    returning: bool,
) -> WebResult<UploadPage> {
    let mut conn = db.read().await?;
    let (application, mending) = load_open(&mut conn, &visit, id).await?;
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
    let before = if returning { WizardPage::Konfirmasi } else { WizardPage::Dokumen };
    let back = if mending.is_some() { paths::application(id) } else { paths::wizard(before, id) };
    Ok(UploadPage { shell: visit.shell, application, documents, done, problem, missing, back, returning, mending })
}
