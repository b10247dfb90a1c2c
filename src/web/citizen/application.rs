//! `/pencetakan-ktp-el/{id}`: one application, where "Ya" leads.

use askama::Template;
use askama_web::WebTemplate;
use axum::{extract::State, response::IntoResponse};

use super::{Address, load};
use crate::{
    db::{Db, events, schedule},
    domain::{
        application::{Application, Appointment},
        card::Because,
        category::DocumentKind,
        event::{Explanation, Fault},
        mending::Mending,
        status::Status,
        wizard,
    },
    render::{
        dates,
        status::{self, Mark, TimelineStep},
        words,
    },
    web::{
        error::WebResult,
        paths,
        shell::{Shell, Visit},
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/application.html")]
struct ApplicationPage {
    shell: Shell,
    application: Application,
    number: String,
    next: String,
    timeline: Vec<TimelineStep>,
    /// When and where the card is fetched.
    pickup: Option<Appointment>,
    /// The same for the time line.
    appointment: Option<String>,
    /// Whether the reader filed it and so may change it.
    own: bool,
    collector: String,
    /// What is to be mended, of a returned application, document by document.
    mending: Option<Mending>,
    returned: Vec<Returned>,
    /// Why it was refused.
    refusal: Option<Explanation>,
}

/// A document that an officer named.
struct Returned {
    kind: DocumentKind,
    fault: &'static str,
    /// Whether something new has arrived.
    is_mended: bool,
}

impl Returned {
    fn list(mending: &Mending, application: &Application) -> Vec<Self> {
        let returned = |(kind, fault): &(DocumentKind, Fault)| Self {
            kind: *kind,
            fault: fault.label(),
            is_mended: mending.is_mended(application, *kind),
        };
        mending.why.faults.iter().map(returned).collect()
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "citizen/draft.html")]
struct DraftPage {
    shell: Shell,
    draft: Application,
    next: String,
    resume: String,
}

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let mut conn = db.read().await?;
    let application = load(&mut conn, &visit, ids.application()).await?;
    let holidays = schedule::holidays(&mut conn).await?;
    let mending = events::mending(&mut conn, &application).await?.filter(|mending| mending.is_open(visit.now));
    let refusal = match application.history.last() {
        Some(last) if application.status == Status::Ditolak => {
            match events::reasons(&mut conn, application.id).await?.remove(&last.fact) {
                Some(Because::Faults(why)) => Some(why),
                _ => None,
            }
        }
        _ => None,
    };
    drop(conn);
    let next = status::next(&application, &holidays, visit.now);
    if application.status == Status::Draf {
        let resume = paths::wizard(wizard::furthest(&application), application.id);
        return Ok(DraftPage { shell: visit.shell, draft: application, next, resume }.into_response());
    }
    let pickup = application.pickup().cloned();
    let page = ApplicationPage {
        number: application.receipt_number.map(|number| number.to_string()).unwrap_or_default(),
        next,
        timeline: status::timeline(&application),
        appointment: pickup.as_ref().map(|appointment| dates::appointment(appointment.starts_at)),
        pickup,
        own: application.account == visit.citizen.id(),
        collector: words::collector(application.civil().name.as_str()),
        returned: mending.as_ref().map(|mending| Returned::list(mending, &application)).unwrap_or_default(),
        mending,
        refusal,
        shell: visit.shell,
        application,
    };
    Ok(page.into_response())
}
