//! What a citizen does with their own account.

use time::OffsetDateTime;
use tower_sessions::session::Id;

use super::{Citizen, ProofError};
use crate::{
    adapters::passwords::Passwords,
    db::{Db, DbError, accounts, events, sessions, wrong_answers},
    domain::{event::Deed, limits, password::NewPassword},
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
    let nik = citizen.resident().civil.nik.clone();
    let about = [(limits::LOGIN, nik.as_str()), (limits::ADDRESS, citizen.from.as_str())];
    let attempt = wrong_answers::attempt(db, &about, now).await?.map_err(ProofError::TooMany)?;
    let known = accounts::password_hash(&mut db.read().await?, citizen.id()).await?;
    if !passwords.verify(present, known.as_deref()).await? {
        return Err(ProofError::Wrong);
    }
    wrong_answers::take_back(db, attempt).await?;
    let hash = passwords.hash(new.expose()).await?;

    let mut tx = db.begin().await?;
    // Somebody else who changed it meanwhile made the present password a wrong one.
    if !accounts::change_password(&mut tx, citizen.id(), known.as_deref().unwrap_or_default(), &hash).await? {
        return Err(ProofError::Wrong);
    }
    sessions::end_all(&mut tx, citizen.id(), session.as_ref()).await?;
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
    sessions::end_all(&mut tx, citizen.id(), None).await?;
    events::add_deed(&mut tx, &Deed::SessionsEnded, &citizen.witness(), now).await?;
    tx.commit().await
}
