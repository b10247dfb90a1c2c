//! Opening an account: what is typed must match the registry.

use time::{Date, OffsetDateTime};

use super::ProofError;
use crate::{
    adapters::passwords::Passwords,
    db::{Db, accounts, accounts::Contact, events, residents, wrong_answers},
    domain::{
        calendar::day_of,
        event::{By, Deed, Witness},
        limits,
        nik::{KkNumber, Nik},
        password::NewPassword,
        person::{Email, FullName},
        phone::Phone,
        resident::CivilRecord,
    },
};

/// What a citizen types to open an account.
pub struct Registration {
    /// Their number.
    pub nik: Nik,
    /// Their family card's number.
    pub kk_number: KkNumber,
    /// Full name.
    pub name: FullName,
    /// Date of birth.
    pub birth_date: Date,
    /// Where codes and notices go.
    pub phone: Phone,
    /// E-mail, if given.
    pub email: Option<Email>,
    /// The password chosen.
    pub password: NewPassword,
}

/// Opens an account for whoever matches the registry. Somebody who has one already gets the same
/// answer, and nothing changes.
///
/// # Errors
/// [`ProofError`].
pub async fn register(
    db: &Db,
    passwords: &Passwords,
    registration: &Registration,
    from: &str,
    now: OffsetDateTime,
) -> Result<(), ProofError> {
    let about = [(limits::REGISTRATION, registration.nik.as_str()), (limits::ADDRESS, from)];
    let attempt = wrong_answers::attempt(db, &about, now).await?.map_err(ProofError::TooMany)?;
    let resident = residents::by_nik(&mut db.read().await?, &registration.nik).await?;
    // Hashed in every case, so that the time of the answer tells nothing.
    let hash = passwords.hash(registration.password.expose()).await?;
    let Some(resident) = resident.filter(|resident| matches(&resident.civil, registration, day_of(now))) else {
        return Err(ProofError::Wrong);
    };
    wrong_answers::take_back(db, attempt).await?;

    let mut tx = db.begin().await?;
    let contact = Contact { phone: registration.phone.clone(), email: registration.email.clone() };
    if let Some(account) = accounts::open(&mut tx, resident.id, &contact, &hash, now).await? {
        let witness = Witness { by: By::Citizen(account), from: Some(from.to_owned()) };
        events::add_deed(&mut tx, &Deed::Registered, &witness, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn matches(civil: &CivilRecord, typed: &Registration, today: Date) -> bool {
    civil.kk_number == typed.kk_number
        && civil.name.matches(&typed.name)
        && civil.birth_date == typed.birth_date
        && civil.may_have_account(today)
}
