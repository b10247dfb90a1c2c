//! Cancelling an application, and removing a draft: asked first, then done.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};

use super::{Address, load, load_own};
use crate::{
    actions::{
        draft,
        submission::{self, CancelError},
    },
    db::Db,
    domain::{application::Application, status::Status},
    render::words,
    web::{
        error::{WebError, WebResult},
        paths,
        shell::{Shell, Visit},
        told,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/cancel.html")]
struct CancelPage {
    shell: Shell,
    application: Application,
    /// The number, or nothing for a draft.
    number: Option<String>,
    /// It is too late.
    late: bool,
}

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let application = load_own(&mut db.read().await?, &visit, ids.application()).await?;
    if !application.status.is_open() {
        return Err(WebError::Elsewhere(paths::application(application.id)));
    }
    let late = !application.status.may_cancel();
    let status = if late { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok((status, page(visit.shell, application, late)).into_response())
}

pub async fn post(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let id = ids.application();
    match submission::cancel(&db, &visit.citizen, id, visit.now).await {
        Ok(()) => {
            let cancelled = load(&mut db.read().await?, &visit, id).await?;
            Ok(told::lead_to(&paths::application(id), words::cancelled(&cancelled)))
        }
        Err(CancelError::NotFound) => Err(WebError::NotFound),
        Err(CancelError::Late(application)) => Ok((StatusCode::CONFLICT, page(visit.shell, *application, true)).into_response()),
        Err(CancelError::Db(error)) => Err(error.into()),
    }
}

pub async fn ask_discard(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let application = load_own(&mut db.read().await?, &visit, ids.application()).await?;
    if application.status != Status::Draf {
        return Err(WebError::Elsewhere(paths::application(application.id)));
    }
    Ok(page(visit.shell, application, false).into_response())
}

pub async fn discard(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let removed = draft::remove(&db, &visit.citizen, ids.application()).await?;
    if !removed {
        // Removed by the first of two presses, or sent meanwhile, or never ours.
        let known = load(&mut db.read().await?, &visit, ids.application()).await;
        let to = known.map_or(paths::SERVICE.to_owned(), |application| paths::application(application.id));
        return Ok(Redirect::to(&to).into_response());
    }
    Ok(told::lead_to(paths::SERVICE, words::DISCARDED))
}

fn page(shell: Shell, application: Application, late: bool) -> CancelPage {
    let number = application.receipt_number.map(|number| number.to_string());
    CancelPage { shell, application, number, late }
}
