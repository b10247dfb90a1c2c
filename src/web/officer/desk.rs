//! What surrounds every page of the desk: which officer looks, and until when.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{Uri, request::Parts},
};
use time::OffsetDateTime;
use tower_sessions::Session;

use crate::{
    actions::OnDuty,
    adapters::clock::Clock,
    db::{Db, officers, sessions},
    domain::{
        ids::OfficerId,
        limits,
        officer::{Officer, Role},
    },
    render::{dates, desk_words},
    web::{
        after_login,
        error::{WebError, WebResult},
        form::Form,
        middleware::Origin,
        shell::{PASSWORD, SINCE},
        state::Site,
        told::Told,
        unsent::Unsent,
    },
};

/// The part of the desk's layout that depends on who looks.
#[derive(Clone, Debug, Default)]
pub struct DeskShell {
    /// Who is logged in, and where they work.
    pub who: Option<Who>,
    /// What was just done.
    pub told: Option<String>,
}

/// Who is logged in at the desk.
#[derive(Clone, Debug)]
pub struct Who {
    /// Name and role: `Rini Contoh, petugas`.
    pub name: String,
    /// `Kelurahan Petojo Selatan`.
    pub office: String,
    /// What they are there: `Loket Kelurahan Petojo Selatan`, `Penyelia Kecamatan Gambir`, `Dinas`.
    pub post: String,
    /// When the session ends if nothing more is opened.
    pub until: String,
}

impl DeskShell {
    fn of(officer: &Officer, ends: OffsetDateTime, told: Option<String>) -> Self {
        let who = Who {
            name: format!("{}, {}", officer.name.as_str(), officer.role.label()),
            office: officer.office(),
            post: match officer.role {
                Role::Petugas => format!("Loket {}", officer.office()),
                Role::Penyelia => format!("Penyelia {}", officer.office()),
                Role::Admin => officer.office(),
            },
            until: dates::hour_wib(ends),
        };
        Self { who: Some(who), told }
    }
}

/// An officer looking at a page, logged in with both steps. Without one, the answer leads to the door.
#[derive(Clone)]
pub struct Desk {
    /// Who.
    pub on_duty: OnDuty,
    /// The layout around the page.
    pub shell: DeskShell,
    /// The program's time at this request.
    pub now: OffsetDateTime,
    /// What was typed into this page and is not stored.
    pub unsent: Option<Unsent>,
}

impl Desk {
    /// Who looks.
    pub fn officer(&self) -> &Officer {
        &self.on_duty.officer
    }

    /// The form of this page: empty, or as it was typed before.
    pub fn form(&self) -> Form {
        self.unsent.as_ref().and_then(Unsent::form).unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Desk
where
    Db: FromRef<S>,
    Clock: FromRef<S>,
    Site: FromRef<S>,
{
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> WebResult<Self> {
        let session = Session::from_request_parts(parts, state).await.map_err(|(status, _)| WebError::Status(status))?;
        // The one that the cookie names, before it turns out that there is none.
        let was_named = session.id().is_some();
        let Some(id) = session.get::<OfficerId>(sessions::OFFICER).await? else {
            return Err(to_login(&parts.uri, was_named.then_some(desk_words::SESSION_IDLE)));
        };
        // Asked at every request: whoever was moved, shut out or given another password since is so at once.
        let record = officers::by_id(&mut Db::from_ref(state).read().await?, id).await?;
        let is_enabled = record.as_ref().is_some_and(|record| record.is_enabled);
        let mark = session.get::<i64>(PASSWORD).await?;
        let admitted = record.filter(|record| record.is_enabled && record.is_set_up && mark == Some(record.password_mark()));
        let Some(record) = admitted else {
            session.flush().await?;
            let why = if is_enabled { desk_words::SESSION_CHANGED } else { desk_words::ACCOUNT_SHUT };
            return Err(to_login(&parts.uri, Some(why)));
        };
        let Ok(Origin(from)) = Origin::from_request_parts(parts, state).await;
        let unsent = parts.extensions.get::<Unsent>().cloned();
        let Ok(Told(told)) = Told::from_request_parts(parts, state).await;
        let told = told.or_else(|| unsent.as_ref().and_then(Unsent::words).map(ToOwned::to_owned));
        let now = Clock::from_ref(state).now();
        let since = session.get::<i64>(SINCE).await?.and_then(|since| OffsetDateTime::from_unix_timestamp(since).ok());
        let ends = since.map_or(now, |since| (now + limits::DESK_IDLE).min(since + limits::DESK_TOTAL));
        let shell = DeskShell::of(&record.officer, ends, told);
        Ok(Self { on_duty: OnDuty { officer: record.officer, from }, shell, now, unsent })
    }
}

/// The way to the log-in, which leads back, and why.
fn to_login(uri: &Uri, why: Option<&'static str>) -> WebError {
    let to = after_login::at_the_desk(&after_login::page_of(uri.path()));
    match why {
        Some(why) => WebError::ElsewhereBecause(to, why),
        None => WebError::Elsewhere(to),
    }
}
