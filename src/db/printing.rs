//! Print runs and their cards.

use std::collections::HashSet;

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{Conn, DbError, DbResult, Tx};
use crate::domain::{
    card::{Flaw, Outcome, RunNumber},
    ids::{ApplicationId, OfficerId, RunId},
    region::RegionCode,
};

/// A print run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// Whose counter's.
    pub counter: RegionCode,
    /// Its number on paper.
    pub number: RunNumber,
    /// Who started it.
    pub officer: OfficerId,
    /// When.
    pub started_at: OffsetDateTime,
    /// How many cards it has.
    pub cards: i64,
    /// How many of them are still at the printer.
    pub open: i64,
}

/// A card of a run.
#[derive(Clone, Copy, Debug)]
pub struct Card {
    /// Its line on the list.
    pub number: i16,
    /// Whose.
    pub application: ApplicationId,
    /// What became of it, once it is known.
    pub outcome: Option<Outcome>,
}

struct Row {
    id: Uuid,
    counter_code: String,
    on_date: Date,
    number: i16,
    officer_id: Uuid,
    started_at: OffsetDateTime,
    cards: i64,
    open: i64,
}

impl Row {
    fn open(self) -> DbResult<Run> {
        Ok(Run {
            id: self.id.into(),
            counter: RegionCode::parse(&self.counter_code).ok_or(DbError::Impossible("a counter's code"))?,
            number: RunNumber { day: self.on_date, number: self.number },
            officer: self.officer_id.into(),
            started_at: self.started_at,
            cards: self.cards,
            open: self.open,
        })
    }
}

macro_rules! runs {
    ($rest:literal, $($value:expr),+ $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"select r.id, r.counter_code, r.on_date, r.number, r.officer_id, r.started_at,
                      (select count(*) from print_cards c where c.run_id = r.id) as "cards!",
                      (select count(*) from print_cards c where c.run_id = r.id and c.ended_at is null) as "open!"
               from print_runs r where "# + $rest,
            $($value),+
        )
    };
}

/// A run, whoever asks.
///
/// # Errors
/// [`DbError`].
pub async fn find(conn: &mut Conn, id: RunId) -> DbResult<Option<Run>> {
    runs!("r.id = $1", id.uuid()).fetch_optional(conn.pg()).await?.map(Row::open).transpose()
}

/// The newest runs of a counter, those with cards at the printer first.
///
/// # Errors
/// [`DbError`].
pub async fn newest(conn: &mut Conn, counter: &RegionCode, limit: i64) -> DbResult<Vec<Run>> {
    let rows = runs!(
        "r.counter_code = $1 order by exists (select from print_cards c where c.run_id = r.id and c.ended_at is null) desc,
         r.on_date desc, r.number desc limit $2",
        counter.as_str(),
        limit,
    );
    rows.fetch_all(conn.pg()).await?.into_iter().map(Row::open).collect()
}

/// The cards of a run, in the order of the list.
///
/// # Errors
/// [`DbError`].
pub async fn cards(conn: &mut Conn, run: RunId) -> DbResult<Vec<Card>> {
    let rows = sqlx::query!(
        "select number, application_id, ended_at, flaw from print_cards where run_id = $1 order by number",
        run.uuid()
    );
    let outcome = |flaw: Option<String>| match flaw {
        None => Ok(Outcome::Good),
        Some(code) => Flaw::parse(&code).map(Outcome::Spoilt).ok_or(DbError::Impossible("what is wrong with a card")),
    };
    rows.fetch_all(conn.pg())
        .await?
        .into_iter()
        .map(|row| {
            let outcome = row.ended_at.map(|_| outcome(row.flaw)).transpose()?;
            Ok(Card { number: row.number, application: row.application_id.into(), outcome })
        })
        .collect()
}

