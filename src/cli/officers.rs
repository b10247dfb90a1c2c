//! `create-officer`: somebody new at the desk, or a change of somebody known.

use std::io::IsTerminal;

use anyhow::{Context, bail};
use clap::Args;

use super::house::{House, data_dir};
use crate::{
    adapters::passwords::Passwords,
    config::Config,
    db::{
        Tx, events,
        officers::{self, NewRecord, Record, UNKNOWN_COUNTER},
    },
    domain::{
        event::{By, Deed, Witness},
        ids::OfficerId,
        nik::Nik,
        officer::{Role, Username},
        own_data::OwnData,
        password::{NewPassword, PasswordError},
        person::FullName,
        region::RegionCode,
    },
};

pub const EXAMPLES: &str = "The password is asked for, or taken from ALPUKAT_PASSWORD: 12 to 128 characters. \
    Of somebody known, what is not given stays as it is; without --disabled they may come in again.\n\n\
    alpukat create-officer rini --name \"Rini Contoh\" --role petugas --counter 31.71.01.1004\n\
    alpukat create-officer rini --disabled";

/// What `create-officer` is told.
#[derive(Args)]
pub struct CreateOfficer {
    /// The name to log in with.
    username: Username,
    /// Full name, shown to colleagues.
    #[arg(long)]
    name: Option<String>,
    /// petugas (works at one counter), penyelia (watches a kecamatan or kota) or admin.
    #[arg(long)]
    role: Option<Role>,
    /// Code of the counter; of a penyelia that of the kecamatan or kota.
    #[arg(long)]
    counter: Option<String>,
    /// Their own NIK, so that they do not decide about their own family.
    #[arg(long)]
    nik: Option<String>,
    /// Shuts the account; open sessions end at their next request.
    #[arg(long)]
    disabled: bool,
    /// Forgets the authenticator app and the recovery codes: both are set up again at the next log-in.
    #[arg(long)]
    reset_second_factor: bool,
}

/// What was typed, read.
struct Given {
    name: Option<FullName>,
    counter: Option<RegionCode>,
    nik: Option<Nik>,
    password: Option<NewPassword>,
}

/// `alpukat create-officer`.
pub async fn create(config: Config, asked: CreateOfficer) -> anyhow::Result<()> {
    let folder = data_dir(&config)?;
    let house = House::open(config, folder).await?;
    let outcome = async {
        house.demand_readiness().await?;
        let known = officers::by_username(&mut house.db.read().await?, &asked.username).await?;
        let given = Given::read(&asked, known.as_ref())?;
        let hash = match &given.password {
            Some(password) => Some(Passwords::new().hash(password.expose()).await?),
            None => None,
        };
        let mut tx = house.db.begin().await?;
        let is_new = known.is_none();
        store(&mut tx, &asked, given, known, hash, house.config.clock.now()).await?;
        tx.commit().await?;
        let state = if asked.disabled { "shut out" } else { "may come in" };
        println!("{} {}; {state}", asked.username, if is_new { "was made" } else { "was changed" });
        Ok(())
    }
    .await;
    house.close().await?;
    outcome
}

impl Given {
    fn read(asked: &CreateOfficer, known: Option<&Record>) -> anyhow::Result<Self> {
        let name =
            asked.name.as_deref().map(|name| FullName::parse(name).map_err(|_| anyhow::anyhow!("--name is no person's name")));
        let counter = asked.counter.as_deref().map(|code| RegionCode::parse(code).context("--counter is no region code"));
        let nik = asked.nik.as_deref().map(|nik| Nik::parse(nik).map_err(|_| anyhow::anyhow!("--nik is no NIK of 16 digits")));
        let (name, counter, nik) = (name.transpose()?, counter.transpose()?, nik.transpose()?);
        let own = OwnData {
            nik: nik.as_ref(),
            name: name.as_ref().or(known.map(|record| &record.officer.name)),
            username: Some(&asked.username),
            ..OwnData::default()
        };
        let read = |typed: String| NewPassword::of_an_officer(&typed)?.foreign_to(&own);
        let password = password(known.is_some())?.map(read).transpose().map_err(|error| anyhow::anyhow!(refusal(error)))?;
        Ok(Self { name, counter, nik, password })
    }
}

/// From the environment, or asked for twice without showing it; of somebody known only from the environment.
fn password(is_known: bool) -> anyhow::Result<Option<String>> {
    if let Some(password) = std::env::var("ALPUKAT_PASSWORD").ok().filter(|password| !password.is_empty()) {
        return Ok(Some(password));
    }
    if is_known {
        return Ok(None);
    }
    if !std::io::stdin().is_terminal() {
        bail!("there is nobody to ask for a password: set ALPUKAT_PASSWORD");
    }
    let password = rpassword::prompt_password("Password (12 to 128 characters): ")?;
    if rpassword::prompt_password("Once more: ")? != password {
        bail!("the two differ; nothing was stored");
    }
    Ok(Some(password))
}

fn refusal(error: PasswordError) -> &'static str {
    match error {
        PasswordError::Empty | PasswordError::Short => "the password is shorter than 12 characters",
        PasswordError::Long => "the password is longer than 128 characters",
        PasswordError::Own => "the password is put together from the user name, the name or the NIK; choose another",
        PasswordError::Common => "the password is one of the commonest; choose another",
    }
}

async fn store(
    tx: &mut Tx,
    asked: &CreateOfficer,
    given: Given,
    known: Option<Record>,
    hash: Option<String>,
    now: time::OffsetDateTime,
) -> anyhow::Result<()> {
    let before = known.as_ref();
    let name = given.name.or_else(|| before.map(|record| record.officer.name.clone())).context("somebody new needs --name")?;
    let role = asked.role.or_else(|| before.map(|record| record.officer.role)).context("somebody new needs --role")?;
    let kept = before.and_then(|record| record.officer.counter.as_ref()).map(|counter| counter.code.clone());
    let counter = given.counter.or(kept.filter(|_| role != Role::Admin));
    role.fits(counter.as_ref())?;
    let nik_index =
        given.nik.map(|nik| officers::nik_index(tx, &nik)).or_else(|| before.and_then(|record| record.nik_index.clone()));
    let hash = hash.or_else(|| before.map(|record| record.password_hash.clone())).context("somebody new needs a password")?;
    let keeps_factor = !asked.reset_second_factor && before.is_some_and(|record| record.is_set_up);
    let factor = before.filter(|_| !asked.reset_second_factor).map(|record| record.factor);
    let record = NewRecord {
        id: before.map_or_else(OfficerId::random, |record| record.officer.id),
        username: &asked.username,
        name: &name,
        role,
        counter: counter.as_ref(),
        nik_index,
        password_hash: &hash,
        factor: factor.unwrap_or_else(rand::random),
        is_set_up: keeps_factor,
        is_enabled: !asked.disabled,
    };
    if asked.reset_second_factor {
        officers::set_recovery_codes(tx, record.id, &[]).await?;
    }
    let stored = officers::store(tx, record, now).await;
    if let Err(error) = &stored
        && error.constraint() == Some(UNKNOWN_COUNTER)
    {
        bail!("there is no counter {}", counter.map(|code| code.to_string()).unwrap_or_default());
    }
    stored?;
    let witness = Witness { by: By::Operator, from: None };
    events::add_deed(tx, &Deed::OfficerStored(asked.username.to_string()), &witness, now).await?;
    Ok(())
}
