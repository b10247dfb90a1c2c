//! `verify-audit`: whether history is as it was written.

use anyhow::bail;

use super::house::{House, data_dir};
use crate::{adapters::postgres::PrivatePostgres, config::Config, db::audit};

/// `alpukat verify-audit`: names the first flaw of every chain, or prints the heads to write down.
pub async fn verify(config: Config) -> anyhow::Result<()> {
    let folder = data_dir(&config)?;
    // A database that this command would have to make first says nothing about the one that was meant.
    if config.database.is_none() && !PrivatePostgres::is_made(&folder) {
        bail!("there is no database in {}; set ALPUKAT_DATA_DIR to where `alpukat serve` has its data", folder.display());
    }
    let house = House::open(config, folder).await?;
    let outcome = async {
        house.demand_readiness().await?;
        match audit::verify(&house.db).await? {
            Ok(heads) => {
                for head in heads.iter().filter(|head| head.count > 0) {
                    println!("{} {} {}", head.chain, head.count, head.mac);
                }
                let events: i64 = heads.iter().map(|head| head.count).sum();
                println!("{events} events, all as they were written; keep the lines above somewhere else");
                Ok(())
            }
            Err(flaws) => {
                for flaw in &flaws {
                    eprintln!("{flaw}");
                }
                bail!("history is not as it was written");
            }
        }
    }
    .await;
    house.close().await?;
    outcome
}
