//! Telling the citizen: the message row stands in the transaction of the fact it reports.

use time::OffsetDateTime;

use crate::{
    db::{DbResult, Tx, accounts, messages},
    domain::{application::Application, ids::FactId, message::Sms},
    render::{
        mail,
        sms::{self, Notice},
    },
};

/// Owes the citizen a message about a fact of their case: an SMS, and the same words by e-mail to whoever proved an address,
/// where e-mail goes out.
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
    messages::owe(tx, Some(application.id), notice.kind(), fact, &sms, now).await?;
    if !tx.sends_email() {
        return Ok(());
    }
    let account = accounts::by_id(tx, application.account).await?;
    let Some(to) = account.as_ref().and_then(accounts::Account::proved_email) else { return Ok(()) };
    messages::owe(tx, Some(application.id), notice.kind(), fact, &mail::notice(to, number, notice), now).await
}
