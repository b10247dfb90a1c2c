//! A connection of the program, and a transaction on it.
//!
//! A connection goes back to the pool only if nothing was left half-way on it: one whose statement, BEGIN or COMMIT was cut
//! off, whose server has gone or may not write, or that has become out of date, is closed. sqlx by itself would put it
//! back, perhaps inside a transaction that it knows nothing of (transact-rs/sqlx #4393).

use std::{
    ops::{Deref, DerefMut},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_core::{
    future::BoxFuture,
    stream::{BoxStream, Stream},
};
use sqlx::{
    Describe, Either, Execute, Executor, PgConnection, Postgres, SqlStr,
    pool::PoolConnection,
    postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo},
};
use tokio::{
    runtime::Handle,
    time::{Sleep, sleep, timeout},
};

use super::{
    Db, DbError, DbResult,
    call::{self, Waiting},
    error,
};
use crate::vault::Vault;

/// How long a connection may take to undo what was not committed and to go back to the pool; then it is closed, so that a
/// silent server does not keep its place there.
const RETURN: Duration = Duration::from_secs(5);

/// A connection that knows the vault.
pub struct Conn {
    /// Gone once it is on its way back.
    pg: Option<PoolConnection<Postgres>>,
    state: State,
}

/// What is known of a connection.
#[derive(Debug)]
struct State {
    db: Db,
    /// Which of the pools that came one after the other it belongs to.
    generation: u64,
    in_transaction: bool,
    last: Statement,
    /// Nobody else should get it.
    is_unfit: bool,
}

/// How the last statement on a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Statement {
    /// It went through, or there was none.
    Done,
    /// It has begun and not ended.
    UnderWay,
    /// It was refused, and with it the transaction.
    Refused,
}

impl Conn {
    pub(super) fn new(pg: PoolConnection<Postgres>, db: Db, generation: u64) -> Self {
        let state = State { db, generation, in_transaction: false, last: Statement::Done, is_unfit: false };
        Self { pg: Some(pg), state }
    }

    /// The keys.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        self.state.db.vault()
    }

    /// Whether e-mail goes out, so that it may be owed.
    #[must_use]
    pub fn sends_email(&self) -> bool {
        self.state.db.sends_email()
    }

    /// Where statements run.
    pub(super) fn pg(&mut self) -> Pg<'_> {
        Pg { pg: self.pg.as_deref_mut(), state: &mut self.state }
    }

    pub(super) async fn begin(mut self) -> DbResult<Tx> {
        // Also a BEGIN that is cut off leads to no return to the pool: see `drop`.
        self.pg().execute("begin").await?;
        self.state.in_transaction = true;
        Ok(Tx(self))
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        let Some(mut pg) = self.pg.take() else { return };
        let Ok(runtime) = Handle::try_current() else { return };
        if self.state.last == Statement::UnderWay || self.state.is_unfit {
            pg.close_on_drop();
            return;
        }
        let in_transaction = self.state.in_transaction;
        runtime.spawn(async move {
            if in_transaction && !matches!(timeout(RETURN, (*pg).execute("rollback")).await, Ok(Ok(_))) {
                pg.close_on_drop();
                return;
            }
            let returning = pg.return_to_pool();
            drop(pg);
            timeout(RETURN, returning).await.ok();
        });
    }
}

/// A connection inside a transaction: what changes several rows demands one.
pub struct Tx(Conn);

impl Tx {
    /// Makes everything done so far a fact.
    ///
    /// # Errors
    /// [`DbError::Sql`], also when a deferred constraint refuses; [`DbError::Unknown`] when it may be a fact all the same.
    pub async fn commit(self) -> DbResult<()> {
        call::may_store();
        self.commit_bookkeeping().await
    }

    /// The same for what nobody sent us, such as a count of wrong answers: to the person, nothing was stored.
    ///
    /// # Errors
    /// As [`Tx::commit`].
    pub async fn commit_bookkeeping(mut self) -> DbResult<()> {
        if self.0.state.last == Statement::Refused {
            // PostgreSQL would answer such a COMMIT with a friendly ROLLBACK.
            return Err(DbError::Impossible("a commit after a refused statement"));
        }
        let committed = self.0.pg().execute("commit").await;
        self.0.state.in_transaction = false;
        match committed {
            Ok(_) => Ok(()),
            Err(error) if error::is_answer(&error) => Err(error.into()),
            Err(error) => Err(DbError::Unknown(error)),
        }
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

/// Runs statements, each within the patience of the call, and notes how they end.
#[derive(Debug)]
pub(super) struct Pg<'c> {
    /// Always there; a connection on its way back runs nothing.
    pg: Option<&'c mut PgConnection>,
    state: &'c mut State,
}

impl State {
    fn statement_failed(&mut self, error: &sqlx::Error) {
        self.last = Statement::Refused;
        if error::is_outdated(error) {
            call::met_outdated();
            self.db.renew(self.generation);
        }
        self.is_unfit |= error::spoils_the_connection(error);
    }
}

impl<'c> Executor<'c> for Pg<'c> {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let Self { pg, state } = self;
        state.last = Statement::UnderWay;
        let rows = pg.map(|pg| pg.fetch_many(query));
        Box::pin(Rows { stream: rows, state, waiting: Waiting::begin(), patience: None })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let Self { pg, state } = self;
        Box::pin(async move {
            let pg = pg.ok_or(sqlx::Error::WorkerCrashed)?;
            state.last = Statement::UnderWay;
            let row = call::wait(pg.fetch_optional(query)).await;
            match &row {
                Ok(_) => state.last = Statement::Done,
                Err(error) => state.statement_failed(error),
            }
            row
        })
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [PgTypeInfo]) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        Box::pin(async move { self.pg.ok_or(sqlx::Error::WorkerCrashed)?.prepare_with(sql, parameters).await })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, sqlx::Error>>
    where
        'c: 'e,
    {
        Box::pin(async move { self.pg.ok_or(sqlx::Error::WorkerCrashed)?.describe(sql).await })
    }
}

/// The rows of a statement. Unless they are read to their end, the connection counts as left in mid-statement.
struct Rows<'e> {
    stream: Option<BoxStream<'e, Result<Either<PgQueryResult, PgRow>, sqlx::Error>>>,
    state: &'e mut State,
    waiting: Waiting,
    /// Set when there is something to wait for.
    patience: Option<Pin<Box<Sleep>>>,
}

impl Stream for Rows<'_> {
    type Item = Result<Either<PgQueryResult, PgRow>, sqlx::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Some(rows) = &mut this.stream else { return Poll::Ready(None) };
        let polled = rows.as_mut().poll_next(cx);
        match &polled {
            Poll::Ready(None) => this.state.last = Statement::Done,
            Poll::Ready(Some(Err(error))) => this.state.statement_failed(error),
            Poll::Ready(Some(Ok(_))) => return polled,
            Poll::Pending => {
                let patience = this.patience.get_or_insert_with(|| Box::pin(sleep(this.waiting.limit())));
                std::task::ready!(patience.as_mut().poll(cx));
                this.stream = None;
                this.state.is_unfit = true;
                return Poll::Ready(Some(Err(call::silent())));
            }
        }
        this.stream = None;
        polled
    }
}
