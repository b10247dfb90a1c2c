//! Half hours that cases were given, one after the other: rows are only ever added, each with the event that gave it. With the
//! steps of the cases they are all that the sheet of a day is read from.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Conn, DbError, DbResult, Tx, applications, days::Stretch};
use crate::{
    domain::{
        application::Details,
        category::Category,
        ids::{ApplicationId, FactId},
        receipt::ReceiptNumber,
        sheet::{Fate, Line, Sheet},
        status::Status,
    },
    vault::{Place, Vault},
};

/// Writes down that an event gave a case the half hour that it has now.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn note(tx: &mut Tx, application: ApplicationId, given_by: FactId) -> DbResult<()> {
    sqlx::query!(
        "insert into appointments (fact, counter_code, starts_at) select $1, counter_code, starts_at from applications where id = $2",
        given_by.uuid(),
        application.uuid(),
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// The sheet of a day, as [`crate::domain::sheet`] says.
///
/// # Errors
/// [`DbError`].
pub async fn sheet(conn: &mut Conn, day: Stretch<'_>, now: OffsetDateTime) -> DbResult<Sheet> {
    let lines = expected(conn, day, now.min(day.to)).await?;
    Ok(Sheet { lines, others: collected_besides(conn, day).await? })
}

/// Whoever had a half hour of the day when it began, and what became of them until it was over.
async fn expected(conn: &mut Conn, day: Stretch<'_>, read_at: OffsetDateTime) -> DbResult<Vec<Line>> {
    let rows = sqlx::query!(
        r#"select a.id, a.receipt_number as "number!", a.category as "category!", a.sealed, g.starts_at,
                  last.to_status as "status!", last.at as "since!", gone.at is not null as "is_gone!", gone.starts_at as "gone_to?"
           from appointments g
           join events e on e.fact = g.fact
           join applications a on a.id = e.application_id
           cross join lateral (
               select s.to_status, s.at from events s
               where s.application_id = a.id and s.deed = 'langkah' and s.at < $3 order by s.id desc limit 1) last
           left join lateral (
               select m.at, next.starts_at from events m left join appointments next on next.fact = m.fact
               where m.application_id = a.id and m.id > e.id and m.at < $3 and (next.fact is not null or m.deed = 'lepas_jadwal')
               order by m.id limit 1) gone on true
           where g.counter_code = $1 and g.starts_at >= $2 and g.starts_at < $3
             and (gone.at is null or gone.at >= $2)
             and (last.at >= $2 or last.to_status not in ('ditolak', 'dibatalkan', 'kedaluwarsa'))
           order by g.starts_at, e.id"#,
        day.counter.as_str(),
        day.from,
        day.to,
    );
    let mut lines = Vec::new();
    for row in rows.fetch_all(conn.pg()).await? {
        let status = Status::parse(&row.status).ok_or(DbError::Impossible("a status"))?;
        let fate = if row.is_gone { Fate::Moved(row.gone_to) } else { Fate::of(row.starts_at, (status, row.since), read_at) };
        lines.push(line(conn.vault(), row.id, (&row.number, &row.category, &row.sealed), row.starts_at, fate)?);
    }
    Ok(lines)
}

/// Cards that were handed over on the day and whose half hour then was of another one.
async fn collected_besides(conn: &mut Conn, day: Stretch<'_>) -> DbResult<Vec<Line>> {
    let rows = sqlx::query!(
        r#"select a.id, a.receipt_number as "number!", a.category as "category!", a.sealed, had.starts_at, e.at
           from events e
           join applications a on a.id = e.application_id
           cross join lateral (
               select g.starts_at from events m join appointments g on g.fact = m.fact
               where m.application_id = a.id and m.id < e.id order by m.id desc limit 1) had
           where e.chain = $1 and e.to_status = 'selesai' and e.at >= $2 and e.at < $3
             and not (had.starts_at >= $2 and had.starts_at < $3)
           order by e.at, e.id"#,
        day.counter.as_str(),
        day.from,
        day.to,
    );
    let mut lines = Vec::new();
    for row in rows.fetch_all(conn.pg()).await? {
        let fate = Fate::Collected(row.at);
        lines.push(line(conn.vault(), row.id, (&row.number, &row.category, &row.sealed), row.starts_at, fate)?);
    }
    Ok(lines)
}

fn line(
    vault: &Vault,
    id: Uuid,
    (number, category, sealed): (&str, &str, &[u8]),
    starts_at: OffsetDateTime,
    fate: Fate,
) -> DbResult<Line> {
    let impossible = || DbError::Impossible("a sent application");
    let details: Details = vault.open_value(Place { table: applications::TABLE, row: id }, sealed)?;
    Ok(Line {
        id: id.into(),
        number: ReceiptNumber::parse(number).map_err(|_| impossible())?,
        name: details.civil.ok_or_else(impossible)?.name,
        category: Category::parse(category).ok_or_else(impossible)?,
        starts_at,
        fate,
    })
}
