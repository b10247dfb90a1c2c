//! A forgotten password: a code to the phone of the account, and a new password. Whether there is an account shows in
//! nothing.

use time::OffsetDateTime;

use super::{
    ProofError,
    codes::{self, FinishError},
};
use crate::{
    adapters::passwords::Passwords,
    db::{
        Db, DbResult, Tx,
        accounts::{self, Account},
        codes::{self as rows, Forgotten, Pending},
        events, sessions,
    },
    domain::{
        calendar::day_of,
        code::{Code, CodeError, Purpose},
        event::{By, Deed, Witness},
        ids::CodeId,
        message::MessageKind,
        nik::Nik,
        password::{NewPassword, PasswordError},
    },
};

/// Asks for a code for the account of a NIK, if it has one.
///
/// # Errors
/// [`ProofError::TooManyCodes`] when codes were asked for too often, alike with and without an account.
pub async fn ask(db: &Db, nik: &Nik, from: &str, now: OffsetDateTime) -> Result<CodeId, ProofError> {
    let mut tx = db.begin().await?;
    let account = accounts::of_nik(&mut tx, nik).await?;
    let account = account.filter(|account| account.resident.civil.may_have_account(day_of(now)));
    let pending = Pending::Recovery { account: account.as_ref().map(Forgotten::from) };
    let phone = account.as_ref().map(|account| &account.contact.phone);
    let id = codes::ask(&mut tx, Purpose::Pemulihan, phone, nik.as_str(), &pending, from, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Puts a new password in place of the forgotten one, ends every session of the account, and tells its owner. One that is
/// the owner's own data is refused to whoever has the code, and to nobody else; the code is good for another try.
///
/// # Errors
/// [`FinishError`].
pub async fn finish(
    db: &Db,
    passwords: &Passwords,
    id: CodeId,
    typed: &Code,
    new: &NewPassword,
    from: &str,
    now: OffsetDateTime,
) -> Result<Result<(), PasswordError>, FinishError> {
    // Before the code is looked at, so that nothing waits for it with a lock in its hand; but not for a code that is used up.
    let is_open = rows::can_be_tried(&mut db.read().await?, id, now).await?;
    let hash = if is_open { passwords.hash(new.expose()).await? } else { String::new() };
    let mut tx = db.begin().await?;
    let outcome = rows::attempt(&mut tx, id, Purpose::Pemulihan, typed, now).await?;
    let account = match &outcome {
        Ok(Pending::Recovery { account: Some(forgotten) }) => still(&mut tx, forgotten).await?,
        _ => None,
    };
    let Some(account) = account else {
        tx.commit().await?;
        return Err(outcome.err().unwrap_or(CodeError::Gone).into());
    };
    if let Err(error) = new.clone().foreign_to(&account.own_data()) {
        return Ok(Err(error));
    }
    accounts::set_password(&mut tx, account.id, &hash).await?;
    sessions::end_all(&mut tx, account.id, None, now).await?;
    let witness = Witness { by: By::Citizen(account.id), from: Some(from.to_owned()) };
    let fact = events::add_deed(&mut tx, &Deed::PasswordRecovered, &witness, now).await?;
    codes::tell_owner(&mut tx, &account.contact.phone, MessageKind::SandiDiganti, fact, now).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// The account, if it is still what it was when the code was asked for.
async fn still(tx: &mut Tx, forgotten: &Forgotten) -> DbResult<Option<Account>> {
    accounts::lock(tx, forgotten.id).await?;
    let account = accounts::by_id(tx, forgotten.id).await?;
    Ok(account.filter(|account| Forgotten::from(account) == *forgotten))
}
