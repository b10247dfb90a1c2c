//! Printing cards: a run takes blanks from the stock, and each of its cards ends good or spoilt.

use std::collections::HashMap;

use time::OffsetDateTime;

use super::{MayCollide, OnDuty, decision::DecisionError, notice};
use crate::{
    db::{Conn, Db, DbError, DbResult, Tx, applications, blanks, events, printing},
    domain::{
        application::Application,
        calendar::day_of,
        card::{Because, Outcome},
        event::Deed,
        ids::{ApplicationId, BlankId, RunId},
        region::RegionCode,
        status::{Actor, Status},
    },
    render::sms::Notice,
};

/// Cards of a run at most: a run is one transaction.
pub const CARDS: usize = 50;

/// What became of the cases that were chosen for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It was started.
    Done {
        /// The run, unless there was no blank for it.
        run: Option<RunId>,
        /// How many cases wait for blanks now, and their citizens were told.
        told: usize,
        /// How many went on waiting.
        still: usize,
    },
    /// Nothing was done: more citizens would be told to wait than was agreed to.
    Short,
}

/// Those of chosen cases for which a counter has no blank.
///
/// # Errors
/// [`DbError`].
pub async fn outlook(
    conn: &mut Conn,
    counter: &RegionCode,
    chosen: &[ApplicationId],
    now: OffsetDateTime,
) -> DbResult<Vec<ApplicationId>> {
    let mut printed = printing::in_turn(conn, chosen).await?;
    let left = usize::try_from(blanks::stock(conn, counter, now).await?.left).unwrap_or_default();
    Ok(printed.split_off(left.min(printed.len())))
}

/// Starts a run with these cases, in the order of [`printing::in_turn`]. Cases for which there is no blank wait for one, and
/// their citizens are told: no more of them than was agreed to, or nothing is done. Starting a run again starts nothing.
///
/// # Errors
/// [`DecisionError`]; [`DecisionError::NotFound`] for whoever prints at no counter.
pub async fn start(
    db: &Db,
    by: &OnDuty,
    run: RunId,
    chosen: &[ApplicationId],
    agreed: usize,
    now: OffsetDateTime,
) -> Result<Started, DecisionError> {
    let counter = &by.officer.workplace().ok_or(DecisionError::NotFound)?.code;
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let locked = lock(&mut tx, by, chosen, now).await?;
        events::hold_chain(&mut tx, counter).await?;
        // Only now, when whoever pressed at the same time has finished.
        if let Some(known) = printing::find(&mut tx, run).await? {
            let is_theirs = known.counter == *counter;
            let known = Started::Done { run: Some(run), told: 0, still: 0 };
            return if is_theirs { Ok(known) } else { Err(DecisionError::NotFound) };
        }
        let cases = printable(&mut tx, locked, now).await?;
        let ledger = blanks::lock(&mut tx, counter).await?;
        let enough = usize::try_from(ledger.left).unwrap_or_default().min(cases.len());
        let (printed, waiting) = cases.split_at(enough);
        let (news, known): (Vec<_>, Vec<_>) = waiting.iter().partition(|case| case.status == Status::Disetujui);
        if news.len() > agreed {
            return Ok(Started::Short);
        }
        if !printed.is_empty() {
            let ids: Vec<ApplicationId> = printed.iter().map(|case| case.id).collect();
            let number = printing::start(&mut tx, run, counter, day_of(now), by.officer.id, &ids, now).await?;
            blanks::take(&mut tx, counter, ledger, run, by.officer.id, now).await?;
            events::add_deed(&mut tx, &Deed::RunStarted(number), &by.witness(), now).await?;
        }
        for case in printed {
            step(&mut tx, by, case, Status::Dicetak, None, None, now).await?;
        }
        for case in &news {
            step(&mut tx, by, case, Status::MenungguBlangko, None, Some(Notice::Waiting), now).await?;
        }
        tx.commit().await?;
        Ok(Started::Done { run: (!printed.is_empty()).then_some(run), told: news.len(), still: known.len() })
    })
}

async fn lock(
    tx: &mut Tx,
    by: &OnDuty,
    chosen: &[ApplicationId],
    now: OffsetDateTime,
) -> Result<Vec<Application>, DecisionError> {
    let mut ids = chosen.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(CARDS);
    let mut cases = Vec::new();
    for id in ids {
        let case = applications::lock_in_scope(tx, &by.officer.scope(), id, now).await?;
        cases.push(case.ok_or(DecisionError::NotFound)?);
    }
    Ok(cases)
}

/// Those of the chosen cases that wait for the printer, in the order in which they get blanks.
async fn printable(tx: &mut Tx, chosen: Vec<Application>, now: OffsetDateTime) -> Result<Vec<Application>, DecisionError> {
    let waits = |case: &Application| case.status.step(Status::Dicetak, Actor::Petugas).is_ok();
    let (waiting, gone): (Vec<Application>, Vec<Application>) = chosen.into_iter().partition(waits);
    let was_waiting = !waiting.is_empty();
    let cases: Vec<Application> = waiting.into_iter().filter(|case| case.fresh_decision(now).is_none()).collect();
    if was_waiting && cases.is_empty() {
        return Err(DecisionError::TooSoon);
    }
    if let (true, Some(case)) = (cases.is_empty(), gone.last()) {
        return Err(DecisionError::late(tx, case).await?);
    }
    let ids: Vec<ApplicationId> = cases.iter().map(|case| case.id).collect();
    let mut cases: HashMap<ApplicationId, Application> = cases.into_iter().map(|case| (case.id, case)).collect();
    Ok(printing::in_turn(tx, &ids).await?.into_iter().filter_map(|id| cases.remove(&id)).collect())
}

