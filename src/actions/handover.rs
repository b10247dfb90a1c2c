//! At the counter: a card is handed over, sent back as a misprint, or given another half hour.

use time::OffsetDateTime;

use super::{
    MayCollide, OnDuty,
    appointment::{self, SlotError},
    decision::{DecisionError, is_theirs},
    printing::step,
};
use crate::{
    db::{Conn, Db, DbError, DbResult, Tx, applications, places, places::HalfHour, printing, residents, schedule},
    domain::{
        application::Application,
        calendar::day_of,
        card::{Because, Check, Flaw, Handover},
        category::Category,
        ids::{ApplicationId, ResidentId},
        person::FullName,
        status::Status,
    },
    render::sms::Notice,
};

/// Who stands at the counter.
#[derive(Clone, Debug)]
pub struct Claimant {
    /// Who.
    pub resident: ResidentId,
    /// Why the holder did not come; of no meaning for the holder.
    pub instead: String,
}

/// Why a card is not handed over.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// Something is to be done before.
    #[error("not checked")]
    Unchecked(Vec<Check>),
    /// Nobody who may take it.
    #[error("not entitled")]
    Stranger,
    /// Somebody else than the holder, without a reason.
    #[error("no reason")]
    Reasonless,
    /// As for every other deed with a case.
    #[error(transparent)]
    Case(#[from] DecisionError),
}

impl From<DbError> for HandoverError {
    fn from(error: DbError) -> Self {
        Self::Case(error.into())
    }
}

impl MayCollide for HandoverError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Case(error) if error.is_collision())
    }
}

/// Who may take a card: its holder, and everybody of the same family card today who has a card of their own, by which they
/// are known.
///
/// # Errors
/// [`DbError`].
pub async fn entitled(conn: &mut Conn, case: &Application, now: OffsetDateTime) -> DbResult<Vec<(ResidentId, FullName)>> {
    let family = residents::family(conn, &case.resident.civil.kk_number).await?;
    let holder = (case.resident_id(), case.civil().name.clone());
    let today = day_of(now);
    let others = family.into_iter().map(|member| member.resident).filter(|resident| {
        let has_card = resident.civil.may_hold_card(today) && resident.last_card_on().is_some();
        resident.id != case.resident_id() && has_card
    });
    Ok(std::iter::once(holder).chain(others.map(|resident| (resident.id, resident.civil.name))).collect())
}

/// A case, locked, whose card is this officer's to hand over: as with decisions, not of their own family; that of an officer
/// is their supervisor's.
async fn lock(tx: &mut Tx, by: &OnDuty, id: ApplicationId, now: OffsetDateTime) -> Result<Application, DecisionError> {
    let case = applications::lock_in_scope(tx, &by.officer.scope(), id, now).await?.ok_or(DecisionError::NotFound)?;
    if is_theirs(tx, by, &case).await? {
        return Ok(case);
    }
    let works_there = case.appointment.as_ref().is_some_and(|place| by.officer.works_at(&place.counter.code));
    Err(if works_there { DecisionError::NotTheirs } else { DecisionError::NotFound })
}

/// Whether this officer's deed at the counter was the last thing that happened to a case.
fn did(by: &OnDuty, case: &Application, to: Status) -> bool {
    let last = case.history.last();
    last.is_some_and(|last| last.officer == Some(by.officer.id) && last.to == to && last.from.is_printed())
}

/// "Serahkan kartu". Handing over twice is handing over once.
///
/// # Errors
/// [`HandoverError`].
pub async fn hand_over(
    db: &Db,
    by: &OnDuty,
    id: ApplicationId,
    claimant: &Claimant,
    checks: &[Check],
    now: OffsetDateTime,
) -> Result<(), HandoverError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let case = lock(&mut tx, by, id, now).await?;
        if did(by, &case, Status::Selesai) {
            return Ok(());
        }
        let handover = handover(&mut tx, &case, claimant, checks, now).await?;
        let place = case.appointment.as_ref().ok_or(DbError::Impossible("a sent case without an appointment"))?;
        let notice = Notice::Collected(&place.counter, now);
        step(&mut tx, by, &case, Status::Selesai, Some(&Because::HandedTo(handover)), Some(notice), now).await?;
        // Fetched before the time: the place is somebody else's now.
        if place.starts_at > now {
            places::free(&mut tx, id).await?;
        }
        tx.commit().await?;
        Ok(())
    })
}

async fn handover(
    tx: &mut Tx,
    case: &Application,
    claimant: &Claimant,
    checks: &[Check],
    now: OffsetDateTime,
) -> Result<Handover, HandoverError> {
    let wanted = case.category.map_or(&[][..], Category::checks);
    let open: Vec<Check> = wanted.iter().copied().filter(|check| !checks.contains(check)).collect();
    let entitled = entitled(tx, case, now).await?;
    let (who, collector) = entitled.into_iter().find(|(id, _)| *id == claimant.resident).ok_or(HandoverError::Stranger)?;
    let instead = claimant.instead.trim();
    if who != case.resident_id() && instead.is_empty() {
        return Err(HandoverError::Reasonless);
    }
    if !open.is_empty() {
        return Err(HandoverError::Unchecked(open));
    }
    let instead = (who != case.resident_id()).then(|| instead.chars().take(Handover::INSTEAD).collect());
    Ok(Handover { collector, instead, checks: wanted.to_vec() })
}

/// A misprint seen at the counter: the card is spoilt and printed again. Where its new one can hardly be there in time, the
/// appointment moves with it. Saying so twice is saying it once.
///
/// # Errors
/// [`DecisionError`].
pub async fn misprint(db: &Db, by: &OnDuty, id: ApplicationId, flaw: Flaw, now: OffsetDateTime) -> Result<(), DecisionError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let case = lock(&mut tx, by, id, now).await?;
        if did(by, &case, Status::Disetujui) {
            return Ok(());
        }
        if !case.status.is_printed() {
            return Err(DecisionError::late(&mut tx, &case).await?);
        }
        step(&mut tx, by, &case, Status::Disetujui, Some(&Because::Spoilt(flaw)), None, now).await?;
        printing::spoil(&mut tx, id, flaw).await?;
        let back = Application { status: Status::Disetujui, ..case };
        let holidays = schedule::holidays(&mut tx).await?;
        appointment::move_if_near(&mut tx, &back, &holidays, &by.witness(), now).await?;
        Ok(tx.commit().await?)
    })
}

/// Gives another half hour to a card that nobody fetched.
///
/// # Errors
/// [`SlotError`].
pub async fn offer(
    db: &Db,
    by: &OnDuty,
    id: ApplicationId,
    starts_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), SlotError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let case = match lock(&mut tx, by, id, now).await {
            Ok(case) => case,
            Err(DecisionError::Db(error)) => return Err(error.into()),
            Err(_) => return Err(SlotError::NotFound),
        };
        let place = case.appointment.as_ref().ok_or(SlotError::NotFound)?;
        if did(by, &case, Status::SiapDiambil) && place.starts_at == starts_at {
            return Ok(());
        }
        if case.status != Status::TidakDiambil {
            return Err(SlotError::NotFound);
        }
        let wish = HalfHour { counter: &place.counter.code, starts_at };
        appointment::give(&mut tx, &case, wish, None, &by.witness(), now).await?;
        Ok(tx.commit().await?)
    })
}
