//! The outbox: what citizens are told, written in the transaction of the fact it reports, and how far it has come.

use sqlx::postgres::{PgListener, PgPoolOptions};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Conn, Db, DbError, DbResult, Tx, call};
use crate::{
    domain::{
        ids::{ApplicationId, FactId, MessageId},
        message::{Cause, Channel, Content, Message, MessageKind, MessageState, Report, Sms},
    },
    vault::{BlindIndex, Place, Vault, VaultError},
};

pub(super) const TABLE: &str = "messages";

/// How long a worker has for the messages it took, before another takes them.
pub const LEASE: Duration = Duration::seconds(60);

/// Owes a citizen a message about a fact of a case, or of their account. Owing it twice is owing it once.
///
/// # Errors
/// [`DbError`].
pub async fn owe(
    tx: &mut Tx,
    application: Option<ApplicationId>,
    kind: MessageKind,
    fact: FactId,
    content: impl Into<Content>,
    now: OffsetDateTime,
) -> DbResult<()> {
    let (id, content) = (MessageId::random().uuid(), content.into());
    let (recipient, sealed) = seal(tx.vault(), Place { table: TABLE, row: id }, &content)?;
    sqlx::query!(
        "insert into messages (id, application_id, channel, kind, fact, recipient_index, sealed, created_at, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
         on conflict on constraint messages_report_once do nothing",
        id,
        application.map(ApplicationId::uuid),
        content.channel().code(),
        kind.code(),
        fact.uuid(),
        &recipient,
        sealed,
        now,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// Owes a message that is about no case and of no use after a while: a code.
///
/// # Errors
/// [`DbError`].
pub async fn owe_until(
    tx: &mut Tx,
    kind: MessageKind,
    fact: FactId,
    content: impl Into<Content>,
    useless_from: OffsetDateTime,
    now: OffsetDateTime,
) -> DbResult<()> {
    owe(tx, None, kind, fact, content, now).await?;
    sqlx::query!("update messages set useless_from = $3 where kind = $1 and fact = $2", kind.code(), fact.uuid(), useless_from)
        .execute(tx.pg())
        .await?;
    Ok(())
}

/// Lets the messages about a fact leave only from then on.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn hold_back(tx: &mut Tx, fact: FactId, until: OffsetDateTime) -> DbResult<()> {
    sqlx::query!("update messages set due_at = $2 where fact = $1", fact.uuid(), until).execute(tx.pg()).await?;
    Ok(())
}

/// Takes the messages about a fact back. Tells whether none has left, or is about to.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn take_back(tx: &mut Tx, fact: FactId) -> DbResult<bool> {
    sqlx::query!("delete from messages where fact = $1 and state = 'menunggu' and tries = 0", fact.uuid())
        .execute(tx.pg())
        .await?;
    let left = sqlx::query_scalar!(r#"select exists (select from messages where fact = $1) as "left!""#, fact.uuid());
    Ok(!left.fetch_one(tx.pg()).await?)
}

/// The index of whom a message goes to, and what is kept of it.
fn seal(vault: &Vault, place: Place, content: &Content) -> Result<(BlindIndex, Vec<u8>), VaultError> {
    Ok(match content {
        Content::Sms(sms) => (vault.phone_index(&sms.phone), vault.seal_value(place, sms)?),
        Content::Mail(mail) => (vault.email_index(&mail.to), vault.seal_value(place, mail)?),
    })
}

fn open(vault: &Vault, place: Place, channel: Channel, sealed: &[u8]) -> Result<Content, VaultError> {
    Ok(match channel {
        Channel::Sms => Content::Sms(vault.open_value(place, sealed)?),
        Channel::Email => Content::Mail(vault.open_value(place, sealed)?),
    })
}

pub(super) struct Row {
    pub id: Uuid,
    pub channel: String,
    pub kind: String,
    pub sealed: Vec<u8>,
    pub state: String,
    pub tries: i16,
    pub cause: Option<String>,
    pub created_at: OffsetDateTime,
    pub sent_at: Option<OffsetDateTime>,
}

impl Row {
    pub fn open(self, vault: &Vault) -> DbResult<Message> {
        let cause = self.cause.map(|code| Cause::parse(&code).ok_or(DbError::Impossible("why a message did not go through")));
        let channel = Channel::parse(&self.channel).ok_or(DbError::Impossible("on which channel a message goes"))?;
        Ok(Message {
            id: self.id.into(),
            kind: MessageKind::parse(&self.kind).ok_or(DbError::Impossible("a kind of message"))?,
            content: open(vault, Place { table: TABLE, row: self.id }, channel, &self.sealed)?,
            state: MessageState::parse(&self.state).ok_or(DbError::Impossible("how far a message has come"))?,
            tries: u16::try_from(self.tries).unwrap_or_default(),
            cause: cause.transpose()?,
            created_at: self.created_at,
            sent_at: self.sent_at,
        })
    }
}

/// The messages of a case, in the order in which they were written.
///
/// # Errors
/// [`DbError`].
pub async fn of_application(conn: &mut Conn, application: ApplicationId) -> DbResult<Vec<Message>> {
    let rows = sqlx::query_as!(
        Row,
        "select id, channel, kind, sealed, state, tries, cause, created_at, sent_at from messages where application_id = $1 order by number",
        application.uuid(),
    );
    rows.fetch_all(conn.pg()).await?.into_iter().map(|row| row.open(conn.vault())).collect()
}

/// A message that a worker has taken, and for which time that is.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Which.
    pub id: MessageId,
    /// To whom, and the words.
    pub content: Content,
    /// The number of this try, from 1. Only whoever has the newest one may say how it went.
    pub tries: u16,
    /// When it was taken; [`LEASE`] begins then.
    pub taken_at: OffsetDateTime,
}

