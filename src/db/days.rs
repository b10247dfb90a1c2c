//! A day of a counter: who is booked, closing it, and the cards that were taken back in a month.

use time::{Date, OffsetDateTime};

use super::{Conn, DbError, DbResult, Tx};
use crate::domain::{ids::ApplicationId, receipt::ReceiptNumber, region::RegionCode};

/// A stretch of time at a counter: from, and up to but not including.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    /// Where.
    pub counter: &'a RegionCode,
    /// From this moment.
    pub from: OffsetDateTime,
    /// To before this one.
    pub to: OffsetDateTime,
}

/// Cases with a firm place whose cards are not handed over, in the order of their half hours.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn booked(conn: &mut Conn, stretch: Stretch<'_>) -> DbResult<Vec<ApplicationId>> {
    let rows = sqlx::query_scalar!(
        "select a.id from places p join applications a on a.id = p.application_id
         where p.counter_code = $1 and p.starts_at >= $2 and p.starts_at < $3 and p.held_until is null
           and a.status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak', 'siap_diambil')
         order by p.starts_at, p.seat",
        stretch.counter.as_str(),
        stretch.from,
        stretch.to,
    );
    Ok(rows.fetch_all(conn.pg()).await?.into_iter().map(ApplicationId::from).collect())
}

/// Lets nobody take a place at a counter until the transaction ends. Whoever also writes events holds the counter's
/// chain before, so that nobody waits in a circle.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn lock_counter(tx: &mut Tx, counter: &RegionCode) -> DbResult<()> {
    sqlx::query!("select code from counters where code = $1 for update", counter.as_str()).fetch_one(tx.pg()).await?;
    Ok(())
}

/// Why a counter is closed on a day, where it is.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn closed_for(conn: &mut Conn, counter: &RegionCode, day: Date) -> DbResult<Option<String>> {
    let reason = sqlx::query_scalar!(
        "select reason from counter_exceptions where counter_code = $1 and on_date = $2 and opens_at is null",
        counter.as_str(),
        day,
    );
    Ok(reason.fetch_optional(conn.pg()).await?)
}

/// Closes an open day: whatever hours it had, and the holds of drafts on it.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn close(tx: &mut Tx, stretch: Stretch<'_>, day: Date, reason: &str) -> DbResult<()> {
    sqlx::query!("delete from counter_exceptions where counter_code = $1 and on_date = $2", stretch.counter.as_str(), day)
        .execute(tx.pg())
        .await?;
    sqlx::query!(
        "insert into counter_exceptions (counter_code, on_date, reason) values ($1, $2, $3)",
        stretch.counter.as_str(),
        day,
        reason,
    )
    .execute(tx.pg())
    .await?;
    sqlx::query!(
        "delete from places where counter_code = $1 and starts_at >= $2 and starts_at < $3 and held_until is not null",
        stretch.counter.as_str(),
        stretch.from,
        stretch.to,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Opens a closed day again, with its usual hours. Tells whether it was closed.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn open(tx: &mut Tx, counter: &RegionCode, day: Date) -> DbResult<bool> {
    let opened = sqlx::query!(
        "delete from counter_exceptions where counter_code = $1 and on_date = $2 and opens_at is null",
        counter.as_str(),
        day,
    );
    Ok(opened.execute(tx.pg()).await?.rows_affected() > 0)
}

/// A card to be destroyed.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// When it was taken back, or found to be spoilt.
    pub at: OffsetDateTime,
    /// The case.
    pub number: ReceiptNumber,
    /// Which officer.
    pub officer: crate::domain::ids::OfficerId,
    /// Whether it is the resident's old card, rather than a spoilt new one.
    pub is_old: bool,
}

/// The cards that were taken back or spoilt, oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn withdrawn(conn: &mut Conn, stretch: Stretch<'_>) -> DbResult<Vec<Withdrawn>> {
    let rows = sqlx::query!(
        r#"select e.at, e.to_status = 'selesai' as "is_old!", a.receipt_number as "number!", e.officer_id as "officer!"
           from events e join applications a on a.id = e.application_id
           where e.chain = $1 and e.at >= $2 and e.at < $3
             and (e.to_status = 'selesai' and 'ktp_ditarik' = any (string_to_array(e.reason, ' '))
                  or e.to_status = 'disetujui' and e.from_status in ('dicetak', 'siap_diambil', 'tidak_diambil'))
           order by e.at, e.id"#,
        stretch.counter.as_str(),
        stretch.from,
        stretch.to,
    );
    rows.fetch_all(conn.pg())
        .await?
        .into_iter()
        .map(|row| {
            let number = ReceiptNumber::parse(&row.number).map_err(|_| DbError::Impossible("a receipt number"))?;
            Ok(Withdrawn { at: row.at, number, officer: row.officer.into(), is_old: row.is_old })
        })
        .collect()
}
