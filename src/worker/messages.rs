//! Handing messages on, to the gateway or, in development without one, to the log. No transaction is open while the
//! gateway is spoken to; any number of workers may do this side by side.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::task::JoinSet;

use super::Stop;

use crate::{
    adapters::{
        clock::Clock,
        sms_gateway::{Answer, SmsGateway},
    },
    db::{
        Db, DbResult,
        messages::{self, Announcements, Claimed},
    },
    domain::{
        ids::MessageId,
        message::{self, Cause},
    },
};

/// Messages that are under way at once.
const AT_ONCE: i64 = 32;
/// How often waiting messages are looked for when nobody calls: for those whose pause is over, and those whose worker died.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often a gateway in trouble is spoken of in the log.
const WARN_EVERY: time::Duration = time::Duration::MINUTE;
/// How long to wait before it is tried again to write down what a gateway answered.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Where messages go.
#[derive(Clone, Debug)]
pub enum Outlet {
    /// To the gateway, which reports to the address made of this one.
    Gateway(SmsGateway, ReportAddress),
    /// To the log, codes included: development alone.
    Log,
}

/// The address at which the gateway reports how a message went on: guarded, one for each message.
#[derive(Clone, Debug)]
pub struct ReportAddress {
    /// The address with `{id}` and `{guard}` in it.
    pub template: String,
}

impl ReportAddress {
    /// The address for a message. Kannel puts the kind of report in place of `%d`.
    fn of(&self, db: &Db, id: MessageId) -> String {
        let address = self.template.replace("{id}", &id.to_string()).replace("{guard}", &db.report_guard(id));
        format!("{address}?status=%d")
    }
}

/// What the gateway's last answers say about the gateway, so that whoever reads the log hears of it once a minute.
#[derive(Debug, Default)]
struct Trouble {
    /// What the last answer to a try said; nothing while the gateway takes messages.
    last: Option<(Cause, Option<u16>)>,
    warned_at: Option<OffsetDateTime>,
}

impl Trouble {
    fn note(&mut self, answer: Answer) {
        self.last = match answer {
            Answer::Later { cause, status, .. } => Some((cause, status)),
            Answer::Accepted | Answer::Refused(_) => None,
        };
    }

    /// Warns if messages wait because of it and the last warning is a minute old.
    async fn warn(&mut self, db: &Db, now: OffsetDateTime) {
        let Some((cause, status)) = self.last else {
            self.warned_at = None;
            return;
        };
        if self.warned_at.is_some_and(|warned| now - warned < WARN_EVERY) {
            return;
        }
        let waits = async { messages::any_put_off(&mut db.read().await?).await };
        if waits.await.unwrap_or(true) {
            self.warned_at = Some(now);
            tracing::warn!(cause = cause.code(), status, "the SMS gateway takes no messages; they wait and are tried again");
        } else {
            *self = Self::default();
        }
    }
}

/// Hands messages on until `stop` says so; what is in hand then is finished first.
pub(super) async fn deliver_until(db: &Db, clock: &Clock, outlet: &Outlet, mut stop: Stop) {
    let (mut announcements, mut trouble) = (None, Trouble::default());
    while !stop.is_near() {
        if announcements.is_none() {
            announcements = Announcements::open(db).await.ok();
        }
        let delivered = deliver_noting(db, clock, outlet, &mut trouble).await;
        trouble.warn(db, clock.now()).await;
        match delivered {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::warn!(%error, "could not hand messages on; trying again later"),
        }
        let announced = async {
            match &mut announcements {
                Some(announcements) => announcements.next().await.is_ok(),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            heard = announced => if !heard { announcements = None },
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.near() => {}
        }
    }
}

/// Hands on what is due now. Tells how many were tried.
///
/// # Errors
/// [`crate::db::DbError`]; what was tried and not written down is tried again after a while, with the same reference.
pub async fn deliver(db: &Db, clock: &Clock, outlet: &Outlet) -> DbResult<usize> {
    deliver_noting(db, clock, outlet, &mut Trouble::default()).await
}

async fn deliver_noting(db: &Db, clock: &Clock, outlet: &Outlet, trouble: &mut Trouble) -> DbResult<usize> {
    let due = messages::claim(&mut db.read().await?, AT_ONCE, clock.now()).await?;
    let count = due.len();
    let mut under_way = JoinSet::new();
    for message in due {
        let (db, clock, outlet) = (db.clone(), clock.clone(), outlet.clone());
        under_way.spawn(async move { hand_on(&db, &clock, &outlet, &message).await });
    }
    while let Some(done) = under_way.join_next().await {
        match done {
            Ok((answer, Ok(()))) => trouble.note(answer),
            Ok((answer, Err(error))) => {
                trouble.note(answer);
                tracing::warn!(%error, "a message was tried, but how it went could not be written down");
            }
            Err(error) => tracing::error!(%error, "handing a message on was broken off"),
        }
    }
    Ok(count)
}

async fn hand_on(db: &Db, clock: &Clock, outlet: &Outlet, message: &Claimed) -> (Answer, DbResult<()>) {
    let answer = match outlet {
        Outlet::Gateway(gateway, report) => gateway.send(message.id, &message.sms, &report.of(db, message.id), clock.now()).await,
        Outlet::Log => {
            tracing::info!("sms ke={} teks=\"{}\"", message.sms.phone.logged(), message.sms.text);
            Answer::Accepted
        }
    };
    // What the gateway has answered is not to be asked a second time because our own database was away for a moment: as long
    // as nobody else may take the message, it is tried to write the answer down.
    let lease_ends = message.taken_at + messages::LEASE;
    loop {
        match write_down(db, clock.now(), message, answer).await {
            Err(error) if error.is_passing() && clock.now() + TRY_AGAIN < lease_ends => tokio::time::sleep(TRY_AGAIN).await,
            written => return (answer, written),
        }
    }
}

async fn write_down(db: &Db, now: OffsetDateTime, message: &Claimed, answer: Answer) -> DbResult<()> {
    let mut conn = db.read().await?;
    match answer {
        Answer::Accepted => messages::accepted(&mut conn, message, now).await,
        Answer::Refused(cause) => messages::put_off(&mut conn, message, cause, None).await,
        Answer::Later { cause, pause, .. } => {
            let again =
                message::pause_after(message.tries, rand::random()).map(|ours| now + ours.max(pause.try_into().unwrap_or(ours)));
            messages::put_off(&mut conn, message, cause, again).await
        }
    }
}
