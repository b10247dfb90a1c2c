//! Logging in with NIK and password.

use time::OffsetDateTime;

use super::{ProofError, settle};
use crate::{
    adapters::passwords::Passwords,
    db::{Db, accounts, events, wrong_answers},
    domain::{
        calendar::day_of,
        event::{By, Deed, Witness},
        ids::AccountId,
        limits,
        nik::Nik,
    },
};

/// Finds the account that NIK and password open, and the mark of that password. It takes as long for a NIK without one.
///
/// # Errors
/// [`ProofError`].
pub async fn log_in(
    db: &Db,
    passwords: &Passwords,
    nik: &Nik,
    password: &str,
    from: &str,
    now: OffsetDateTime,
) -> Result<(AccountId, i64), ProofError> {
    let about = [(limits::LOGIN, nik.as_str()), (limits::ADDRESS, from)];
    let attempt = wrong_answers::attempt(db, &about, now).await?.map_err(ProofError::TooMany)?;
    let known = async {
        let known = accounts::credentials(&mut db.read().await?, nik).await?;
        let hash = known.as_ref().map(|(_, _, hash)| hash.as_str());
        let right = passwords.verify(password, hash).await?;
        let known = known.filter(|(_, resident, _)| right && resident.civil.may_have_account(day_of(now)));
        known.ok_or(ProofError::Wrong)
    };
    let (account, _, hash) = settle(db, attempt, known.await).await?;

    let mut tx = db.begin().await?;
    let witness = Witness { by: By::Citizen(account), from: Some(from.to_owned()) };
    events::add_deed(&mut tx, &Deed::LoggedIn, &witness, now).await?;
    tx.commit().await?;
    Ok((account, accounts::password_mark(&hash)))
}
