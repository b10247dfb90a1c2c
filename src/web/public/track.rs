//! `/cek-status`: steps and dates of an application, without an account and without a name.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use time::Duration;
use tower_sessions::Session;
use uuid::Uuid;

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
        error::{WebError, WebResult, too_many},
        form::{Form, parameter},
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

/// Under this key a session keeps what was found last: the random part of its address, the receipt number, and until when.
const FOUND: &str = "pelacakan";
/// How long the address of a result is good, for the session that asked.
const GOOD_FOR: Duration = Duration::minutes(15);

pub async fn get(
    session: Session,
    shell: Shell,
    State(db): State<Db>,
    State(clock): State<Clock>,
    RawQuery(query): RawQuery,
) -> WebResult {
    let now = clock.now();
    let mut page = TrackPage { shell, form: Form::default(), refusal: None, found: None };
    let Some(asked) = parameter(query.as_deref(), "hasil") else { return Ok(page.into_response()) };
    let Some((address, number, until)) = session.get::<(Uuid, String, i64)>(FOUND).await? else {
        return Err(WebError::Elsewhere(paths::TRACK.to_owned()));
    };
    let number = ReceiptNumber::parse(&number).ok().filter(|_| asked == address.to_string() && now.unix_timestamp() < until);
    let Some(number) = number else { return Err(WebError::Elsewhere(paths::TRACK.to_owned())) };
    let mut conn = db.read().await?;
    let application = applications::by_receipt(&mut conn, number, now).await?.ok_or(WebError::NotFound)?;
    let holidays = schedule::holidays(&mut conn).await?;
    page.found = Some(Found {
        number: number.to_string(),
        status: application.status,
        label: status::label(&application),
        next: status::next(&application, &holidays, now),
        timeline: status::timeline(&application),
        appointment: appointment(&application),
    });
    Ok(page.into_response())
}

pub async fn post(session: Session, shell: Shell, State(db): State<Db>, State(clock): State<Clock>, mut form: Form) -> WebResult {
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
    drop(conn);
    let is_known = known.is_some_and(|application| application.civil().birth_date == born);
    if !is_known {
        // An unknown number is found out sooner than a wrong date; the answer leaves at the same time.
        wrong_answers::confirm(&mut db.read().await?, attempt).await?;
        beat.end().await;
        let refusal = Some(words::TRACK_UNKNOWN.to_owned());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, TrackPage { shell, form, refusal, found: None }).into_response());
    }
    wrong_answers::take_back(&mut db.read().await?, attempt).await?;
    let address = Uuid::new_v4();
    session.insert(FOUND, (address, number.to_string(), (now + GOOD_FOR).unix_timestamp())).await?;
    Ok(Redirect::to(&paths::tracked(address)).into_response())
}
/// When and where the card is fetched.
fn appointment(application: &Application) -> Option<String> {
    let appointment = application.pickup()?;
    Some(format!("{}, {}", dates::appointment(appointment.starts_at), appointment.counter.name()))
}
