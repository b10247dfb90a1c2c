//! How the outbox stands, and whom to telephone because an SMS did not arrive; an e-mail that did not is no reason to.

use std::collections::HashMap;

use time::OffsetDateTime;

use super::{Conn, DbError, DbResult, applications, messages};
use crate::{
    domain::{
        application::Details,
        ids::ApplicationId,
        message::{Cause, Channel, Message},
        officer::Scope,
        receipt::ReceiptNumber,
    },
    vault::Place,
};

/// How the outbox stands, for whoever may see it.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    /// How many messages wait.
    pub waiting: i64,
    /// Since when the oldest of them waits.
    pub oldest: Option<OffsetDateTime>,
    /// How many of those that wait were tried, and for which cause in vain.
    pub put_off: HashMap<Cause, i64>,
    /// How many were given up and for which cause.
    pub failed: HashMap<Cause, i64>,
}

/// How a channel of the outbox stands: of the cases in a scope, and for whoever sees everything of accounts, too.
///
/// # Errors
/// [`DbError`].
pub async fn outbox(conn: &mut Conn, channel: Channel, scope: &Scope) -> DbResult<Outbox> {
    let (counter, area) = applications::scope(scope);
    let rows = sqlx::query!(
        r#"select m.state, m.cause, count(*) as "count!", min(m.created_at) as "oldest!"
           from messages m left join applications a on a.id = m.application_id
           where m.channel = $3 and m.state in ('menunggu', 'gagal') and ($1::text is null or a.counter_code = $1)
             and ($2::text is null or a.counter_code = $2 or starts_with(a.counter_code, $2 || '.'))
           group by m.state, m.cause"#,
        counter,
        area,
        channel.code(),
    );
    let mut outbox = Outbox::default();
    for row in rows.fetch_all(conn.pg()).await? {
        let cause = row.cause.as_deref().map(|code| Cause::parse(code).ok_or(DbError::Impossible("why a message waits")));
        let cause = cause.transpose()?;
        if row.state == "menunggu" {
            outbox.waiting += row.count;
            outbox.oldest = Some(outbox.oldest.map_or(row.oldest, |oldest| oldest.min(row.oldest)));
            if let Some(cause) = cause {
                *outbox.put_off.entry(cause).or_default() += row.count;
            }
        } else {
            let cause = cause.ok_or(DbError::Impossible("a message given up without a cause"))?;
            *outbox.failed.entry(cause).or_default() += row.count;
        }
    }
    Ok(outbox)
}

/// Somebody to telephone.
#[derive(Clone, Debug)]
pub struct ToTelephone {
    /// The case.
    pub application: ApplicationId,
    /// Its number.
    pub number: ReceiptNumber,
    /// Whose it is.
    pub name: String,
    /// What did not arrive.
    pub message: Message,
}

/// How many are listed.
const LISTED: i64 = 100;

/// Whom to telephone, the oldest first.
///
/// # Errors
/// [`DbError`].
pub async fn to_telephone(conn: &mut Conn, scope: &Scope) -> DbResult<Vec<ToTelephone>> {
    let (counter, area) = applications::scope(scope);
    let rows = sqlx::query!(
        r#"select m.id, m.channel, m.kind, m.sealed, m.state, m.tries, m.cause, m.created_at, m.sent_at,
                  a.id as application, a.receipt_number as "number!", a.sealed as details
           from messages m join applications a on a.id = m.application_id
           where m.channel = 'sms' and m.state = 'gagal' and ($1::text is null or a.counter_code = $1)
             and ($2::text is null or a.counter_code = $2 or starts_with(a.counter_code, $2 || '.'))
           order by m.created_at, m.number limit $3"#,
        counter,
        area,
        LISTED,
    );
    let mut list = Vec::new();
    for row in rows.fetch_all(conn.pg()).await? {
        let details: Details =
            conn.vault().open_value(Place { table: applications::TABLE, row: row.application }, &row.details)?;
        let message = messages::Row {
            id: row.id,
            channel: row.channel,
            kind: row.kind,
            sealed: row.sealed,
            state: row.state,
            tries: row.tries,
            cause: row.cause,
            created_at: row.created_at,
            sent_at: row.sent_at,
        };
        list.push(ToTelephone {
            application: row.application.into(),
            number: ReceiptNumber::parse(&row.number).map_err(|_| DbError::Impossible("a receipt number"))?,
            name: details.civil.map(|civil| civil.name.as_str().to_owned()).unwrap_or_default(),
            message: message.open(conn.vault())?,
        });
    }
    Ok(list)
}
