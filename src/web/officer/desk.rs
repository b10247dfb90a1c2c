//! What surrounds every page of the desk: which officer looks, and until when.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
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
    render::dates,
    web::{
        error::{WebError, WebResult},
        middleware::Origin,
        paths,
        shell::{PASSWORD, SINCE},
        state::Site,
        told::Told,
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
#[derive(Clone, Debug)]
pub struct Desk {
    /// Who.
    pub on_duty: OnDuty,
    /// The layout around the page.
    pub shell: DeskShell,
    /// The program's time at this request.
    pub now: OffsetDateTime,
}

impl Desk {
    /// Who looks.
    pub fn officer(&self) -> &Officer {
        &self.on_duty.officer
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
        let elsewhere = || WebError::Elsewhere(paths::DESK_LOGIN.to_owned());
        let session = Session::from_request_parts(parts, state).await.map_err(|(status, _)| WebError::Status(status))?;
        let id = session.get::<OfficerId>(sessions::OFFICER).await?.ok_or_else(elsewhere)?;
        // Asked at every request: whoever was moved, shut out or given another password since is so at once.
        let record = officers::by_id(&mut Db::from_ref(state).read().await?, id).await?;
        let mark = session.get::<i64>(PASSWORD).await?;
        let admitted = record.filter(|record| record.is_enabled && record.is_set_up && mark == Some(record.password_mark()));
        let Some(record) = admitted else {
            session.flush().await?;
            return Err(elsewhere());
        };
        let Ok(Origin(from)) = Origin::from_request_parts(parts, state).await;
        let Ok(Told(told)) = Told::from_request_parts(parts, state).await;
        let now = Clock::from_ref(state).now();
        let since = session.get::<i64>(SINCE).await?.and_then(|since| OffsetDateTime::from_unix_timestamp(since).ok());
        let ends = since.map_or(now, |since| (now + limits::DESK_IDLE).min(since + limits::DESK_TOTAL));
        let shell = DeskShell::of(&record.officer, ends, told);
        Ok(Self { on_duty: OnDuty { officer: record.officer, from }, shell, now })
    }
}
