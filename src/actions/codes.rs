//! Asking for a code that proves a phone. What it finishes stands beside the feature that asks: registration, account,
//! recovery.

use time::OffsetDateTime;

use super::{MayCollide, ProofError};
use crate::{
    adapters::passwords::HashingError,
    db::{
        DbError, DbResult, Tx,
        codes::{self, Ask, Pending},
        messages,
    },
    domain::{
        code::{Code, CodeError, LIFE, Purpose},
        ids::{CodeId, FactId},
        message::{MessageKind, Sms},
        phone::Phone,
    },
    render::sms,
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

/// Asks for a code, and sends it where there is somebody to send it to. Nobody learns from here whether there was.
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
    let asked = Ask { id, purpose, typed, from, sent: to.map(|phone| (&code, phone)), pending };
    let may_send = codes::ask(tx, &asked, now).await?.map_err(ProofError::TooManyCodes)?;
    if let Some(phone) = to.filter(|_| may_send) {
        send(tx, id, phone, &code, now).await?;
    }
    Ok(id)
}

async fn send(tx: &mut Tx, id: CodeId, phone: &Phone, code: &Code, now: OffsetDateTime) -> DbResult<()> {
    let sms = Sms { phone: phone.clone(), text: sms::code_text(code) };
    messages::owe_until(tx, MessageKind::Kode, FactId::from(id.uuid()), &sms, now + LIFE, now).await
}

/// Tells the owner of an account something about it.
pub(super) async fn tell_owner(tx: &mut Tx, phone: &Phone, kind: MessageKind, fact: FactId, now: OffsetDateTime) -> DbResult<()> {
    let sms = Sms { phone: phone.clone(), text: sms::owner_text(kind, now) };
    messages::owe(tx, None, kind, fact, &sms, now).await
}
