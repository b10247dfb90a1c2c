//! Reading the event table from end to end, to see whether somebody altered it.

use uuid::Uuid;

use super::{
    Conn, Db, DbResult, Tx,
    events::{Link, microseconds},
};

/// How many rows are read at a time.
const AT_ONCE: i64 = 1_000;

/// A chain that is whole, and where it ends: to be written down somewhere else, because a database that
/// was put back as a whole to an older day looks whole too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The counter's code, or `umum`.
    pub chain: String,
    /// How many events it has.
    pub count: i64,
    /// The last hash, in hexadecimal.
    pub mac: String,
}

/// Where history is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// This row was altered, inserted, or stands in the wrong place.
    Altered {
        /// Its chain.
        chain: String,
        /// Its number in the chain.
        number: i64,
        /// Its number in the table.
        id: i64,
    },
    /// The row with this number is gone.
    Missing {
        /// Its chain.
        chain: String,
        /// Its number in the chain.
        number: i64,
    },
    /// This row stands in no chain.
    Unchained {
        /// Its number in the table.
        id: i64,
    },
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Altered { chain, number, id } => {
                write!(out, "chain {chain}: event {number} (row {id}) was altered, inserted or moved")
            }
            Self::Missing { chain, number } => write!(out, "chain {chain}: event {number} is missing"),
            Self::Unchained { id } => write!(out, "row {id} stands in no chain"),
        }
    }
}

/// Reads every chain, as all of them stand at one moment. Gives their heads, or the first flaw of each.
///
/// # Errors
/// [`super::DbError::Sql`].
pub async fn verify(db: &Db) -> DbResult<Result<Vec<Head>, Vec<Flaw>>> {
    let mut tx = db.begin().await?;
    sqlx::query!("set transaction isolation level repeatable read, read only").execute(tx.pg()).await?;
    let heads = sqlx::query!(r#"select chain, count, mac, encode(mac, 'hex') as "hex!" from chain_heads order by chain"#)
        .fetch_all(tx.pg())
        .await?;
    let unchained = sqlx::query_scalar!(
        "select id from events where number is null or mac is null or chain is null or chain not in (select chain from chain_heads) order by id limit 1"
    );
    let mut flaws: Vec<Flaw> = unchained.fetch_optional(tx.pg()).await?.map(|id| Flaw::Unchained { id }).into_iter().collect();
    let mut whole = Vec::new();
    for head in heads {
        match verify_chain(&mut tx, &head.chain, head.count, &head.mac).await? {
            None => whole.push(Head { chain: head.chain, count: head.count, mac: head.hex }),
            Some(flaw) => flaws.push(flaw),
        }
    }
    Ok(if flaws.is_empty() { Ok(whole) } else { Err(flaws) })
}

/// Whether the newest event of all is chained to the one before it with our key; nothing where there is none.
///
/// # Errors
/// [`super::DbError::Sql`].
pub(super) async fn newest_link_agrees(conn: &mut Conn) -> DbResult<Option<bool>> {
    let newest = sqlx::query_as!(
        Row,
        r#"select id, number as "number!", mac as "mac!", fact, at, deed, actor, account_id, officer_id, office, application_id,
                  origin, from_status, to_status, reason, sealed, chain as "chain!"
           from events where mac is not null order by id desc limit 1"#,
    );
    let Some(row) = newest.fetch_optional(conn.pg()).await? else { return Ok(None) };
    let before = sqlx::query_scalar!(
        r#"select mac as "mac!" from events where chain = $1 and number = $2 and mac is not null"#,
        &row.chain,
        row.number - 1,
    );
    let before = before.fetch_optional(conn.pg()).await?.unwrap_or_else(|| vec![0; 32]);
    Ok(Some(row.link(&row.chain).mac(conn.vault(), &before)?.as_slice() == row.mac))
}

/// A row of the event table.
struct Row {
    id: i64,
    number: i64,
    mac: Vec<u8>,
    fact: Uuid,
    at: time::OffsetDateTime,
    deed: String,
    actor: String,
    account_id: Option<Uuid>,
    officer_id: Option<Uuid>,
    office: Option<String>,
    application_id: Option<Uuid>,
    origin: Option<String>,
    from_status: Option<String>,
    to_status: Option<String>,
    reason: Option<String>,
    sealed: Option<Vec<u8>>,
    chain: String,
}

impl Row {
    fn link<'a>(&'a self, chain: &'a str) -> Link<'a> {
        Link {
            chain,
            number: self.number,
            fact: self.fact,
            at: microseconds(self.at),
            deed: &self.deed,
            actor: &self.actor,
            account: self.account_id,
            officer: self.officer_id,
            office: self.office.as_deref(),
            application: self.application_id,
            origin: self.origin.as_deref(),
            from: self.from_status.as_deref(),
            to: self.to_status.as_deref(),
            reason: self.reason.as_deref(),
            sealed: self.sealed.as_deref(),
        }
    }
}

/// The first flaw of a chain. Its last row must be the one that the head knows.
async fn verify_chain(tx: &mut Tx, chain: &str, count: i64, last: &[u8]) -> DbResult<Option<Flaw>> {
    let (mut before, mut number, mut read) = (vec![0; 32], 0, i64::MIN);
    loop {
        let rows = sqlx::query_as!(
            Row,
            r#"select id, number as "number!", mac as "mac!", fact, at, deed, actor, account_id, officer_id, office,
                      application_id, origin, from_status, to_status, reason, sealed, chain as "chain!"
               from events where chain = $1 and number > $2 and mac is not null order by number limit $3"#,
            chain,
            read,
            AT_ONCE,
        );
        let rows = rows.fetch_all(tx.pg()).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            number += 1;
            if row.number > number {
                return Ok(Some(Flaw::Missing { chain: chain.to_owned(), number }));
            }
            let unlike = row.link(chain).mac(tx.vault(), &before)?.as_slice() != row.mac;
            if unlike || number > count || number == count && row.mac != last {
                return Ok(Some(Flaw::Altered { chain: chain.to_owned(), number, id: row.id }));
            }
            (before, read) = (row.mac, row.number);
        }
    }
    Ok((number < count).then(|| Flaw::Missing { chain: chain.to_owned(), number: number + 1 }))
}
