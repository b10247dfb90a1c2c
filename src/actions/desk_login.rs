//! Coming in to the desk: user name and password, then a code of the second factor.

use time::OffsetDateTime;

use super::{ProofError, settle};
use crate::{
    adapters::{
        authenticator::{Authenticator, recovery_codes, typed_recovery_code},
        passwords::Passwords,
    },
    db::{Db, DbError, DbResult, events, officers, officers::FactorSecret, wrong_answers},
    domain::{
        event::{By, Deed, Witness},
        ids::OfficerId,
        limits,
        officer::Username,
        region::RegionCode,
    },
};

/// The first step: finds the officer whom user name and password name, and the mark of that password. It
/// takes as long for a name that nobody has. It opens nothing yet.
///
/// # Errors
/// [`ProofError`].
pub async fn name_oneself(
    db: &Db,
    passwords: &Passwords,
    username: &str,
    password: &str,
    from: &str,
    now: OffsetDateTime,
) -> Result<(OfficerId, i64), ProofError> {
    let typed: String = username.trim().to_lowercase().chars().take(64).collect();
    let about = [(limits::DESK_LOGIN, typed.as_str()), (limits::ADDRESS, from)];
    let attempt = wrong_answers::attempt(db, &about, now).await?.map_err(ProofError::TooMany)?;
    let known = async {
        let known = match Username::parse(username) {
            Some(username) => officers::by_username(&mut db.read().await?, &username).await?,
            None => None,
        };
        let hash = known.as_ref().map(|record| record.password_hash.as_str());
        let right = passwords.verify(password, hash).await?;
        let record = known.filter(|record| record.is_enabled).ok_or(ProofError::Wrong)?;
        if !right {
            let office = record.officer.counter.map(|counter| counter.code);
            refused(db, record.officer.id, office, from, now).await?;
            return Err(ProofError::Wrong);
        }
        Ok((record.officer.id, record.password_mark()))
    };
    settle(db, attempt, known.await).await
}

/// The second step: a code of the authenticator app, or a recovery code, each good once. The first code
/// ever sets the second factor up, with the secret that was offered in this session alone; then the recovery codes are given,
/// which nobody sees again.
///
/// # Errors
/// [`ProofError`].
pub async fn show_factor(
    db: &Db,
    id: OfficerId,
    typed: &str,
    offered: Option<FactorSecret>,
    from: &str,
    now: OffsetDateTime,
) -> Result<Option<Vec<String>>, ProofError> {
    let subject = id.to_string();
    let about = [(limits::DESK_CODE, subject.as_str()), (limits::ADDRESS, from)];
    let attempt = wrong_answers::attempt(db, &about, now).await?.map_err(ProofError::TooMany)?;
    let mut tx = db.begin().await?;
    officers::lock(&mut tx, id).await?;
    let record = officers::by_id(&mut tx, id).await?.filter(|record| record.is_enabled).ok_or(ProofError::Wrong)?;
    let secret = if record.is_set_up { record.factor } else { offered.ok_or(ProofError::Wrong)? };
    let authenticator = Authenticator::new(record.officer.username.as_str(), &secret);
    let authenticator = authenticator.map_err(|_| DbError::Impossible("a second factor's secret"))?;
    let step = authenticator.step(typed, now);
    let is_fresh = match step {
        Some(step) => officers::use_step(&mut tx, id, step).await?,
        None => record.is_set_up && officers::use_recovery_code(&mut tx, id, &typed_recovery_code(typed)).await?,
    };
    let office = record.officer.counter.as_ref().map(|counter| counter.code.clone());
    if !is_fresh {
        // Written down in a transaction of its own: what was undone here leaves no row.
        drop(tx);
        refused(db, id, office, from, now).await?;
        return settle(db, attempt, Err(ProofError::Wrong)).await;
    }
    let witness = Witness { by: By::Officer(id, office), from: Some(from.to_owned()) };
    let codes = (!record.is_set_up).then(recovery_codes);
    if let Some(codes) = &codes {
        officers::set_factor(&mut tx, &record, secret).await?;
        officers::set_recovery_codes(&mut tx, id, codes).await?;
        events::add_deed(&mut tx, &Deed::FactorSetUp, &witness, now).await?;
    }
    if step.is_none() {
        events::add_deed(&mut tx, &Deed::RecoveryUsed, &witness, now).await?;
    }
    events::add_deed(&mut tx, &Deed::LoggedIn, &witness, now).await?;
    // In the same transaction: once the second factor is set up, nothing may keep its recovery codes from being shown.
    wrong_answers::take_back(&mut tx, attempt).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Writes down that somebody was refused who named themselves as this officer.
async fn refused(db: &Db, id: OfficerId, office: Option<RegionCode>, from: &str, now: OffsetDateTime) -> DbResult<()> {
    let mut tx = db.begin().await?;
    let witness = Witness { by: By::Officer(id, office), from: Some(from.to_owned()) };
    events::add_deed(&mut tx, &Deed::LoginRefused, &witness, now).await?;
    tx.commit().await
}
