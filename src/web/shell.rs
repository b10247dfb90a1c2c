//! What surrounds every page: who is logged in, and until when.

use axum::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{Uri, request::Parts},
};
use time::OffsetDateTime;
use tower_sessions::{Session, session::Id};

use super::{
    after_login,
    error::{WebError, WebResult},
    form::Form,
    middleware::Origin,
    told::Told,
    unsent::Unsent,
};
use crate::{
    actions::Citizen,
    adapters::clock::Clock,
    db::{Db, accounts, accounts::Account, sessions},
    domain::{calendar::day_of, ids::AccountId, limits},
    render::{dates, words},
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
    /// What was just done.
    pub told: Option<String>,
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
        let Ok(Told(told)) = Told::from_request_parts(parts, state).await;
        Ok(Self { sends_email: Db::from_ref(state).sends_email(), told, ..shell })
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
        // The one that the cookie names, before it turns out that there is none.
        let named = session(parts, state).await?.id();
        let visit = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        if let Some(visit) = visit {
            return Ok(visit);
        }
        Err(to_login(&Db::from_ref(state), &parts.uri, named).await?)
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
        let Ok(Told(told)) = Told::from_request_parts(parts, state).await;
        let unsent = parts.extensions.get::<Unsent>();
        let shell = Shell {
            signed_in: true,
            until: Some(dates::hour_wib(ends)),
            unsent: unsent.and_then(Unsent::words),
            told,
            sends_email: db.sends_email(),
        };
        let unsent = unsent.and_then(Unsent::form);
        Ok(Some(Self { citizen: Citizen { account, from }, shell, now, session, unsent }))
    }
}

impl Visit {
    /// Looks again whether the session lives, after something that took its time, and what time it is now.
    ///
    /// # Errors
    /// The way to the log-in, when it has ended meanwhile.
    pub async fn go_on(&mut self, db: &Db, clock: &Clock, uri: &Uri) -> WebResult<()> {
        self.now = clock.now();
        let id = self.session.id();
        let lives = match &id {
            Some(id) => sessions::is_living(&mut db.read().await?, id, self.citizen.id()).await?,
            None => false,
        };
        if lives { Ok(()) } else { Err(to_login(db, uri, id).await?) }
    }
}

/// The way to the log-in, and why.
async fn to_login(db: &Db, uri: &Uri, session: Option<Id>) -> WebResult<WebError> {
    let to = after_login::address(&after_login::page_of(uri.path()));
    Ok(match session {
        None => WebError::Elsewhere(to),
        Some(id) if sessions::was_ended(&mut db.read().await?, &id).await? => {
            WebError::ElsewhereBecause(to, words::SESSION_ENDED)
        }
        Some(_) => WebError::ElsewhereBecause(to, words::SESSION_IDLE),
    })
}

async fn session<S: Send + Sync>(parts: &mut Parts, state: &S) -> WebResult<Session> {
    Session::from_request_parts(parts, state).await.map_err(|(status, _)| WebError::Status(status))
}
