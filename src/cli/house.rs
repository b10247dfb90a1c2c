//! Opening the house for a command: data folder, database, keys.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use sqlx::postgres::PgConnectOptions;

use crate::{
    adapters::postgres::{PrivatePostgres, usable_data_dir},
    config::Config,
    db::{Db, DbError, migrate as migrations, pooler},
    vault::Vault,
};

/// Connections of the pool. Pages ask for one for a few milliseconds, so few serve many.
const CONNECTIONS: u32 = 20;
/// How long a private database is waited for at a stop.
const FOR_LEAVING: Duration = Duration::from_secs(15);
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
    /// Opens the database, in development with every migration. In production it is not yet asked for anything.
    pub async fn open(config: Config, data_dir: PathBuf) -> anyhow::Result<Self> {
        let secret = config.secret(&data_dir)?;
        let vault = Arc::new(Vault::new(&secret));
        let (owner, program, private) = connect(&config, &data_dir).await?;
        if config.is_development() {
            bring_up_to_date(&owner, &program, &vault).await?;
        }
        let db = Db::new(program, CONNECTIONS, vault);
        db.send_email(config.smtp.is_some());
        Ok(Self { config, data_dir, db, private })
    }

    /// Refuses to go on where the database cannot serve this program, and says why.
    pub async fn demand_readiness(&self) -> anyhow::Result<()> {
        Ok(self.readiness().await?)
    }

    /// Whether the database can serve this program.
    pub async fn readiness(&self) -> Result<(), NotReady> {
        pooler::probe(&self.db).await??;
        migrations::readiness(&mut self.db.read().await?).await??;
        Ok(())
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
        let Some(private) = self.private else { return Ok(()) };
        if let Ok(left) = tokio::time::timeout(FOR_LEAVING, private.leave()).await {
            return Ok(left?);
        }
        tracing::warn!("the private PostgreSQL was told to stop and is left to it");
        Ok(())
    }
}

/// Why the database cannot serve. Each tells its cause in its own words, so none names a source as well.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// It is away, lets nobody in, or is not ours.
    #[error("the database cannot be used: {0}")]
    Db(DbError),
    /// What stands before it cannot serve us.
    #[error("{0}; connect to PostgreSQL itself (README, \"Behind a pooler\")")]
    Pooler(pooler::Unfit),
    /// Its schema does not fit, or it takes no writes.
    #[error(transparent)]
    Unready(#[from] migrations::Unready),
}

impl From<DbError> for NotReady {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<pooler::Unfit> for NotReady {
    fn from(unfit: pooler::Unfit) -> Self {
        Self::Pooler(unfit)
    }
}

impl NotReady {
    /// Whether it may come right while this program runs; otherwise its settings are wrong.
    pub fn may_pass(&self) -> bool {
        !matches!(self, Self::Pooler(_) | Self::Db(DbError::OtherSecret))
    }
}

/// `alpukat migrate`.
pub async fn migrate(config: Config) -> anyhow::Result<()> {
    let data_dir = data_dir(&config)?;
    let vault = Arc::new(Vault::new(&config.secret(&data_dir)?));
    let (owner, program, private) = connect(&config, &data_dir).await?;
    let migrated = bring_up_to_date(&owner, &program, &vault).await;
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

async fn bring_up_to_date(owner: &PgConnectOptions, program: &PgConnectOptions, vault: &Arc<Vault>) -> anyhow::Result<()> {
    let db = Db::new(owner.clone(), 1, Arc::clone(vault));
    let migrated = async {
        // Asked before and after, so that nothing is touched with a secret that is not the database's, and a new one gets ours.
        drop(db.read().await?);
        migrations::migrate(owner, program.get_username()).await?;
        db.read().await.map(drop)
    };
    let migrated = migrated.await;
    db.close().await;
    migrated.context("the database could not be brought up to date by its owner")
}
