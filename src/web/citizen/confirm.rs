//! `/pencetakan-ktp-el/{id}/konfirmasi`: everything once more, and "Ya".

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};

use super::{Address, load, load_draft};
use crate::{
    actions::submission::{self, SubmitError},
    db::Db,
    domain::{
        application::{Application, Claim},
        wizard::WizardPage,
    },
    render::{dates, words},
    web::{
        error::{WebError, WebResult},
        paths,
        shell::{Shell, Visit},
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    draft: Application,
    problem: Option<String>,
    /// Somebody else was faster: there is nothing left to send.
    overtaken: bool,
}

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let draft = load_draft(&mut db.read().await?, &visit, ids.application(), WizardPage::Konfirmasi).await?;
    Ok(ConfirmPage { shell: visit.shell, draft, problem: None, overtaken: false }.into_response())
}

pub async fn post(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let id = ids.application();
    let problem = match submission::submit(&db, &visit.citizen, id, visit.now).await {
        Ok(now) => {
            let told = if now { "terkirim" } else { "lagi" };
            return Ok(Redirect::to(&format!("{}?{told}=1", paths::application(id))).into_response());
        }
        Err(SubmitError::NotFound) => return Err(WebError::NotFound),
        Err(SubmitError::Incomplete(page)) => return Err(WebError::Elsewhere(paths::wizard(page, id))),
        Err(SubmitError::Db(error)) => return Err(error.into()),
        Err(other) => other,
    };
    let draft = load(&mut db.read().await?, &visit, id).await?;
    let wish = draft.appointment.as_ref().map(|appointment| appointment.starts_at);
    let sentence = match (&problem, wish) {
        (SubmitError::Open(since), _) => words::open_exists(draft.civil().name.as_str(), *since),
        (SubmitError::Full(nearest), Some(wish)) => words::slot_lost(wish, nearest),
        _ => words::SLOT_EMPTY.to_owned(),
    };
    let overtaken = matches!(problem, SubmitError::Open(_));
    Ok((StatusCode::CONFLICT, ConfirmPage { shell: visit.shell, draft, problem: Some(sentence), overtaken }).into_response())
}
