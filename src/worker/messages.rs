//! Handing messages on: to the SMS gateway or, in development without one, to the log; and to the mail server. Each has a round
//! of its own, so that one that is away or slow holds up nothing of the other. No transaction is open while they are spoken
//! to; any number of workers may do this side by side.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::{sync::watch, task::JoinSet, time::sleep};

use super::Stop;

use crate::{
    adapters::{answer::Answer, clock::Clock, mail_server::MailServer, sms_gateway::SmsGateway},
    db::{
        Db, DbResult,
        messages::{self, Announcements, Claimed},
    },
    domain::{
        ids::MessageId,
        message::{self, Cause, Channel, Content},
    },
};

/// How often waiting messages are looked for when nobody calls: for those whose pause is over, and those whose worker died.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often a gateway or mail server in trouble is spoken of in the log.
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
    /// To the mail server.
    Mail(MailServer),
}

impl Outlet {
    fn channel(&self) -> Channel {
        match self {
            Self::Gateway(..) | Self::Log => Channel::Sms,
            Self::Mail(_) => Channel::Email,
        }
    }

    /// Messages that are under way at once; a mail server takes few connections from one client.
    fn at_once(&self) -> i64 {
        match self.channel() {
            Channel::Sms => 32,
            Channel::Email => 8,
        }
    }

    async fn send(&self, db: &Db, message: &Claimed, now: OffsetDateTime) -> Answer {
        match (self, &message.content) {
            (Self::Gateway(gateway, report), Content::Sms(sms)) => {
                gateway.send(message.id, sms, &report.of(db, message.id), now).await
            }
            (Self::Log, Content::Sms(sms)) => {
                tracing::info!("sms ke={} teks=\"{}\"", sms.phone.logged(), sms.text);
                Answer::Accepted
            }
            (Self::Mail(server), Content::Mail(mail)) => server.send(message.id, mail, now).await,
            // It was taken from another channel's queue, which nobody does.
            (Self::Gateway(..) | Self::Log, Content::Mail(_)) | (Self::Mail(_), Content::Sms(_)) => {
                Answer::later(Cause::TidakTerhubung, None)
            }
        }
    }
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

/// What the last answers say about the gateway or the mail server, so that whoever reads the log hears of it once a minute.
#[derive(Debug, Default)]
struct Trouble {
    /// What the last answer to a try said; nothing while messages are taken.
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
    async fn warn(&mut self, db: &Db, channel: Channel, now: OffsetDateTime) {
        let Some((cause, status)) = self.last else {
            self.warned_at = None;
            return;
        };
        if self.warned_at.is_some_and(|warned| now - warned < WARN_EVERY) {
            return;
        }
        let waits = async { messages::any_put_off(&mut db.read().await?, channel).await };
        if waits.await.unwrap_or(true) {
            self.warned_at = Some(now);
            let who = match channel {
                Channel::Sms => "SMS gateway",
                Channel::Email => "mail server",
            };
            tracing::warn!(cause = cause.code(), status, "the {who} takes no messages; they wait and are tried again");
        } else {
            *self = Self::default();
        }
    }
}

/// Hands messages on until `stop` says so; what is in hand then is finished first.
pub(super) async fn deliver_until(db: &Db, clock: &Clock, outlets: Vec<Outlet>, stop: Stop) {
    let (ring, bell) = watch::channel(());
    let mut rounds = JoinSet::new();
    for outlet in outlets {
        rounds.spawn(deliver_rounds(db.clone(), clock.clone(), outlet, bell.clone(), stop.clone()));
    }
    let all = async {
        while let Some(ended) = rounds.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "handing messages on has ended");
            }
        }
    };
    tokio::select! {
        () = all => {}
        () = listen_for_ever(db, &ring) => {}
    }
}

/// Rings whenever a message was written, and when it begins to listen: there may be some from before.
async fn listen_for_ever(db: &Db, ring: &watch::Sender<()>) {
    loop {
        if let Ok(mut announcements) = Announcements::open(db).await {
            ring.send_replace(());
            while announcements.next().await.is_ok() {
                ring.send_replace(());
            }
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn deliver_rounds(db: Db, clock: Clock, outlet: Outlet, mut bell: watch::Receiver<()>, mut stop: Stop) {
    let mut trouble = Trouble::default();
    while !stop.is_near() {
        let delivered = deliver_noting(&db, &clock, &outlet, &mut trouble).await;
        trouble.warn(&db, outlet.channel(), clock.now()).await;
        match delivered {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::warn!(%error, "could not hand messages on; trying again later"),
        }
        tokio::select! {
            // Whoever rings is there as long as the rounds are.
            Ok(()) = bell.changed() => {}
            () = sleep(LOOK_EVERY) => {}
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
    let due = messages::claim(&mut db.read().await?, outlet.channel(), outlet.at_once(), clock.now()).await?;
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
    let answer = outlet.send(db, message, clock.now()).await;
    // What was answered is not to be asked a second time because our own database was away for a moment: as long
    // as nobody else may take the message, it is tried to write the answer down.
    let lease_ends = message.taken_at + messages::LEASE;
    loop {
        match write_down(db, clock.now(), message, answer).await {
            Err(error) if error.is_passing() && clock.now() + TRY_AGAIN < lease_ends => sleep(TRY_AGAIN).await,
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
