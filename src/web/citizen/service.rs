//! `/pencetakan-ktp-el`: the citizen's applications, their status and next step.

use askama::Template;
use askama_web::WebTemplate;
use axum::{extract::State, response::IntoResponse};

use crate::{
    db::{Db, applications, schedule},
    domain::{application::Application, status::Status, wizard},
    render::status,
    web::{
        error::WebResult,
        paths,
        shell::{Shell, Visit},
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/service.html")]
struct ServicePage {
    shell: Shell,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    status: Status,
    /// What the status is called now.
    label: &'static str,
    category: &'static str,
    number: Option<String>,
    /// Whose turn it is.
    turn: Option<&'static str>,
    next: String,
    address: String,
    /// Where a draft goes on, if it can still be sent.
    resume: Option<String>,
}

pub async fn get(visit: Visit, State(db): State<Db>) -> WebResult {
    let mut conn = db.read().await?;
    let applications = applications::list(&mut conn, visit.citizen.reader(), visit.now).await?;
    let holidays = schedule::holidays(&mut conn).await?;
    let line = |application: &Application| Line {
        name: application.civil().name.as_str().to_owned(),
        status: application.status,
        label: status::label(application),
        category: application.category.map_or("Alasan belum dipilih", crate::domain::category::Category::label),
        number: application.receipt_number.map(|number| number.to_string()),
        turn: status::turn(application.status).filter(|_| application.overtaken_since.is_none()),
        next: status::next(application, &holidays, visit.now),
        address: paths::application(application.id),
        resume: (application.status == Status::Draf && application.overtaken_since.is_none())
            .then(|| paths::wizard(wizard::furthest(application), application.id)),
    };
    let lines = applications.iter().map(line).collect();
    Ok(ServicePage { shell: visit.shell, lines }.into_response())
}
