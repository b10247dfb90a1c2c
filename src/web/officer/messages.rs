//! `/admin/pesan`: how messages go out, what did not arrive, and whom to telephone; officers see their counter's.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, request::Parts},
    response::IntoResponse,
};
use uuid::Uuid;

use super::{
    case::{self, Again},
    desk::{Desk, DeskShell},
};
use crate::{
    actions::delivery::{self, DeliveryError},
    db::{
        Db,
        deliveries::{self, Outbox, ToTelephone},
    },
    domain::{
        ids::{ApplicationId, MessageId},
        message::{Cause, Channel, WAITS_TOO_LONG},
        officer::Role,
    },
    render::{case_words, desk, desk_words, mail},
    web::{
        error::{WebError, WebResult},
        paths,
        state::Site,
        told,
    },
};

/// The case and its message in the address, or 404.
pub struct MessageOfCase(ApplicationId, MessageId);

impl<S: Send + Sync> FromRequestParts<S> for MessageOfCase {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> WebResult<Self> {
        let path = Path::<(Uuid, Uuid)>::from_request_parts(parts, state).await;
        path.map(|Path((case, message))| Self(case.into(), message.into())).map_err(|_| WebError::NotFound)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "officer/messages.html")]
struct MessagesPage {
    shell: DeskShell,
    place: String,
    outbox: Outbox,
    put_off: Vec<(Cause, i64)>,
    failures: Vec<(Cause, i64)>,
    /// How e-mail stands, where it goes out or did.
    email: Option<EmailPart>,
    /// How long the oldest message waits, where that is too long.
    late: Option<String>,
    /// Whether messages have nowhere to go.
    no_gateway: bool,
    list: Vec<ToTelephone>,
    /// Whether whoever looks may tick people off.
    serves: bool,
}

struct EmailPart {
    outbox: Outbox,
    put_off: Vec<(Cause, i64)>,
    failures: Vec<(Cause, i64)>,
}

impl EmailPart {
    fn of(outbox: Outbox, sends_email: bool) -> Option<Self> {
        let is_empty = outbox.waiting == 0 && outbox.failed.is_empty();
        (sends_email || !is_empty).then(|| Self {
            put_off: most_first(&outbox.put_off),
            failures: most_first(&outbox.failed),
            outbox,
        })
    }
}

pub async fn get(desk: Desk, State(db): State<Db>, State(site): State<Site>) -> WebResult {
    let mut conn = db.read().await?;
    let scope = desk.officer().scope();
    let outbox = deliveries::outbox(&mut conn, Channel::Sms, &scope).await?;
    let email = EmailPart::of(deliveries::outbox(&mut conn, Channel::Email, &scope).await?, conn.sends_email());
    let list = deliveries::to_telephone(&mut conn, &scope).await?;
    Ok(MessagesPage {
        place: desk.officer().office(),
        late: outbox.oldest.map(|oldest| desk.now - oldest).filter(|age| *age > WAITS_TOO_LONG).map(desk::elapsed),
        no_gateway: !site.sends_messages,
        put_off: most_first(&outbox.put_off),
        failures: most_first(&outbox.failed),
        outbox,
        email,
        list,
        serves: desk.officer().role == Role::Petugas,
        shell: desk.shell,
    }
    .into_response())
}

fn most_first(counts: &HashMap<Cause, i64>) -> Vec<(Cause, i64)> {
    let mut counts: Vec<(Cause, i64)> = counts.iter().map(|(cause, count)| (*cause, *count)).collect();
    counts.sort_by_key(|(cause, count)| (-count, cause.code()));
    counts
}

/// "Kirim ulang", on the case.
pub async fn send_again(desk: Desk, State(db): State<Db>, MessageOfCase(case, message): MessageOfCase) -> WebResult {
    let problem = match delivery::send_again(&db, &desk.on_duty, case, message, desk.now).await {
        Ok((kind, phone)) => return Ok(told::lead_to(&paths::case(case), case_words::sends_again(kind, &phone))),
        Err(DeliveryError::Outdated) => case_words::MESSAGE_OUTDATED.to_owned(),
        Err(DeliveryError::TooSoon(then)) => case_words::message_too_soon(then),
        Err(DeliveryError::NotFound) => return Err(WebError::NotFound),
        Err(DeliveryError::Db(error)) => return Err(error.into()),
    };
    let again = Again { problem: Some(problem), ..Again::default() };
    Ok((StatusCode::CONFLICT, case::page(desk, &db, case, None, again).await?).into_response())
}

/// "Sudah ditelepon", on the list.
pub async fn telephoned(desk: Desk, State(db): State<Db>, MessageOfCase(case, message): MessageOfCase) -> WebResult {
    match delivery::telephoned(&db, &desk.on_duty, case, message, desk.now).await {
        Ok(()) => Ok(told::lead_to(paths::MESSAGES, desk_words::TELEPHONED)),
        Err(DeliveryError::Db(error)) => Err(error.into()),
        Err(_) => Err(WebError::NotFound),
    }
}
