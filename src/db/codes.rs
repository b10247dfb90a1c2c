//! Codes under way: who asked, how often, and what each would finish.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{
    Conn, DbResult, Tx,
    accounts::{Account, Contact},
};
use crate::{
    domain::{
        code::{A_DAY, AN_HOUR, Code, CodeError, FROM_AN_ADDRESS, LIFE, Purpose},
        ids::{AccountId, CodeId, ResidentId},
        person::Email,
        phone::Phone,
    },
    vault::{BlindIndex, Place},
};

const TABLE: &str = "codes";

/// What a code finishes, as it is sealed.
#[derive(Clone, Serialize, Deserialize)]
pub enum Pending {
    /// An account for a resident.
    Registration {
        /// Whose.
        resident: ResidentId,
        /// How to reach them.
        contact: Contact,
        /// The hash of the password they chose.
        hash: String,
    },
    /// Another phone for an account.
    Phone {
        /// Which account.
        account: AccountId,
        /// The phone.
        phone: Phone,
    },
    /// Another phone for the account of somebody who stands at a counter, and what an officer does with it.
    AtCounter {
        /// Which account.
        account: AccountId,
        /// The phone.
        phone: Phone,
        /// What else.
        errand: Errand,
    },
    /// An e-mail address for an account, the first or another.
    Email {
        /// Which account.
        account: AccountId,
        /// The address.
        email: Email,
    },
    /// A new password for an account; for none where the NIK has none.
    Recovery {
        /// Which account.
        account: Option<Forgotten>,
    },
}

/// For what an officer puts another phone into an account.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub enum Errand {
    /// In place of a lost one.
    Replace,
    /// To take the account from whoever opened it; the mark of the password that it had.
    Free(i64),
}

/// An account whose password was forgotten, as it was when the code was asked for. Another phone or password since, and the
/// code was sent to somebody who may be a stranger by now.
#[derive(Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Forgotten {
    /// Which account.
    pub id: AccountId,
    /// Where the code went.
    pub phone: Phone,
    /// Which password it had.
    pub password_mark: i64,
}

impl From<&Account> for Forgotten {
    fn from(account: &Account) -> Self {
        Self { id: account.id, phone: account.contact.phone.clone(), password_mark: account.password_mark }
    }
}

/// Where a code is sent.
#[derive(Clone, Copy)]
pub enum Destination<'a> {
    /// To a phone, by SMS.
    Phone(&'a Phone),
    /// To a mailbox, which nothing else would prove.
    Email(&'a Email),
}

/// A code that somebody asks for.
pub struct Ask<'a> {
    /// Which row.
    pub id: CodeId,
    /// What for.
    pub purpose: Purpose,
    /// What was typed to ask for it: a number, or a NIK.
    pub typed: &'a str,
    /// The network address of whoever asks.
    pub from: &'a str,
    /// The code and where it goes, or none where nobody is sent one.
    pub sent: Option<(&'a Code, Destination<'a>)>,
    /// What it finishes.
    pub pending: &'a Pending,
}

/// Notes that a code was asked for, or says when the next one may be: three an hour and ten a day for what was typed, and a
/// generous number for an address. A phone or a mailbox gets no more than that either, for whatever reason, but this is not told: it
/// would tell whose it is. Tells whether the code may be sent.
///
/// # Errors
/// [`super::DbError`].
pub async fn ask(tx: &mut Tx, ask: &Ask<'_>, now: OffsetDateTime) -> DbResult<Result<bool, OffsetDateTime>> {
    let typed = tx.vault().subject_index("kode", ask.typed);
    let from = tx.vault().subject_index("alamat kode", ask.from);
    let recipient = ask.sent.map(|(_, to)| match to {
        Destination::Phone(phone) => tx.vault().phone_index(phone),
        Destination::Email(email) => tx.vault().email_index(email),
    });
    // One at a time for what was typed, then for whoever gets it.
    lock(tx, &typed).await?;
    if let Some(recipient) = &recipient {
        lock(tx, recipient).await?;
    }
    let (hour, day) = (now - Duration::hours(1), now - Duration::days(1));
    let next = sqlx::query!(
        r#"select (select asked_at from codes where typed_index = $1 and asked_at > $3 order by asked_at desc offset $5 limit 1) as of_hour,
                  (select asked_at from codes where typed_index = $1 and asked_at > $4 order by asked_at desc offset $6 limit 1) as of_day,
                  (select asked_at from codes where asked_from = $2 and asked_at > $3 order by asked_at desc offset $7 limit 1) as of_address,
                  (select count(*) from codes where recipient_index = $8 and asked_at > $3) as "sent_in_an_hour!",
                  (select count(*) from codes where recipient_index = $8 and asked_at > $4) as "sent_in_a_day!""#,
        &typed,
        &from,
        hour,
        day,
        AN_HOUR - 1,
        A_DAY - 1,
        FROM_AN_ADDRESS - 1,
        recipient.as_ref().map(BlindIndex::as_slice),
    );
    let next = next.fetch_one(tx.pg()).await?;
    let ends = [
        next.of_hour.map(|at| at + Duration::hours(1)),
        next.of_day.map(|at| at + Duration::days(1)),
        next.of_address.map(|at| at + Duration::hours(1)),
    ];
    if let Some(next) = ends.into_iter().flatten().max() {
        return Ok(Err(next));
    }
    let may_send = next.sent_in_an_hour < AN_HOUR && next.sent_in_a_day < A_DAY;
    let recipient = recipient.filter(|_| may_send);
    let code = ask.sent.filter(|_| may_send).map(|(code, _)| tx.vault().code_index(ask.id, code).to_vec());
    let sealed = tx.vault().seal_value(Place { table: TABLE, row: ask.id.uuid() }, ask.pending)?;
    sqlx::query!(
        "insert into codes (id, purpose, typed_index, recipient_index, asked_from, code_index, asked_at, until, sealed)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        ask.id.uuid(),
        ask.purpose.code(),
        &typed,
        recipient.as_ref().map(BlindIndex::as_slice),
        &from,
        code,
        now,
        now + LIFE,
        sealed,
    )
    .execute(tx.pg())
    .await?;
    Ok(Ok(may_send))
}

