//! Deciding a case: approve, return for some documents, refuse. Whoever decides holds the case.

use time::{Duration, OffsetDateTime};

use super::{MayCollide, OnDuty, notice};
use crate::{
    db::{Conn, Db, DbError, Tx, applications, cases, events, leases, leases::Lease, messages, officers, places},
    domain::{
        application::Application,
        calendar::day_of,
        card::Because,
        event::Explanation,
        ids::ApplicationId,
        limits,
        person::FullName,
        status::{Actor, Status},
    },
    render::sms::Notice,
};

/// What an officer decides.
#[derive(Clone, Debug)]
pub enum Decision {
    /// The card is printed.
    Approve,
    /// Some documents are to be mended.
    Return(Explanation),
    /// It cannot be approved.
    Refuse(Explanation),
}

impl Decision {
    /// Where the case goes.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Approve => Status::Disetujui,
            Self::Return(_) => Status::PerluPerbaikan,
            Self::Refuse(_) => Status::Ditolak,
        }
    }

    fn why(&self) -> Option<Because> {
        match self {
            Self::Approve => None,
            Self::Return(why) | Self::Refuse(why) => Some(Because::Faults(why.clone())),
        }
    }

    /// What the citizen is told, as the officer sees it beforehand. Nothing for a case without an appointment,
    /// which no sent one is.
    #[must_use]
    pub fn notice<'a>(&'a self, case: &'a Application, now: OffsetDateTime) -> Option<Notice<'a>> {
        Some(match self {
            Self::Approve => Notice::Approved(&case.appointment.as_ref()?.counter),
            Self::Return(why) => Notice::Returned(why, day_of(now + Duration::days(limits::MENDING_DAYS))),
            Self::Refuse(why) => Notice::Refused(why),
        })
    }
}

/// Why a case is not decided.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// There is no such case, or not for this officer.
    #[error("no such case")]
    NotFound,
    /// The officer may see it, but not decide it: it is about their family, or their role decides nothing.
    #[error("not theirs to decide")]
    NotTheirs,
    /// The officer does not hold it: they did not take it, their time with it has run out, or a supervisor took it from them;
    /// who, and when.
    #[error("not held")]
    Lapsed(Option<(FullName, OffsetDateTime)>),
    /// Somebody else holds it.
    #[error("held by somebody else")]
    Held(Lease),
    /// It stands somewhere else already.
    #[error("decided already")]
    Late(Box<Late>),
    /// It was approved a moment ago, and can still be taken back.
    #[error("too soon")]
    TooSoon,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What happened instead.
#[derive(Debug)]
pub struct Late {
    /// Where the case stood before.
    pub from: Status,
    /// Where it stands.
    pub status: Status,
    /// Since when.
    pub at: OffsetDateTime,
    /// Which officer brought it there, if one did.
    pub officer: Option<FullName>,
}

impl MayCollide for DecisionError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_collision())
    }
}

impl DecisionError {
    pub(super) async fn lapsed(conn: &mut Conn, by: &OnDuty, id: ApplicationId) -> Result<Self, DbError> {
        let Some((supervisor, at)) = events::released_from(conn, id, by.officer.id).await? else { return Ok(Self::Lapsed(None)) };
        let name = officers::names(conn, &[supervisor]).await?.pop();
        Ok(Self::Lapsed(name.map(|(_, name)| (name, at))))
    }

    pub(super) async fn late(conn: &mut Conn, case: &Application) -> Result<Self, DbError> {
        let last = case.history.last();
        let officer = match last.and_then(|entry| entry.officer) {
            Some(id) => officers::names(conn, &[id]).await?.pop().map(|(_, name)| name),
            None => None,
        };
        let at = last.map_or(case.answered_at, |entry| entry.at);
        let from = last.map_or(case.status, |entry| entry.from);
        Ok(Self::Late(Box::new(Late { from, status: case.status, at, officer })))
    }
}

/// Whether a case is this officer's to decide.
///
/// # Errors
/// [`DbError`].
pub async fn is_theirs(conn: &mut Conn, by: &OnDuty, case: &Application) -> Result<bool, DbError> {
    let family = cases::family(conn, case, by.officer.id).await?;
    let counter = case.appointment.as_ref().map(|appointment| &appointment.counter.code);
    Ok(counter.is_some_and(|counter| by.officer.may_decide(counter, family)))
}

/// Whether an officer could decide a case now, or why not: asked before they are shown what would be sent.
///
/// # Errors
/// [`DecisionError`].
pub async fn could(db: &Db, by: &OnDuty, id: ApplicationId, now: OffsetDateTime) -> Result<Application, DecisionError> {
    let mut tx = db.begin().await?;
    let case = applications::in_scope(&mut tx, &by.officer.scope(), id, now).await?.ok_or(DecisionError::NotFound)?;
    may_decide(&mut tx, by, &case).await?;
    if case.status != Status::Diajukan {
        return Err(DecisionError::late(&mut tx, &case).await?);
    }
    match leases::of(&mut tx, id, now).await? {
        None => Err(DecisionError::lapsed(&mut tx, by, id).await?),
        Some(lease) if lease.officer != by.officer.id => Err(DecisionError::Held(lease)),
        Some(_) => Ok(case),
    }
}

/// Refuses whoever may only look.
pub(super) async fn may_decide(tx: &mut Tx, by: &OnDuty, case: &Application) -> Result<(), DecisionError> {
    if is_theirs(tx, by, case).await? { Ok(()) } else { Err(DecisionError::NotTheirs) }
}

/// Decides a case: its step, the reason, the message and the end of the lease are one fact. The same
/// decision sent again by the same officer changes nothing.
///
/// # Errors
/// [`DecisionError`].
pub async fn decide(
    db: &Db,
    by: &OnDuty,
    id: ApplicationId,
    decision: &Decision,
    now: OffsetDateTime,
) -> Result<(), DecisionError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let scope = by.officer.scope();
        let case = applications::lock_in_scope(&mut tx, &scope, id, now).await?.ok_or(DecisionError::NotFound)?;
        may_decide(&mut tx, by, &case).await?;
        let Some(step) = case.status.step(decision.status(), Actor::Petugas).ok().filter(|_| case.status == Status::Diajukan)
        else {
            let last = case.history.last();
            let is_done = last.is_some_and(|last| last.officer == Some(by.officer.id) && last.to == decision.status());
            return if is_done { Ok(()) } else { Err(DecisionError::late(&mut tx, &case).await?) };
        };
        match leases::of(&mut tx, id, now).await? {
            None => return Err(DecisionError::lapsed(&mut tx, by, id).await?),
            Some(lease) if lease.officer != by.officer.id => return Err(DecisionError::Held(lease)),
            Some(_) => {}
        }
        let fact = applications::take_step_because(&mut tx, id, step, decision.why().as_ref(), &by.witness(), now).await?;
        let fact = fact.ok_or(DbError::Impossible("a case that moved while it was locked"))?;
        if let Some(notice) = decision.notice(&case, now) {
            notice::owe(&mut tx, &case, &notice, fact, now).await?;
        }
        // For a minute it can be taken back: until then nothing leaves, and the place of the appointment is kept.
        messages::hold_back(&mut tx, fact, now + limits::UNDO).await?;
        leases::end(&mut tx, id, now).await?;
        if decision.status() == Status::Ditolak {
            places::hold(&mut tx, id, now + limits::UNDO).await?;
        }
        Ok(tx.commit().await?)
    })
}
