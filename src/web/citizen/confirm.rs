//! `/pencetakan-ktp-el/{id}/konfirmasi`: everything once more, and "Ya".

use askama::Template;
use askama_web::WebTemplate;
use axum::{extract::State, http::StatusCode, response::IntoResponse};

use super::{Address, load, load_draft};
use crate::{
    actions::submission::{self, SubmitError},
    db::Db,
    domain::{
        application::{Application, Claim},
        calendar::day_of,
        wizard::WizardPage,
    },
    render::{dates, words},
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths,
        shell::{Shell, Visit},
        told,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    draft: Application,
    problem: Option<Problem>,
    /// The warning about an old letter.
    old_letter: Option<String>,
    /// What "Ya" leaves out.
    left_out: Option<String>,
}

/// Why nothing was sent, or can be.
enum Problem {
    /// Somebody else was faster: there is nothing left to send.
    Overtaken(String),
    /// The half hour is gone.
    Full(String),
    /// Answers were changed on another page.
    Changed,
}

impl ConfirmPage {
    fn of(visit: Visit, draft: Application, problem: Option<Problem>) -> Self {
        let overtaken = |since| Problem::Overtaken(words::overtaken(draft.civil().name.as_str(), day_of(since)));
        let problem = problem.or_else(|| draft.overtaken_since.map(overtaken));
        let old_letter = draft.letter().and_then(|letter| letter.old(day_of(visit.now))).map(words::letter_old);
        let left_out = words::left_out(&draft.leaves_out());
        Self { shell: visit.shell, problem, old_letter, left_out, draft }
    }

    fn is_overtaken(&self) -> bool {
        matches!(self.problem, Some(Problem::Overtaken(_)))
    }
}

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let draft = load_draft(&mut db.read().await?, &visit, ids.application(), WizardPage::Konfirmasi).await?;
    Ok(ConfirmPage::of(visit, draft, None).into_response())
}

pub async fn post(visit: Visit, State(db): State<Db>, Address(ids): Address, form: Form) -> WebResult {
    let id = ids.application();
    let shown = Some(form.value("versi")).filter(|version| !version.is_empty());
    let problem = match submission::submit(&db, &visit.citizen, id, shown, visit.now).await {
        Ok(now) => {
            let sent = load(&mut db.read().await?, &visit, id).await?;
            let sentence = if now { words::sent(&sent) } else { words::sent_before(&sent) };
            return Ok(told::lead_to(&paths::application(id), sentence));
        }
        Err(SubmitError::NotFound) => return Err(WebError::NotFound),
        Err(SubmitError::Incomplete(page)) => return Err(WebError::Elsewhere(paths::wizard(page, id))),
        Err(SubmitError::Db(error)) => return Err(error.into()),
        Err(other) => other,
    };
    // Shown as it is now; what another page took away leads to the page that asks for it.
    let mut conn = db.read().await?;
    let draft = match problem {
        SubmitError::Changed => load_draft(&mut conn, &visit, id, WizardPage::Konfirmasi).await?,
        _ => load(&mut conn, &visit, id).await?,
    };
    drop(conn);
    let wish = draft.appointment.as_ref().map(|appointment| appointment.starts_at);
    let problem = match (problem, wish) {
        (SubmitError::Open(since), _) => Problem::Overtaken(words::open_exists(draft.civil().name.as_str(), since)),
        (SubmitError::Changed, _) => Problem::Changed,
        (SubmitError::Full(nearest), Some(wish)) => Problem::Full(words::slot_lost(wish, &nearest)),
        (SubmitError::NotOffered(nearest), Some(wish)) => Problem::Full(words::slot_gone(wish, &nearest)),
        _ => Problem::Full(words::SLOT_EMPTY.to_owned()),
    };
    Ok((StatusCode::CONFLICT, ConfirmPage::of(visit, draft, Some(problem))).into_response())
}
