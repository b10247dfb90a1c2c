//! Telling the citizen: the message row stands in the transaction of the fact it reports.

use time::OffsetDateTime;

use crate::{
    db::{DbResult, Tx, messages},
    domain::{application::Application, ids::FactId, message::Sms},
    render::sms::{self, Notice},
};

/// Owes the citizen a message about a fact of their case.
pub(super) async fn owe(
    tx: &mut Tx,
    application: &Application,
    notice: &Notice<'_>,
    fact: FactId,
    now: OffsetDateTime,
) -> DbResult<()> {
    // What was sent has both.
    let (Some(number), Some(phone)) = (application.receipt_number, application.details.phone.clone()) else { return Ok(()) };
    let sms = Sms { phone, text: sms::text(number, notice) };
    messages::owe(tx, Some(application.id), notice.kind(), fact, &sms, now).await
}
