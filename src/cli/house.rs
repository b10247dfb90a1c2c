//! Opening the house for a command: data folder, database, keys.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use sqlx::postgres::PgConnectOptions;

use crate::{
    adapters::postgres::{PrivatePostgres, usable_data_dir},
    config::Config,
    db::{Db, migrate as migrations},
    vault::Vault,
};

/// Connections of the pool. Pages ask for one for a few milliseconds, so few serve many.
const CONNECTIONS: u32 = 20;
/// How often a private database is asked whether it lives.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// An open house.
pub struct House {
    /// The settings.
    pub config: Config,
    /// Where run-time files are.
    pub data_dir: PathBuf,
    /// The database as the program sees it.
    pub db: Db,
    private: Option<PrivatePostgres>,
}

/// The data folder that can be used, saying so when it is another than the one asked for.
pub fn data_dir(config: &Config) -> anyhow::Result<PathBuf> {
    if config.database.is_some() {
        std::fs::create_dir_all(&config.data_dir).with_context(|| format!("cannot make {}", config.data_dir.display()))?;
        return Ok(config.data_dir.clone());
    }
    let (folder, told) = usable_data_dir(&config.data_dir)?;
    if let Some(told) = told {
        eprintln!("{told}");
    }
    Ok(folder)
}

impl House {
    /// Opens the database, in development with every migration.
    pub async fn open(config: Config, data_dir: PathBuf) -> anyhow::Result<Self> {
        let secret = config.secret(&data_dir)?;
        let (owner, program, private) = connect(&config, &data_dir).await?;
        if config.is_development() {
            bring_up_to_date(&owner, &program).await?;
        }
        let db = Db::new(program, CONNECTIONS, Arc::new(Vault::new(&secret)));
        Ok(Self { config, data_dir, db, private })
    }

    /// Refuses to go on with a database that lacks migrations.
    pub async fn demand_migrations(&self) -> anyhow::Result<()> {
        if migrations::is_current(&mut self.db.read().await?).await? {
            return Ok(());
        }
        bail!("the database lacks migrations; run `alpukat migrate` first");
    }

    /// Starts a private PostgreSQL again when it has died under us. Never ends.
    pub async fn keep_alive(data_dir: PathBuf, db: Db) {
        let mut kept = Vec::new();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if db.read().await.is_ok() {
                continue;
            }
            tracing::warn!("the private database does not answer; starting it again");
            match PrivatePostgres::join(&data_dir).await {
                Ok(private) => kept.push(private),
                Err(error) => tracing::error!(%error, "the private database does not start"),
            }
        }
    }

    /// Whether the database is our own.
    pub fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// Closes it: the last one out stops a private PostgreSQL.
    pub async fn close(self) -> anyhow::Result<()> {
        self.db.close().await;
        if let Some(private) = self.private {
            private.leave().await?;
        }
        Ok(())
    }
}

/// `alpukat migrate`.
pub async fn migrate(config: Config) -> anyhow::Result<()> {
    let data_dir = data_dir(&config)?;
    let (owner, program, private) = connect(&config, &data_dir).await?;
    let migrated = bring_up_to_date(&owner, &program).await;
    if let Some(private) = private {
        private.leave().await?;
    }
    migrated
}

async fn connect(
    config: &Config,
    data_dir: &std::path::Path,
) -> anyhow::Result<(PgConnectOptions, PgConnectOptions, Option<PrivatePostgres>)> {
    if let Some(program) = &config.database {
        let owner = config.migration.as_ref().unwrap_or(program);
        return Ok((owner.clone(), program.clone(), None));
    }
    let private = PrivatePostgres::join(data_dir).await?;
    Ok((private.owner(), private.program(), Some(private)))
}

async fn bring_up_to_date(owner: &PgConnectOptions, program: &PgConnectOptions) -> anyhow::Result<()> {
    migrations::migrate(owner, program.get_username()).await.context("the database could not be brought up to date by its owner")
}
