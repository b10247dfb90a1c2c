//! Logging in with NIK and password.

use time::OffsetDateTime;

use crate::{
    adapters::passwords::{HashingError, Passwords},
    db::{Db, DbError, accounts, events, wrong_answers},
    domain::{
        calendar::day_of,
        event::{Deed, Witness},
        ids::AccountId,
        limits,
        nik::Nik,
        status::Actor,
    },
};

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// NIK and password do not belong together; one answer for every reason.
    #[error("no match")]
    Wrong,
    /// Too many tries; the next one may be made then.
    #[error("too many tries")]
    TooMany(OffsetDateTime),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The hasher.
    #[error(transparent)]
    Hashing(#[from] HashingError),
}

/// Finds the account that NIK and password open. It takes as long for a NIK without one.
///
/// # Errors
/// [`LoginError`].
pub async fn log_in(
    db: &Db,
    passwords: &Passwords,
    nik: &Nik,
    password: &str,
    from: &str,
    now: OffsetDateTime,
) -> Result<AccountId, LoginError> {
    let about = [(limits::LOGIN, nik.as_str()), (limits::ADDRESS, from)];
    let attempt = wrong_answers::attempt(db, &about, now).await?.map_err(LoginError::TooMany)?;
    let known = accounts::credentials(&mut db.read().await?, nik).await?;
    let hash = known.as_ref().map(|(_, _, hash)| hash.as_str());
    let right = passwords.verify(password, hash).await?;
    let account = known.filter(|(_, resident, _)| right && resident.civil.may_have_account(day_of(now)));
    let Some((account, _, _)) = account else { return Err(LoginError::Wrong) };
    wrong_answers::take_back(db, attempt).await?;

    let mut tx = db.begin().await?;
    let witness = Witness { actor: Actor::Warga, account: Some(account), from: Some(from.to_owned()) };
    events::add_deed(&mut tx, Deed::LoggedIn, &witness, now).await?;
    tx.commit().await?;
    Ok(account)
}
