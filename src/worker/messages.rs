//! Handing messages on, to the gateway or, in development without one, to the log. No transaction is open while the
//! gateway is spoken to; any number of workers may do this side by side.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::{
    adapters::{
        clock::Clock,
        sms_gateway::{Answer, SmsGateway},
    },
    db::{
        Db, DbResult,
        messages::{self, Claimed, Ear},
    },
    domain::{ids::MessageId, message},
};

/// Messages that are under way at once.
const AT_ONCE: i64 = 32;
/// How often waiting messages are looked for when nobody calls: for those whose pause is over, and those whose worker died.
const LOOK_EVERY: Duration = Duration::from_secs(2);

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

pub(super) async fn deliver_for_ever(db: &Db, clock: &Clock, outlet: &Outlet) {
    let mut ear = None;
    loop {
        if ear.is_none() {
            ear = Ear::open(db).await.ok();
        }
        match deliver(db, clock, outlet).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::warn!(%error, "could not hand messages on; trying again later"),
        }
        let called = async {
            match &mut ear {
                Some(ear) => ear.hear().await.is_ok(),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            heard = called => if !heard { ear = None },
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Hands on what is due now. Tells how many were tried.
///
/// # Errors
/// [`crate::db::DbError`]; what was tried and not written down is tried again after a while, with the same reference.
pub async fn deliver(db: &Db, clock: &Clock, outlet: &Outlet) -> DbResult<usize> {
    let due = messages::claim(&mut db.read().await?, AT_ONCE, clock.now()).await?;
    let count = due.len();
    let mut under_way = JoinSet::new();
    for message in due {
        let (db, clock, outlet) = (db.clone(), clock.clone(), outlet.clone());
        under_way.spawn(async move { hand_on(&db, &clock, &outlet, &message).await });
    }
    while let Some(done) = under_way.join_next().await {
        if let Ok(Err(error)) = done {
            tracing::warn!(%error, "a message was tried, but how it went could not be written down");
        }
    }
    Ok(count)
}

async fn hand_on(db: &Db, clock: &Clock, outlet: &Outlet, message: &Claimed) -> DbResult<()> {
    let answer = match outlet {
        Outlet::Gateway(gateway, report) => gateway.send(message.id, &message.sms, &report.of(db, message.id)).await,
        Outlet::Log => {
            tracing::info!("sms ke={} teks=\"{}\"", message.sms.phone.logged(), message.sms.text);
            Answer::Accepted
        }
    };
    let (mut conn, now) = (db.read().await?, clock.now());
    match answer {
        Answer::Accepted => messages::accepted(&mut conn, message, now).await,
        Answer::Refused(cause) => messages::put_off(&mut conn, message, cause, None).await,
        Answer::Later(cause) => {
            let again = message::pause_after(message.tries, rand::random()).map(|pause| now + pause);
            messages::put_off(&mut conn, message, cause, again).await
        }
    }
}
