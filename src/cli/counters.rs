//! `alpukat import-counters`: addresses, WhatsApp numbers and places, from a CSV file.

use std::path::Path;

use anyhow::{Context, bail};
use csv::StringRecord;

use super::house::{House, data_dir};
use crate::{
    config::Config,
    db::schedule::{self, CounterRecord},
    domain::{phone::Phone, region::RegionCode},
};

/// What the file looks like, for `--help`.
pub const COLUMNS: &str = "Columns: code,address,whatsapp,places. The code is a kelurahan's, kecamatan's or kota's (31.71.01.1004, \
31.71.01, 31.71); what is empty is left out on the pages, and empty places stay as they are.";

/// Loads the file, all of it or nothing.
pub async fn import(config: Config, file: &Path) -> anyhow::Result<()> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(file)
        .with_context(|| format!("cannot open {}", file.display()))?;
    let header = reader.headers()?;
    if header.iter().map(|name| name.trim_start_matches('\u{feff}')).ne(["code", "address", "whatsapp", "places"]) {
        bail!("the header line is not code,address,whatsapp,places");
    }
    let folder = data_dir(&config)?;
    let house = House::open(config, folder).await?;
    let loaded = load(&house, &mut reader).await;
    house.close().await?;
    let (good, bad) = loaded?;
    if bad > 0 {
        bail!("{bad} bad rows; nothing was stored");
    }
    println!("{good} counters stored");
    Ok(())
}

async fn load(house: &House, reader: &mut csv::Reader<std::fs::File>) -> anyhow::Result<(u64, u64)> {
    house.demand_readiness().await?;
    let mut tx = house.db.begin().await?;
    let (mut good, mut bad) = (0, 0);
    for row in reader.records() {
        let row = row?;
        let stored = match record(&row) {
            Ok(record) if schedule::store_counter(&mut tx, &record).await? => Ok(()),
            Ok(_) => Err("code is no counter of Jakarta"),
            Err(reason) => Err(reason),
        };
        match stored {
            Ok(()) => good += 1,
            Err(reason) => {
                bad += 1;
                eprintln!("line {}: {reason}", row.position().map_or(0, csv::Position::line));
            }
        }
    }
    if bad == 0 {
        tx.commit().await?;
    }
    Ok((good, bad))
}

fn record(row: &StringRecord) -> Result<CounterRecord, &'static str> {
    let field = |place: usize| row.get(place).filter(|text| !text.is_empty());
    let whatsapp = field(2).map(Phone::parse);
    let places = field(3).map(|text| text.parse::<u16>().ok().filter(|places| *places <= 100).ok_or(()));
    Ok(CounterRecord {
        code: field(0).and_then(RegionCode::parse).ok_or("code is no region code")?,
        address: field(1).map(ToOwned::to_owned),
        whatsapp: whatsapp.transpose().map_err(|_| "whatsapp is no Indonesian mobile number")?,
        places: places.transpose().map_err(|()| "places is not a number from 0 to 100")?,
    })
}
