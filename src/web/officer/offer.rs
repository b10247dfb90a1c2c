//! `/petugas/permohonan/{id}/jadwal`: another half hour for a card that nobody fetched.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::IntoResponse,
};
use time::{
    Date, OffsetDateTime,
    format_description::well_known::{Iso8601, Rfc3339},
};

use super::{
    Case, counter,
    desk::{Desk, DeskShell},
};
use crate::{
    actions::{
        appointment::{self, SlotError},
        decision, handover,
    },
    db::{Db, applications},
    domain::{application::Application, calendar::Slot, ids::ApplicationId, status::Status},
    render::{dates, words},
    web::{
        error::{WebError, WebResult},
        form::{Form, parameter},
        paths,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "officer/offer.html")]
struct OfferPage {
    shell: DeskShell,
    number: String,
    case: Application,
    /// Days with their free places.
    days: Vec<(Date, u32)>,
    day: Option<Date>,
    slots: Vec<Slot>,
    problem: Option<String>,
}

pub async fn get(desk: Desk, State(db): State<Db>, Case(id): Case, RawQuery(query): RawQuery) -> WebResult {
    let day = parameter(query.as_deref(), "tanggal");
    Ok(page(desk, &db, id, day.as_deref(), None).await?.into_response())
}

pub async fn post(desk: Desk, State(db): State<Db>, Case(id): Case, form: Form) -> WebResult {
    let day = Some(form.value("tanggal"));
    let Ok(starts_at) = OffsetDateTime::parse(form.value("jam"), &Rfc3339) else {
        let refused = page(desk, &db, id, day, Some(words::SLOT_EMPTY.to_owned())).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, refused).into_response());
    };
    match handover::offer(&db, &desk.on_duty, id, starts_at, desk.now).await {
        Ok(()) => counter::done(&desk, &db, id).await,
        Err(SlotError::NotFound) => Err(WebError::NotFound),
        Err(SlotError::NotOffered | SlotError::TooOften) => {
            let refused = page(desk, &db, id, day, Some(words::SLOT_EMPTY.to_owned())).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, refused).into_response())
        }
        Err(SlotError::Full(nearest)) => {
            let full = page(desk, &db, id, day, Some(words::slot_full(starts_at, &nearest))).await?;
            Ok((StatusCode::CONFLICT, full).into_response())
        }
        Err(SlotError::Db(error)) => Err(error.into()),
    }
}

async fn page(desk: Desk, db: &Db, id: ApplicationId, day: Option<&str>, problem: Option<String>) -> WebResult<OfferPage> {
    let mut conn = db.read().await?;
    let case = applications::in_scope(&mut conn, &desk.officer().scope(), id, desk.now).await?.ok_or(WebError::NotFound)?;
    let serves = decision::is_theirs(&mut conn, &desk.on_duty, &case).await?;
    if !serves || case.status != Status::TidakDiambil {
        return Err(WebError::NotFound);
    }
    let schedule = appointment::schedule(&mut conn, &case, desk.now).await?;
    let days = appointment::days(&schedule, case.status, desk.now);
    let (_, calendar) = schedule.counters.first().ok_or(WebError::NotFound)?;
    let days: Vec<(Date, u32)> =
        days.into_iter().filter(|day| !calendar.slots(*day).is_empty()).map(|day| (day, calendar.free(day))).collect();
    let wanted = day.and_then(|day| Date::parse(day, &Iso8601::DATE).ok());
    let known = wanted.filter(|wanted| days.iter().any(|(day, _)| day == wanted));
    let day = known.or_else(|| days.iter().find(|(_, free)| *free > 0).map(|(day, _)| *day));
    Ok(OfferPage {
        slots: day.map(|day| calendar.slots(day)).unwrap_or_default(),
        day,
        days,
        number: case.receipt_number.map(|number| number.to_string()).unwrap_or_default(),
        case,
        problem,
        shell: desk.shell,
    })
}

/// A half hour as the form sends it.
fn value(slot: &Slot) -> String {
    slot.starts_at.format(&Rfc3339).unwrap_or_default()
}
