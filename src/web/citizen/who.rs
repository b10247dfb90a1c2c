//! `/pencetakan-ktp-el/tambah`: for whom is the card? The people on the citizen's family card.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use uuid::Uuid;

use crate::{
    actions::draft::{self, BeginError},
    db::{Db, applications, residents, residents::FamilyMember},
    domain::{calendar::day_of, ids::ResidentId, resident::Hindrance, wizard},
    render::words,
    web::{
        error::{WebError, WebResult},
        form::Form,
        paths,
        shell::{Shell, Visit},
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "citizen/who.html")]
struct WhoPage {
    shell: Shell,
    people: Vec<Person>,
    /// Why the person just chosen cannot be.
    refusal: Option<String>,
    /// Somebody here needs a first card, which is made at a counter.
    first_card: bool,
}

struct Person {
    id: ResidentId,
    nik: String,
    name: String,
    /// Why not, if not.
    hindrance: Option<String>,
    /// The application in progress, where this citizen may see it.
    open: Option<String>,
}

pub async fn get(visit: Visit, State(db): State<Db>) -> WebResult {
    Ok(page(&db, visit, None).await?.into_response())
}

pub async fn post(visit: Visit, State(db): State<Db>, form: Form) -> WebResult {
    let chosen = Uuid::parse_str(form.value("penduduk")).map_err(|_| WebError::NotFound)?;
    match draft::begin(&db, &visit.citizen, chosen.into(), visit.now).await {
        Ok(id) => {
            let draft = applications::find(&mut db.read().await?, visit.citizen.reader(), id, visit.now).await?;
            let furthest = draft.as_ref().map(wizard::furthest).ok_or(WebError::NotFound)?;
            Ok(Redirect::to(&paths::wizard(furthest, id)).into_response())
        }
        Err(BeginError::Stranger) => Err(WebError::NotFound),
        Err(BeginError::Hindered(hindrance)) => refuse(&db, visit, words::hindrance(hindrance).to_owned()).await,
        Err(BeginError::Open(case)) => refuse(&db, visit, words::in_progress(day_of(case.since))).await,
        Err(BeginError::Db(error)) => Err(error.into()),
    }
}

async fn refuse(db: &Db, visit: Visit, sentence: String) -> WebResult {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(db, visit, Some(sentence)).await?).into_response())
}

async fn page(db: &Db, visit: Visit, refusal: Option<String>) -> WebResult<WhoPage> {
    let family = residents::family(&mut db.read().await?, &visit.citizen.resident().civil.kk_number).await?;
    let today = day_of(visit.now);
    let first_card = family.iter().any(|member| member.resident.hindrance(today) == Some(Hindrance::Unrecorded));
    let people = family.into_iter().map(|member| person(member, &visit)).collect();
    Ok(WhoPage { shell: visit.shell, people, refusal, first_card })
}

fn person(member: FamilyMember, visit: &Visit) -> Person {
    let FamilyMember { resident, open } = member;
    let hindrance = resident.hindrance(day_of(visit.now)).map(|hindrance| words::hindrance(hindrance).to_owned());
    let in_progress = open.as_ref().map(|case| words::in_progress(day_of(case.since)));
    let readable = open.filter(|case| case.account == visit.citizen.id() || resident.id == visit.citizen.resident().id);
    Person {
        id: resident.id,
        nik: resident.civil.nik.as_str().to_owned(),
        name: resident.civil.name.as_str().to_owned(),
        hindrance: in_progress.or(hindrance),
        open: readable.map(|case| paths::application(case.application)),
    }
}
