//! Opening an account: what is typed must match the registry.

use time::{Date, OffsetDateTime};

use super::{
    ProofError,
    codes::{self, FinishError},
    settle,
};
use crate::{
    adapters::passwords::Passwords,
    db::{
        Db, accounts,
        accounts::Contact,
        codes::{self as rows, Pending},
        events, residents, wrong_answers,
    },
    domain::{
        calendar::day_of,
        code::{Code, CodeError, Purpose},
        event::{By, Deed, Witness},
        ids::{CodeId, FactId},
        limits,
        message::MessageKind,
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

/// Asks for the code that finishes a registration, for whoever matches the registry. Whoever has an account already gets the
/// same answer, and no code; the account's owner is told, once a day.
///
/// # Errors
/// [`ProofError`].
pub async fn ask(
    db: &Db,
    passwords: &Passwords,
    registration: &Registration,
    from: &str,
    now: OffsetDateTime,
) -> Result<CodeId, ProofError> {
    let about = [(limits::REGISTRATION, registration.nik.as_str()), (limits::ADDRESS, from)];
    let attempt = wrong_answers::attempt(db, &about, now).await?.map_err(ProofError::TooMany)?;
    let known = async {
        let resident = residents::by_nik(&mut db.read().await?, &registration.nik).await?;
        // Hashed in every case, so that the time of the answer tells nothing.
        let hash = passwords.hash(registration.password.expose()).await?;
        let resident = resident.filter(|resident| matches(&resident.civil, registration, day_of(now)));
        Ok::<_, ProofError>((resident.ok_or(ProofError::Wrong)?, hash))
    };
    let (resident, hash) = settle(db, attempt, known.await).await?;

    let mut tx = db.begin().await?;
    let known = accounts::of_nik(&mut tx, &registration.nik).await?;
    let contact = Contact { phone: registration.phone.clone(), email: registration.email.clone() };
    let phone = &registration.phone;
    let pending = Pending::Registration { resident: resident.id, contact, hash };
    let to = known.is_none().then_some(phone);
    let id = codes::ask(&mut tx, Purpose::Registrasi, to, phone.as_str(), &pending, from, now).await?;
    if let Some(account) = known {
        let fact = FactId::of_day(account.id, day_of(now));
        codes::tell_owner(&mut tx, &account.contact.phone, MessageKind::UpayaDaftar, fact, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Sends another code for a registration that is under way, in place of the one before.
///
/// # Errors
/// [`ProofError`]; [`ProofError::Wrong`] when nothing is under way.
pub async fn ask_again(db: &Db, id: CodeId, from: &str, now: OffsetDateTime) -> Result<CodeId, ProofError> {
    let mut tx = db.begin().await?;
    let Some(pending) = rows::pending(&mut tx, id, Purpose::Registrasi).await? else { return Err(ProofError::Wrong) };
    let Pending::Registration { resident, contact, .. } = &pending else { return Err(ProofError::Wrong) };
    let to = (!accounts::has_account(&mut tx, *resident).await?).then_some(&contact.phone);
    let typed = contact.phone.as_str();
    let id = codes::ask(&mut tx, Purpose::Registrasi, to, typed, &pending, from, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Opens the account, with the code that proves the phone.
///
/// # Errors
/// [`FinishError`].
pub async fn finish(db: &Db, id: CodeId, typed: &Code, from: &str, now: OffsetDateTime) -> Result<(), FinishError> {
    let mut tx = db.begin().await?;
    let outcome = rows::attempt(&mut tx, id, Purpose::Registrasi, typed, now).await?;
    let Ok(Pending::Registration { resident, contact, hash }) = outcome else {
        tx.commit().await?;
        return Err(outcome.err().unwrap_or(CodeError::Gone).into());
    };
    if let Some(account) = accounts::open(&mut tx, resident, &contact, &hash, now).await? {
        let witness = Witness { by: By::Citizen(account), from: Some(from.to_owned()) };
        events::add_deed(&mut tx, &Deed::Registered, &witness, now).await?;
    } else if let Some(account) = accounts::of_resident(&mut tx, resident).await? {
        // Somebody else was faster; whoever that was is told, and whoever this is learns nothing.
        let fact = FactId::of_day(account.id, day_of(now));
        codes::tell_owner(&mut tx, &account.contact.phone, MessageKind::UpayaDaftar, fact, now).await?;
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
