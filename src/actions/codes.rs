//! Asking for a code that proves a phone or an e-mail address. What it finishes stands beside the feature that asks: registration, account,
//! recovery.

use time::OffsetDateTime;

use super::{MayCollide, ProofError};
use crate::{
    adapters::passwords::HashingError,
    db::{
        DbError, DbResult, Tx,
        codes::{self, Ask, Destination, Pending},
        messages,
    },
    domain::{
        code::{Code, CodeError, LIFE, Purpose},
        ids::{CodeId, FactId},
        message::{Content, MessageKind, Sms},
        person::Email,
        phone::Phone,
        region::Counter,
    },
    render::{mail, sms},
};

/// Why a code finishes nothing.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// The code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The hasher.
    #[error(transparent)]
    Hashing(#[from] HashingError),
}

impl MayCollide for FinishError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_collision())
    }
}

/// Asks for a code, and sends it by SMS where there is somebody to send it to. Nobody learns from here whether there was.
pub(super) async fn ask(
    tx: &mut Tx,
    purpose: Purpose,
    to: Option<&Phone>,
    typed: &str,
    pending: &Pending,
    from: &str,
    now: OffsetDateTime,
) -> Result<CodeId, ProofError> {
    let (id, code) = (CodeId::random(), Code::of(rand::random()));
    let asked = Ask { id, purpose, typed, from, sent: to.map(|phone| (&code, Destination::Phone(phone))), pending };
    let may_send = codes::ask(tx, &asked, now).await?.map_err(ProofError::TooManyCodes)?;
    if let Some(phone) = to.filter(|_| may_send) {
        send(tx, id, &Sms { phone: phone.clone(), text: sms::code_text(&code) }, now).await?;
    }
    Ok(id)
}

/// Asks for the code that proves the phone of somebody who stands at a counter, and who reads it out to the officer there.
pub(super) async fn ask_at_counter(
    tx: &mut Tx,
    to: &Phone,
    pending: &Pending,
    at: &Counter,
    from: &str,
    now: OffsetDateTime,
) -> Result<CodeId, ProofError> {
    let (id, code) = (CodeId::random(), Code::of(rand::random()));
    let asked =
        Ask { id, purpose: Purpose::Ponsel, typed: to.as_str(), from, sent: Some((&code, Destination::Phone(to))), pending };
    if codes::ask(tx, &asked, now).await?.map_err(ProofError::TooManyCodes)? {
        send(tx, id, &Sms { phone: to.clone(), text: sms::counter_code_text(&code, at) }, now).await?;
    }
    Ok(id)
}

/// Asks for the code that proves a mailbox: the only one that goes there, as nothing else would prove it.
pub(super) async fn ask_by_mail(
    tx: &mut Tx,
    to: &Email,
    pending: &Pending,
    from: &str,
    now: OffsetDateTime,
) -> Result<CodeId, ProofError> {
    let (id, code) = (CodeId::random(), Code::of(rand::random()));
    let typed = to.as_str().to_lowercase();
    let asked = Ask { id, purpose: Purpose::Email, typed: &typed, from, sent: Some((&code, Destination::Email(to))), pending };
    if codes::ask(tx, &asked, now).await?.map_err(ProofError::TooManyCodes)? {
        send(tx, id, &mail::code(to, &code), now).await?;
    }
    Ok(id)
}

async fn send(tx: &mut Tx, id: CodeId, content: impl Into<Content>, now: OffsetDateTime) -> DbResult<()> {
    messages::owe_until(tx, MessageKind::Kode, FactId::from(id.uuid()), content, now + LIFE, now).await
}

/// Tells the owner of an account something about it.
pub(super) async fn tell_owner(tx: &mut Tx, phone: &Phone, kind: MessageKind, fact: FactId, now: OffsetDateTime) -> DbResult<()> {
    let sms = Sms { phone: phone.clone(), text: sms::owner_text(kind, now) };
    messages::owe(tx, None, kind, fact, &sms, now).await
}
