//! `/cek-status`: steps and dates of an application, without an account and without a name.

use askama::Template;
use askama_web::WebTemplate;
use axum::{extract::State, http::StatusCode, response::IntoResponse};

use crate::{
    adapters::clock::{Beat, Clock},
    db::{Db, applications, schedule, wrong_answers},
    domain::{application::Application, calendar::day_of, limits, receipt::ReceiptNumber, status::Status, typed_date},
    render::{
        dates,
        status::{self, Mark, TimelineStep},
        words,
    },
    web::{
        error::{WebResult, too_many},
        form::Form,
        paths,
        shell::Shell,
    },
};

#[derive(Template, WebTemplate)]
#[template(path = "public/track.html")]
struct TrackPage {
    shell: Shell,
    form: Form,
    refusal: Option<String>,
    found: Option<Found>,
}

struct Found {
    number: String,
    status: Status,
    /// What the status is called now.
    label: &'static str,
    next: String,
    timeline: Vec<TimelineStep>,
    appointment: Option<String>,
}

pub async fn get(shell: Shell) -> impl IntoResponse {
    TrackPage { shell, form: Form::default(), refusal: None, found: None }
}

pub async fn post(shell: Shell, State(db): State<Db>, State(clock): State<Clock>, mut form: Form) -> WebResult {
    let (now, beat) = (clock.now(), Beat::begin());
    let number = form.read("nomor", ReceiptNumber::parse, words::receipt_number);
    let typed = form.value("lahir").to_owned();
    let born =
        form.read("lahir", |text| typed_date::parse_past(text, day_of(now)), |error| words::date("tanggal lahir", &typed, error));
    let Some((number, born)) = number.zip(born) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, TrackPage { shell, form, refusal: None, found: None }).into_response());
    };
    let attempt = match wrong_answers::attempt(&db, &[(limits::TRACKING, &number.to_string())], now).await? {
        Ok(attempt) => attempt,
        Err(next) => {
            let refusal = Some(words::too_many(next));
            return Ok(too_many(TrackPage { shell, form, refusal, found: None }, next, now));
        }
    };
    let mut conn = db.read().await?;
    let known = applications::by_receipt(&mut conn, number, now).await?;
    let holidays = schedule::holidays(&mut conn).await?;
    drop(conn);
    let Some(application) = known.filter(|application| application.civil().birth_date == born) else {
        // An unknown number is found out sooner than a wrong date; the answer leaves at the same time.
        wrong_answers::confirm(&mut db.read().await?, attempt).await?;
        beat.end().await;
        let refusal = Some(words::TRACK_UNKNOWN.to_owned());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, TrackPage { shell, form, refusal, found: None }).into_response());
    };
    wrong_answers::take_back(&mut db.read().await?, attempt).await?;
    let found = Found {
        number: number.to_string(),
        status: application.status,
        label: status::label(&application),
        next: status::next(&application, &holidays),
        timeline: status::timeline(&application),
        appointment: appointment(&application),
    };
    Ok(TrackPage { shell, form, refusal: None, found: Some(found) }.into_response())
}

/// When and where the card is fetched.
fn appointment(application: &Application) -> Option<String> {
    let appointment = application.pickup()?;
    Some(format!("{}, {}", dates::appointment(appointment.starts_at), appointment.counter.name()))
}
