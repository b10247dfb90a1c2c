//! What surrounds every page: who is logged in, and until when.

use axum::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use time::OffsetDateTime;
use tower_sessions::Session;

use super::{
    error::{WebError, WebResult},
    form::Form,
    middleware::Origin,
    paths,
    paths::LoginCause,
    unsent::Unsent,
};
use crate::{
    actions::Citizen,
    adapters::clock::Clock,
    db::{Db, accounts, accounts::Account, sessions},
    domain::{calendar::day_of, ids::AccountId, limits},
    render::dates,
};

/// Under this key a session keeps when it began, in seconds of Unix time.
pub const SINCE: &str = "since";

/// Under this key a session keeps the mark of the password it was opened with.
pub const PASSWORD: &str = "password";

/// The part of the layout that depends on who looks.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// Whether somebody is logged in.
    pub signed_in: bool,
    /// When the session ends if nothing more is opened.
    pub until: Option<String>,
    /// What became of a form that was sent after the last session had ended.
    pub unsent: Option<&'static str>,
    /// Whether e-mail goes out, for pages that speak of it.
    pub sends_email: bool,
}

impl Shell {
    /// The layout for whoever this session belongs to.
    ///
    /// # Errors
    /// When the session cannot be read.
    pub async fn of(session: &Session) -> WebResult<Self> {
        Ok(Self { signed_in: session.get::<AccountId>(sessions::ACCOUNT).await?.is_some(), ..Self::default() })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Shell
where
    Db: FromRef<S>,
{
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> WebResult<Self> {
        let shell = Self::of(&session(parts, state).await?).await?;
        Ok(Self { sends_email: Db::from_ref(state).sends_email(), ..shell })
    }
}

/// A logged-in citizen looking at a page. Without one, the answer leads to the log-in.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Who.
    pub citizen: Citizen,
    /// The layout around the page.
    pub shell: Shell,
    /// The program's time at this request.
    pub now: OffsetDateTime,
    /// The session.
    pub session: Session,
    /// What was typed into this page's form and sent after the last session had ended.
    pub unsent: Option<Form>,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit
where
    Db: FromRef<S>,
    Clock: FromRef<S>,
    super::state::Site: FromRef<S>,
{
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> WebResult<Self> {
        let visit = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        if let Some(visit) = visit {
            return Ok(visit);
        }
        let session = session(parts, state).await?;
        let cause = if session.get::<bool>(sessions::ENDED).await?.is_some() {
            LoginCause::Elsewhere
        } else if has_session_cookie(&parts.headers) {
            LoginCause::Idle
        } else {
            LoginCause::Needed
        };
        Err(WebError::Elsewhere(paths::login_then(&paths::page_of(parts.uri.path()), cause)))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Visit
where
    Db: FromRef<S>,
    Clock: FromRef<S>,
    super::state::Site: FromRef<S>,
{
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> WebResult<Option<Self>> {
        let session = session(parts, state).await?;
        let Some(account) = session.get::<AccountId>(sessions::ACCOUNT).await? else { return Ok(None) };
        let now = Clock::from_ref(state).now();
        let db = Db::from_ref(state);
        let account = accounts::by_id(&mut db.read().await?, account).await?;
        // Whoever died or moved away since is no longer let in, nor a session from before a change of password.
        let mark = session.get::<i64>(PASSWORD).await?;
        let admitted =
            |account: &Account| account.resident.civil.may_have_account(day_of(now)) && mark == Some(account.password_mark);
        let Some(account) = account.filter(admitted) else {
            session.flush().await?;
            return Ok(None);
        };
        let Ok(Origin(from)) = Origin::from_request_parts(parts, state).await;
        let since = session.get::<i64>(SINCE).await?.and_then(|since| OffsetDateTime::from_unix_timestamp(since).ok());
        let ends = since.map_or(now, |since| (now + limits::SESSION_IDLE).min(since + limits::SESSION_TOTAL));
        let unsent = parts.extensions.get::<Unsent>();
        let shell = Shell {
            signed_in: true,
            until: Some(dates::hour_wib(ends)),
            unsent: unsent.map(Unsent::words),
            sends_email: db.sends_email(),
        };
        let unsent = unsent.and_then(Unsent::form);
        Ok(Some(Self { citizen: Citizen { account, from }, shell, now, session, unsent }))
    }
}

/// Whether somebody comes who has been here: with the name that a session's cookie ends with, on http as on https.
fn has_session_cookie(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).any(|cookie| cookie.contains("alpukat="))
}

async fn session<S: Send + Sync>(parts: &mut Parts, state: &S) -> WebResult<Session> {
    Session::from_request_parts(parts, state).await.map_err(|(status, _)| WebError::Status(status))
}
