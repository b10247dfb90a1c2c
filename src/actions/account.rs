//! What a citizen does with their own account.

use time::OffsetDateTime;
use tower_sessions::session::Id;

use super::{
    Citizen, ProofError,
    codes::{self, FinishError},
    settle,
};
use crate::{
    adapters::passwords::Passwords,
    db::{
        Db, DbError, accounts,
        codes::{self as rows, Pending},
        events, sessions, wrong_answers,
    },
    domain::{
        code::{Code, CodeError, Purpose},
        event::Deed,
        ids::CodeId,
        limits,
        message::MessageKind,
        password::NewPassword,
        person::Email,
        phone::Phone,
    },
};

/// Changes the password and ends every other session of the account. Gives the new password's mark.
///
/// # Errors
/// [`ProofError`].
pub async fn change_password(
    db: &Db,
    passwords: &Passwords,
    citizen: &Citizen,
    session: Option<Id>,
    present: &str,
    new: &NewPassword,
    now: OffsetDateTime,
) -> Result<i64, ProofError> {
    let known = prove(db, passwords, citizen, present, now).await?;
    let hash = passwords.hash(new.expose()).await?;

    let mut tx = db.begin().await?;
    // Somebody else who changed it meanwhile made the present password a wrong one.
    if !accounts::change_password(&mut tx, citizen.id(), known.as_deref().unwrap_or_default(), &hash).await? {
        return Err(ProofError::Wrong);
    }
    sessions::end_all(&mut tx, citizen.id(), session.as_ref(), now).await?;
    events::add_deed(&mut tx, &Deed::PasswordChanged, &citizen.witness(), now).await?;
    tx.commit().await?;
    Ok(accounts::password_mark(&hash))
}

/// Ends every session of the account, the asking one too.
///
/// # Errors
/// [`DbError`].
pub async fn end_sessions(db: &Db, citizen: &Citizen, now: OffsetDateTime) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    sessions::end_all(&mut tx, citizen.id(), None, now).await?;
    events::add_deed(&mut tx, &Deed::SessionsEnded, &citizen.witness(), now).await?;
    tx.commit().await
}

/// Asks for the code that proves another phone, sent to that phone. The present password is asked for: a session may be left
/// open at a shared counter.
///
/// # Errors
/// [`ProofError`].
pub async fn ask_phone(
    db: &Db,
    passwords: &Passwords,
    citizen: &Citizen,
    present: &str,
    phone: &Phone,
    now: OffsetDateTime,
) -> Result<CodeId, ProofError> {
    prove(db, passwords, citizen, present, now).await?;
    let mut tx = db.begin().await?;
    let pending = Pending::Phone { account: citizen.id(), phone: phone.clone() };
    let id = codes::ask(&mut tx, Purpose::Ponsel, Some(phone), phone.as_str(), &pending, &citizen.from, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Puts the proven phone in place of the account's, and tells the old one.
///
/// # Errors
/// [`FinishError`].
pub async fn finish_phone(db: &Db, citizen: &Citizen, id: CodeId, typed: &Code, now: OffsetDateTime) -> Result<(), FinishError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        accounts::lock(&mut tx, citizen.id()).await?;
        let outcome = rows::attempt(&mut tx, id, Purpose::Ponsel, typed, now).await?;
        let phone = match &outcome {
            Ok(Pending::Phone { account, phone }) if *account == citizen.id() => phone,
            _ => {
                tx.commit().await?;
                return Err(outcome.err().unwrap_or(CodeError::Gone).into());
            }
        };
        let account = accounts::by_id(&mut tx, citizen.id()).await?.ok_or(CodeError::Gone)?;
        if account.contact.phone != *phone {
            accounts::change_phone(&mut tx, &account, phone).await?;
            let fact = events::add_deed(&mut tx, &Deed::OwnPhoneChanged, &citizen.witness(), now).await?;
            codes::tell_owner(&mut tx, &account.contact.phone, MessageKind::PonselDiganti, fact, now).await?;
        }
        Ok(tx.commit().await?)
    })
}

/// Asks for the code that proves an e-mail address, sent there. The present password is asked for, but not by whoever proves
/// the address that stands in the account already: it was given by its owner.
///
/// # Errors
/// [`ProofError`].
pub async fn ask_email(
    db: &Db,
    passwords: &Passwords,
    citizen: &Citizen,
    present: &str,
    email: &Email,
    now: OffsetDateTime,
) -> Result<CodeId, ProofError> {
    if citizen.account.contact.email.as_ref() != Some(email) {
        prove(db, passwords, citizen, present, now).await?;
    }
    let mut tx = db.begin().await?;
    let pending = Pending::Email { account: citizen.id(), email: email.clone() };
    let id = codes::ask_by_mail(&mut tx, email, &pending, &citizen.from, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Puts the proven e-mail address into the account, in place of another if there was one.
///
/// # Errors
/// [`FinishError`].
pub async fn finish_email(db: &Db, citizen: &Citizen, id: CodeId, typed: &Code, now: OffsetDateTime) -> Result<(), FinishError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        accounts::lock(&mut tx, citizen.id()).await?;
        let outcome = rows::attempt(&mut tx, id, Purpose::Email, typed, now).await?;
        let email = match &outcome {
            Ok(Pending::Email { account, email }) if *account == citizen.id() => email,
            _ => {
                tx.commit().await?;
                return Err(outcome.err().unwrap_or(CodeError::Gone).into());
            }
        };
        let account = accounts::by_id(&mut tx, citizen.id()).await?.ok_or(CodeError::Gone)?;
        if account.proved_email() != Some(email) {
            accounts::change_email(&mut tx, &account, Some(email)).await?;
            events::add_deed(&mut tx, &Deed::EmailChanged, &citizen.witness(), now).await?;
        }
        Ok(tx.commit().await?)
    })
}

/// Removes the e-mail address: what waits for it is not sent any more. Removing it twice is removing it once.
///
/// # Errors
/// [`DbError`].
pub async fn remove_email(db: &Db, citizen: &Citizen, now: OffsetDateTime) -> Result<(), DbError> {
    until_undisturbed!(async {
        let mut tx = db.begin().await?;
        accounts::lock(&mut tx, citizen.id()).await?;
        if let Some(account) = accounts::by_id(&mut tx, citizen.id()).await?.filter(|account| account.contact.email.is_some()) {
            accounts::change_email(&mut tx, &account, None).await?;
            events::add_deed(&mut tx, &Deed::EmailRemoved, &citizen.witness(), now).await?;
        }
        tx.commit().await
    })
}

/// Refuses whoever does not know the present password. Gives its hash.
async fn prove(
    db: &Db,
    passwords: &Passwords,
    citizen: &Citizen,
    present: &str,
    now: OffsetDateTime,
) -> Result<Option<String>, ProofError> {
    let nik = citizen.resident().civil.nik.clone();
    let about = [(limits::LOGIN, nik.as_str()), (limits::ADDRESS, citizen.from.as_str())];
    let attempt = wrong_answers::attempt(db, &about, now).await?.map_err(ProofError::TooMany)?;
    let proved = async {
        let known = accounts::password_hash(&mut db.read().await?, citizen.id()).await?;
        if passwords.verify(present, known.as_deref()).await? { Ok(known) } else { Err(ProofError::Wrong) }
    };
    settle(db, attempt, proved.await).await
}
