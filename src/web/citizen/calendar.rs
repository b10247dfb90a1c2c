//! `/pencetakan-ktp-el/{id}/jadwal.ics`: the appointment for the calendar of a phone.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};

use super::{Address, load};
use crate::{
    db::Db,
    render::{calendar_file, words},
    web::{
        error::{WebError, WebResult},
        shell::Visit,
    },
};

pub async fn get(visit: Visit, State(db): State<Db>, Address(ids): Address) -> WebResult {
    let application = load(&mut db.read().await?, &visit, ids.application()).await?;
    let known = application.receipt_number.zip(application.appointment.as_ref()).zip(application.category);
    let ((number, place), category) = known.filter(|_| application.status.is_open()).ok_or(WebError::NotFound)?;
    let file = calendar_file::file(&calendar_file::Appointment {
        application: application.id,
        number,
        counter: &place.counter,
        starts_at: place.starts_at,
        bring: words::bring(category),
        made_at: visit.now,
    });
    let mut response = ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], file).into_response();
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"ktp-el-{number}.ics\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
