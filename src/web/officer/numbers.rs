//! "Tampilkan NIK": the numbers of a case in full, on the next view of its page and no other. It is written down, and stands in no
//! address.

use axum::extract::{RawQuery, State};
use time::{Duration, OffsetDateTime};
use tower_sessions::Session;

use super::{Case, desk::Desk};
use crate::{
    actions::viewing,
    db::Db,
    domain::ids::ApplicationId,
    web::{
        error::{WebError, WebResult},
        paths, unsent,
    },
};

/// Under this key a session keeps which case's page is to show its numbers, and until when.
const SHOWN: &str = "nik_tampil";
/// A page that takes longer to come shows them masked.
const KEPT: Duration = Duration::minutes(1);

/// "Tampilkan NIK"; the page comes back as it was.
pub async fn show(desk: Desk, session: Session, State(db): State<Db>, Case(id): Case, RawQuery(query): RawQuery) -> WebResult {
    if !viewing::see_numbers(&db, &desk.on_duty, id, desk.now).await? {
        return Err(WebError::NotFound);
    }
    session.insert(SHOWN, (id, (desk.now + KEPT).unix_timestamp())).await?;
    Ok(unsent::turn_to(&paths::with_query(&paths::case(id), query.as_deref())))
}

/// Whether this view of a case shows its numbers; the next one does not.
pub async fn are_shown(session: &Session, id: ApplicationId, now: OffsetDateTime) -> WebResult<bool> {
    let Some((case, until)) = session.get::<(ApplicationId, i64)>(SHOWN).await? else { return Ok(false) };
    session.remove_value(SHOWN).await?;
    Ok(case == id && now.unix_timestamp() < until)
}