/// Takes messages of a channel that are due, the oldest of each recipient, so that a phone or a mailbox gets them in order;
/// but a code, which soon is of no use, waits for other codes alone. Whoever takes them has
/// [`LEASE`] to say how it went; what is of no use any more, or addressed to a mailbox that is not the account's any more, is
/// given up here.
///
/// # Errors
/// [`DbError`].
pub async fn claim(conn: &mut Conn, channel: Channel, limit: i64, now: OffsetDateTime) -> DbResult<Vec<Claimed>> {
    sqlx::query!(
        "update messages set state = 'gagal', cause = 'lewat_waktu', leased_until = null where state = 'menunggu' and useless_from <= $1",
        now,
    )
    .execute(conn.pg())
    .await?;
    let rows = sqlx::query!(
        r#"update messages w set leased_until = $2, tries = tries + 1 where id in (
             select id from messages m
             where channel = $4 and state = 'menunggu' and due_at <= $3 and (leased_until is null or leased_until <= $3)
               and not exists (select from messages e where e.recipient_index = m.recipient_index and e.state = 'menunggu' and e.number < m.number
                               and (m.kind <> 'kode' or e.kind = 'kode'))
             order by due_at, number limit $1 for update skip locked)
         returning id, sealed, tries,
             channel = 'sms' or application_id is null
                 or exists (select from applications a join accounts o on o.id = a.account_id
                            where a.id = w.application_id and o.email_index = w.recipient_index) as "is_wanted!""#,
        limit,
        now + LEASE,
        now,
        channel.code(),
    );
    let mut claimed = Vec::new();
    for row in rows.fetch_all(conn.pg()).await? {
        let content = open(conn.vault(), Place { table: TABLE, row: row.id }, channel, &row.sealed)?;
        let message = Claimed { id: row.id.into(), content, tries: u16::try_from(row.tries).unwrap_or_default(), taken_at: now };
        if row.is_wanted {
            claimed.push(message);
        } else {
            put_off(conn, &message, Cause::AlamatDiganti, None).await?;
        }
    }
    Ok(claimed)
}

