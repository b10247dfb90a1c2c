//! `/pencetakan-ktp-el/{id}/jadwal.ics`: the appointment for the calendar of a phone. Where none stands any more, it leads to
//! the application's page, which says what to delete from the calendar: a file with `METHOD:CANCEL` would be taken by Outlook
//! alone, while Google's import leaves the entry and Apple's asks to add the event once more.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};

use super::{Address, load};
use crate::{
    db::{Db, events},
    render::{calendar_file, words},
    web::{
        error::{WebError, WebResult},
        paths,
        shell::Visit,
    },
};

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let mut conn = db.read().await?;
    let application = load(&mut conn, &visit, ids.application()).await?;
    let known = application.receipt_number.zip(application.pickup()).zip(application.category);
    let ((number, place), category) = known.ok_or_else(|| WebError::Elsewhere(paths::application(application.id)))?;
    let sequence = events::changes(&mut conn, application.id).await?;
    drop(conn);
    let file = calendar_file::file(&calendar_file::Appointment {
        application: application.id,
        number,
        counter: &place.counter,
        starts_at: place.starts_at,
        bring: words::bring(category),
        sequence,
        made_at: visit.now,
    });
    let mut response = ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], file).into_response();
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"ktp-el-{number}.ics\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