/// Waits for others who ask about the same: 64 bits of an index name the lock.
async fn lock(tx: &mut Tx, index: &BlindIndex) -> DbResult<()> {
    let name = index.first_chunk().copied().map_or(0, i64::from_be_bytes);
    sqlx::query!("select pg_advisory_xact_lock($1)", name).execute(tx.pg()).await?;
    Ok(())
}

/// Whether a code can still be tried, for whoever has something costly to do first. Tells nothing about the code.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn can_be_tried(conn: &mut Conn, id: CodeId, now: OffsetDateTime) -> DbResult<bool> {
    let open = sqlx::query_scalar!(
        r#"select exists (select from codes where id = $1 and not used and tries_left > 0 and until > $2) as "open!""#,
        id.uuid(),
        now,
    );
    Ok(open.fetch_one(conn.pg()).await?)
}

/// Tries a code. The try counts when the transaction is a fact, whatever the outcome; the right code is used up with it.
///
/// # Errors
/// [`super::DbError`].
pub async fn attempt(
    tx: &mut Tx,
    id: CodeId,
    purpose: Purpose,
    typed: &Code,
    now: OffsetDateTime,
) -> DbResult<Result<Pending, CodeError>> {
    let row = sqlx::query!(
        "select code_index, tries_left, until, used, sealed from codes where id = $1 and purpose = $2 for update",
        id.uuid(),
        purpose.code(),
    );
    let Some(row) = row.fetch_optional(tx.pg()).await?.filter(|row| !row.used) else { return Ok(Err(CodeError::Gone)) };
    if row.until <= now {
        return Ok(Err(CodeError::Expired));
    }
    if row.tries_left == 0 {
        return Ok(Err(CodeError::UsedUp));
    }
    let typed = tx.vault().code_index(id, typed);
    let is_right = row.code_index.is_some_and(|known| known == typed);
    sqlx::query!("update codes set tries_left = tries_left - 1, used = $2 where id = $1", id.uuid(), is_right)
        .execute(tx.pg())
        .await?;
    if !is_right {
        return Ok(Err(if row.tries_left == 1 { CodeError::UsedUp } else { CodeError::Wrong }));
    }
    Ok(Ok(tx.vault().open_value(Place { table: TABLE, row: id.uuid() }, &row.sealed)?))
}

/// What a code would finish, while it can.
///
/// # Errors
/// [`super::DbError`].
pub async fn pending(conn: &mut Conn, id: CodeId, purpose: Purpose) -> DbResult<Option<Pending>> {
    let sealed =
        sqlx::query_scalar!("select sealed from codes where id = $1 and purpose = $2 and not used", id.uuid(), purpose.code());
    let Some(sealed) = sealed.fetch_optional(conn.pg()).await? else { return Ok(None) };
    Ok(Some(conn.vault().open_value(Place { table: TABLE, row: id.uuid() }, &sealed)?))
}

/// How long codes are remembered: the longest time within which they are counted.
pub const REMEMBERED: Duration = Duration::days(1);

/// Forgets what was asked before this moment.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn forget(conn: &mut Conn, before: OffsetDateTime) -> DbResult<()> {
    sqlx::query!("delete from codes where asked_at <= $1", before).execute(conn.pg()).await?;
    Ok(())
}
