//! `alpukat import-counters`: addresses, WhatsApp numbers and places, from a CSV file.

use std::path::Path;

use anyhow::{Context, bail};

use super::house::{House, data_dir};
use crate::{
    adapters::csv_file::{CsvError, CsvFile, Row, is_doubly_encoded},
    config::Config,
    db::schedule::{self, CounterRecord},
    domain::{phone::Phone, region::RegionCode, typed_text},
};

/// What the file looks like, for `--help`.
pub const COLUMNS: &str = "Columns: code,address,whatsapp,places. The code is a kelurahan's, kecamatan's or kota's (31.71.01.1004, \
31.71.01, 31.71); what is empty is left out on the pages, and empty places stay as they are.";

const REQUIRED: [&str; 4] = ["code", "address", "whatsapp", "places"];

/// Loads the file, all of it or nothing.
pub async fn import(config: Config, file: &Path) -> anyhow::Result<()> {
    let mut table = CsvFile::open(file, &REQUIRED).with_context(|| format!("cannot read {}", file.display()))?;
    let folder = data_dir(&config)?;
    let house = House::open(config, folder).await?;
    let loaded = load(&house, &mut table).await;
    house.close().await?;
    let (good, bad) = loaded?;
    if bad > 0 {
        bail!("{bad} bad rows; nothing was stored");
    }
    println!("{good} counters stored");
    Ok(())
}

async fn load(house: &House, table: &mut CsvFile) -> anyhow::Result<(u64, u64)> {
    house.demand_readiness().await?;
    let mut tx = house.db.begin().await?;
    let (mut good, mut bad) = (0, 0);
    loop {
        let (line, read) = match table.next_row() {
            Ok(None) => break,
            Ok(Some(row)) => (row.line, record(&row).map_err(ToOwned::to_owned)),
            Err(CsvError::NotUtf8(line)) => (line, Err(CsvError::NotUtf8(line).to_string())),
            Err(error) => return Err(error.into()),
        };
        let stored = match read {
            Ok(record) if schedule::store_counter(&mut tx, &record).await? => Ok(()),
            Ok(_) => Err("code is no counter of Jakarta".to_owned()),
            Err(reason) => Err(reason),
        };
        match stored {
            Ok(()) => good += 1,
            Err(reason) => {
                bad += 1;
                eprintln!("line {line}: {reason}");
            }
        }
    }
    if bad == 0 {
        tx.commit().await?;
    }
    Ok((good, bad))
}

fn record(row: &Row<'_>) -> Result<CounterRecord, &'static str> {
    let field = |name: &str| Some(row.field(name)).filter(|text| !text.is_empty());
    let whatsapp = field("whatsapp").map(Phone::parse);
    let places = field("places").map(|text| text.parse::<u16>().ok().filter(|places| *places <= 100).ok_or(()));
    if field("address").is_some_and(is_doubly_encoded) {
        return Err("address was encoded twice: save the table as CSV UTF-8 once");
    }
    Ok(CounterRecord {
        code: field("code").and_then(RegionCode::parse).ok_or("code is no region code")?,
        address: field("address").map(typed_text::line),
        whatsapp: whatsapp.transpose().map_err(|_| "whatsapp is no Indonesian mobile number")?,
        places: places.transpose().map_err(|()| "places is not a number from 0 to 100")?,
    })
}