/// The run and the line on its list that a case's newest card has, if it ever had one.
///
/// # Errors
/// [`DbError`].
pub async fn last_of(conn: &mut Conn, application: ApplicationId) -> DbResult<Option<(Run, i16)>> {
    let last = sqlx::query!(
        "select c.run_id, c.number from print_cards c join print_runs r on r.id = c.run_id
         where c.application_id = $1 order by r.started_at desc, r.on_date desc, r.number desc limit 1",
        application.uuid(),
    );
    let Some(last) = last.fetch_optional(conn.pg()).await? else { return Ok(None) };
    Ok(find(conn, last.run_id.into()).await?.map(|run| (run, last.number)))
}

/// Those of these cases that wait for the printer, in the order in which they get blanks: first what was printed before and
/// spoilt, then what waited for a blank before, then the oldest.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn in_turn(conn: &mut Conn, cases: &[ApplicationId]) -> DbResult<Vec<ApplicationId>> {
    let cases: Vec<Uuid> = cases.iter().map(|case| case.uuid()).collect();
    let rows = sqlx::query_scalar!(
        r#"select id as "id!" from cases_to_print where id = any($1) order by turn, submitted_at, id"#,
        &cases
    );
    Ok(rows.fetch_all(conn.pg()).await?.into_iter().map(ApplicationId::from).collect())
}

/// Those of these cases for which a card was printed before.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn printed_before(conn: &mut Conn, cases: &[ApplicationId]) -> DbResult<HashSet<ApplicationId>> {
    let cases: Vec<Uuid> = cases.iter().map(|case| case.uuid()).collect();
    let rows = sqlx::query_scalar!("select application_id from print_cards where application_id = any($1)", &cases);
    Ok(rows.fetch_all(conn.pg()).await?.into_iter().map(ApplicationId::from).collect())
}

/// Starts a run with these cards, in this order. The counter's ledger of blanks is locked, so that no two runs
/// have a number.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn start(
    tx: &mut Tx,
    id: RunId,
    counter: &RegionCode,
    day: Date,
    by: OfficerId,
    cases: &[ApplicationId],
    now: OffsetDateTime,
) -> DbResult<RunNumber> {
    let number = sqlx::query_scalar!(
        "insert into print_runs (id, counter_code, on_date, number, officer_id, started_at)
         select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5 from print_runs where counter_code = $2 and on_date = $3
         returning number",
        id.uuid(),
        counter.as_str(),
        day,
        by.uuid(),
        now,
    );
    let number = number.fetch_one(tx.pg()).await?;
    let cases: Vec<Uuid> = cases.iter().map(|case| case.uuid()).collect();
    sqlx::query!(
        "insert into print_cards (run_id, number, application_id)
         select $1, c.number::smallint, c.id from unnest($2::uuid[]) with ordinality as c (id, number)",
        id.uuid(),
        &cases,
    )
    .execute(tx.pg())
    .await?;
    Ok(RunNumber { day, number })
}

/// Writes down that the newest card of a case was found to be spoilt after all.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn spoil(tx: &mut Tx, application: ApplicationId, flaw: Flaw) -> DbResult<()> {
    let Some((run, number)) = last_of(tx, application).await? else { return Ok(()) };
    sqlx::query!(
        "update print_cards set flaw = $3 where run_id = $1 and number = $2 and ended_at is not null and flaw is null",
        run.id.uuid(),
        number,
        flaw.code(),
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Writes down what became of a card. Tells whether it was still at the printer.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn end(tx: &mut Tx, run: RunId, number: i16, outcome: Outcome, now: OffsetDateTime) -> DbResult<bool> {
    let flaw = match outcome {
        Outcome::Good => None,
        Outcome::Spoilt(flaw) => Some(flaw.code()),
    };
    let ended = sqlx::query!(
        "update print_cards set ended_at = $3, flaw = $4 where run_id = $1 and number = $2 and ended_at is null",
        run.uuid(),
        number,
        now,
        flaw,
    );
    Ok(ended.execute(tx.pg()).await?.rows_affected() == 1)
}
