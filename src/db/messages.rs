//! The outbox: what citizens are told, written in the transaction of the fact it reports.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Conn, DbError, DbResult, Tx};
use crate::{
    domain::{
        ids::{ApplicationId, FactId},
        message::{Message, MessageKind, Sms},
    },
    vault::Place,
};

const TABLE: &str = "messages";

/// Owes a citizen a message about a fact of a case, or of their account. Owing it twice is owing it once.
///
/// # Errors
/// [`DbError`].
pub async fn owe(
    tx: &mut Tx,
    application: Option<ApplicationId>,
    kind: MessageKind,
    fact: FactId,
    sms: &Sms,
    now: OffsetDateTime,
) -> DbResult<()> {
    let id = Uuid::new_v4();
    let sealed = tx.vault().seal_value(Place { table: TABLE, row: id }, sms)?;
    let phone = tx.vault().phone_index(&sms.phone);
    sqlx::query!(
        "insert into messages (id, application_id, kind, fact, phone_index, sealed, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint messages_report_once do nothing",
        id,
        application.map(ApplicationId::uuid),
        kind.code(),
        fact.uuid(),
        &phone,
        sealed,
        now,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// The messages of a case, oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn of_application(conn: &mut Conn, application: ApplicationId) -> DbResult<Vec<Message>> {
    let rows = sqlx::query!(
        "select id, kind, sealed, created_at, sent_at from messages where application_id = $1 order by created_at, id",
        application.uuid(),
    );
    let rows = rows.fetch_all(conn.pg()).await?;
    let mut messages = Vec::with_capacity(rows.len());
    for row in rows {
        messages.push(Message {
            kind: MessageKind::parse(&row.kind).ok_or(DbError::Impossible("a kind of message"))?,
            sms: conn.vault().open_value(Place { table: TABLE, row: row.id }, &row.sealed)?,
            created_at: row.created_at,
            sent_at: row.sent_at,
        });
    }
    Ok(messages)
}

/// Takes the oldest waiting messages, marks them as sent and gives them. They are out only when the
/// transaction is a fact.
///
/// # Errors
/// [`DbError`].
pub async fn take_waiting(tx: &mut Tx, limit: i64, now: OffsetDateTime) -> DbResult<Vec<Sms>> {
    let rows = sqlx::query!(
        "update messages set state = 'terkirim', sent_at = $2
         where id in (select id from messages where state = 'menunggu' order by created_at, id limit $1 for update skip locked)
         returning id, sealed",
        limit,
        now,
    );
    let rows = rows.fetch_all(tx.pg()).await?;
    rows.into_iter().map(|row| Ok(tx.vault().open_value(Place { table: TABLE, row: row.id }, &row.sealed)?)).collect()
}