/// Writes down what became of cards of a run, by their lines on the list. A good one is ready to be fetched; a spoilt one
/// is printed again. Saying the same twice is saying it once.
///
/// # Errors
/// [`DecisionError`]; [`DecisionError::Late`] when something else was said of a card before, and then nothing is written.
pub async fn record(
    db: &Db,
    by: &OnDuty,
    run: RunId,
    outcomes: &[(i16, Outcome)],
    now: OffsetDateTime,
) -> Result<(), DecisionError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        let known = printing::find(&mut tx, run).await?.filter(|known| by.officer.works_at(&known.counter));
        known.ok_or(DecisionError::NotFound)?;
        let mut cards = printing::cards(&mut tx, run).await?;
        cards.sort_unstable_by_key(|card| card.application);
        for card in cards {
            let Some((_, outcome)) = outcomes.iter().find(|(number, _)| *number == card.number) else { continue };
            if card.outcome == Some(*outcome) {
                continue;
            }
            let case = applications::lock_in_scope(&mut tx, &by.officer.scope(), card.application, now).await?;
            let case = case.ok_or(DecisionError::NotFound)?;
            if !printing::end(&mut tx, run, card.number, *outcome, now).await? {
                // Somebody may have said the same meanwhile.
                let now_known = printing::cards(&mut tx, run).await?.into_iter().find(|known| known.number == card.number);
                if now_known.and_then(|known| known.outcome) == Some(*outcome) {
                    continue;
                }
                return Err(DecisionError::late(&mut tx, &case).await?);
            }
            end(&mut tx, by, &case, *outcome, now).await?;
        }
        Ok(tx.commit().await?)
    })
}

async fn end(tx: &mut Tx, by: &OnDuty, case: &Application, outcome: Outcome, now: OffsetDateTime) -> Result<(), DecisionError> {
    match (outcome, &case.appointment, case.category) {
        (Outcome::Good, Some(place), Some(category)) => {
            let ready = Notice::Ready(&place.counter, place.starts_at, category);
            step(tx, by, case, Status::SiapDiambil, None, Some(ready), now).await
        }
        (Outcome::Good, ..) => Err(DbError::Impossible("a sent case without an appointment").into()),
        (Outcome::Spoilt(flaw), ..) => step(tx, by, case, Status::Disetujui, Some(&Because::Spoilt(flaw)), None, now).await,
    }
}

/// Takes a case a step on, and tells its citizen where there is something to tell.
pub(super) async fn step(
    tx: &mut Tx,
    by: &OnDuty,
    case: &Application,
    to: Status,
    why: Option<&Because>,
    notice: Option<Notice<'_>>,
    now: OffsetDateTime,
) -> Result<(), DecisionError> {
    let Ok(step) = case.status.step(to, Actor::Petugas) else { return Err(DecisionError::late(tx, case).await?) };
    let fact = applications::take_step_because(tx, case.id, step, why, &by.witness(), now).await?;
    let fact = fact.ok_or(DbError::Impossible("a case that moved while it was locked"))?;
    if let Some(notice) = notice {
        notice::owe(tx, case, &notice, fact, now).await?;
    }
    Ok(())
}

/// Why blanks are not entered.
#[derive(Debug, thiserror::Error)]
pub enum BlanksError {
    /// Whoever asks serves at no counter.
    #[error("no counter")]
    NotFound,
    /// More would go than there are; so many there are.
    #[error("below zero")]
    BelowZero(i32),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl MayCollide for BlanksError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_collision())
    }
}

/// Enters blanks that came to an officer's counter, or, below zero, that went away without a card. Entering the same
/// delivery twice is entering it once.
///
/// # Errors
/// [`BlanksError`].
pub async fn enter_blanks(db: &Db, by: &OnDuty, id: BlankId, change: i32, now: OffsetDateTime) -> Result<(), BlanksError> {
    let counter: &RegionCode = &by.officer.workplace().ok_or(BlanksError::NotFound)?.code;
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        events::hold_chain(&mut tx, counter).await?;
        let ledger = blanks::lock(&mut tx, counter).await?;
        if blanks::is_entered(&mut tx, id).await? {
            return Ok(());
        }
        if ledger.left.saturating_add(change) < 0 {
            return Err(BlanksError::BelowZero(ledger.left));
        }
        blanks::enter(&mut tx, id, counter, ledger, change, by.officer.id, now).await?;
        events::add_deed(&mut tx, &Deed::BlanksEntered(change), &by.witness(), now).await?;
        Ok(tx.commit().await?)
    })
}
