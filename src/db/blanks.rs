//! The ledger of a counter's blank cards: what came, and what each printed card took.

use time::OffsetDateTime;

use super::{Conn, DbResult, Tx};
use crate::domain::{
    ids::{BlankId, OfficerId, RunId},
    region::RegionCode,
};

/// Blank cards of a counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// How many there are.
    pub left: i32,
    /// How many cards took one since the moment asked about.
    pub taken: i64,
    /// How many cases wait for the printer.
    pub waiting: i64,
}

/// How many blanks a counter has, how many it used since a moment, and for how many cases it needs one now.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn stock(conn: &mut Conn, counter: &RegionCode, since: OffsetDateTime) -> DbResult<Stock> {
    let row = sqlx::query!(
        r#"select coalesce((select balance from blanks where counter_code = $1 order by number desc limit 1), 0) as "left!",
                  (select count(*) from blanks where counter_code = $1 and run_id is not null and at >= $2) as "taken!",
                  (select count(*) from cases_to_print where counter_code = $1) as "waiting!""#,
        counter.as_str(),
        since,
    );
    let row = row.fetch_one(conn.pg()).await?;
    Ok(Stock { left: row.left, taken: row.taken, waiting: row.waiting })
}

/// The end of a counter's ledger, which stays where it is until the transaction ends.
#[derive(Clone, Copy, Debug)]
pub struct Ledger {
    number: i64,
    /// How many blanks there are.
    pub left: i32,
}

/// Locks a counter's ledger. Whoever also writes events holds the counter's chain before
/// ([`super::events::hold_chain`]), so that nobody waits in a circle.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn lock(tx: &mut Tx, counter: &RegionCode) -> DbResult<Ledger> {
    sqlx::query!("select code from counters where code = $1 for no key update", counter.as_str()).fetch_one(tx.pg()).await?;
    let last =
        sqlx::query!("select number, balance from blanks where counter_code = $1 order by number desc limit 1", counter.as_str());
    let last = last.fetch_optional(tx.pg()).await?;
    Ok(last.map_or(Ledger { number: 0, left: 0 }, |last| Ledger { number: last.number, left: last.balance }))
}

/// Whether a delivery was entered before.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn is_entered(tx: &mut Tx, id: BlankId) -> DbResult<bool> {
    let known = sqlx::query_scalar!(r#"select exists (select from blanks where id = $1) as "known!""#, id.uuid());
    Ok(known.fetch_one(tx.pg()).await?)
}

/// Enters blanks that came, or, below zero, that went away without a card.
///
/// # Errors
/// [`super::DbError::Sql`]; its constraint is [`BELOW_ZERO`] when more go than there are.
pub async fn enter(
    tx: &mut Tx,
    id: BlankId,
    counter: &RegionCode,
    ledger: Ledger,
    change: i32,
    by: OfficerId,
    now: OffsetDateTime,
) -> DbResult<()> {
    sqlx::query!(
        "insert into blanks (id, counter_code, number, change, balance, at, officer_id) values ($1, $2, $3, $4, $5, $6, $7)",
        id.uuid(),
        counter.as_str(),
        ledger.number + 1,
        change,
        ledger.left.saturating_add(change),
        now,
        by.uuid(),
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Takes a blank for each card of a run.
///
/// # Errors
/// [`super::DbError::Sql`]; its constraint is [`BELOW_ZERO`] when there are not enough.
pub async fn take(
    tx: &mut Tx,
    counter: &RegionCode,
    ledger: Ledger,
    run: RunId,
    by: OfficerId,
    now: OffsetDateTime,
) -> DbResult<()> {
    sqlx::query!(
        "insert into blanks (id, counter_code, number, change, balance, at, officer_id, run_id, card_number)
         select gen_random_uuid(), $1, $2::bigint + number, -1, $3::integer - number, $4, $5, run_id, number
         from print_cards where run_id = $6 order by number",
        counter.as_str(),
        ledger.number,
        ledger.left,
        now,
        by.uuid(),
        run.uuid(),
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Refuses a ledger below zero.
pub const BELOW_ZERO: &str = "blanks_never_below_zero";