/// The gateway has a message. A report may have been faster.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn accepted(conn: &mut Conn, message: &Claimed, now: OffsetDateTime) -> DbResult<()> {
    sqlx::query!(
        "update messages set state = 'terkirim', sent_at = $3, leased_until = null, cause = null
         where id = $1 and tries = $2 and state = 'menunggu'",
        message.id.uuid(),
        tries(message),
        now,
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// A message did not go through: it is tried again then, or given up.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn put_off(conn: &mut Conn, message: &Claimed, cause: Cause, again_at: Option<OffsetDateTime>) -> DbResult<()> {
    sqlx::query!(
        "update messages set state = case when $4::timestamptz is null then 'gagal' else state end, due_at = coalesce($4, due_at),
             leased_until = null, cause = $3
         where id = $1 and tries = $2 and state = 'menunggu'",
        message.id.uuid(),
        tries(message),
        cause.code(),
        again_at,
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

fn tries(message: &Claimed) -> i16 {
    i16::try_from(message.tries).unwrap_or(i16::MAX)
}

/// Writes down what the network reports. It only ever goes forward: a phone that has a message keeps it.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn report(conn: &mut Conn, id: MessageId, report: Report, now: OffsetDateTime) -> DbResult<()> {
    let lost = match report {
        Report::Delivered => None,
        Report::Lost(cause) => Some(cause.code()),
    };
    sqlx::query!(
        "update messages set state = case when $2::text is null then 'sampai' else 'gagal' end, cause = $2, leased_until = null,
             sent_at = coalesce(sent_at, $3)
         where id = $1 and (state in ('menunggu', 'terkirim') or state = 'gagal' and $2::text is null)",
        id.uuid(),
        lost,
        now,
    )
    .execute(conn.pg())
    .await?;
    Ok(())
}

/// Whether any message of a channel waits after a failed try.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn any_put_off(conn: &mut Conn, channel: Channel) -> DbResult<bool> {
    let any = sqlx::query_scalar!(
        r#"select exists (select from messages where channel = $1 and state = 'menunggu' and cause is not null) as "any!""#,
        channel.code(),
    );
    Ok(any.fetch_one(conn.pg()).await?)
}

/// Begins an SMS anew, at somebody's wish, to the phone that is the citizen's now.
///
/// # Errors
/// [`DbError`].
pub async fn send_again(tx: &mut Tx, id: MessageId, sms: &Sms, now: OffsetDateTime) -> DbResult<()> {
    let (recipient, sealed) = seal(tx.vault(), Place { table: TABLE, row: id.uuid() }, &sms.into())?;
    sqlx::query!(
        "update messages set state = 'menunggu', tries = 0, due_at = $2, leased_until = null, cause = null,
             recipient_index = $3, sealed = $4
         where id = $1",
        id.uuid(),
        now,
        &recipient,
        sealed,
    )
    .execute(tx.pg())
    .await?;
    sqlx::query!("notify messages").execute(tx.pg()).await?;
    Ok(())
}

/// Somebody was telephoned in place of an SMS. Gives what it was about, if it had been given up.
///
/// # Errors
/// [`DbError`].
pub async fn telephoned(tx: &mut Tx, application: ApplicationId, id: MessageId) -> DbResult<Option<MessageKind>> {
    let kind = sqlx::query_scalar!(
        "update messages set state = 'ditelepon' where id = $1 and application_id = $2 and channel = 'sms' and state = 'gagal'
         returning kind",
        id.uuid(),
        application.uuid(),
    );
    let kind = kind.fetch_optional(tx.pg()).await?;
    kind.map(|code| MessageKind::parse(&code).ok_or(DbError::Impossible("a kind of message"))).transpose()
}

/// Announcements of new messages.
pub struct Announcements(PgListener);

impl Announcements {
    /// Listens, on a connection of its own.
    ///
    /// # Errors
    /// [`DbError::Sql`].
    pub async fn open(db: &Db) -> DbResult<Self> {
        // A pool of its own, so that none of the service's is lent out for ever, or lost in mid-statement.
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(db.options().clone());
        let listener = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            // A lost connection ends it; whoever listens opens another.
            listener.eager_reconnect(false);
            listener.listen("messages").await?;
            Ok(listener)
        };
        Ok(Self(call::wait(listener).await?))
    }

    /// Waits for the next one.
    ///
    /// # Errors
    /// [`DbError::Sql`] when the connection is lost and does not come back.
    pub async fn next(&mut self) -> DbResult<()> {
        match self.0.try_recv().await? {
            Some(_) => Ok(()),
            None => Err(sqlx::Error::WorkerCrashed.into()),
        }
    }
}
