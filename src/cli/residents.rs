//! `alpukat import-residents`: the registry's rows from a CSV file.

use std::{
    collections::{HashMap, HashSet},
    io::IsTerminal,
    path::Path,
};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use time::{Date, format_description::well_known::Iso8601};

use super::house::{House, data_dir};
use crate::{
    adapters::csv_file::{CsvError, CsvFile, Row, is_doubly_encoded},
    config::Config,
    db::{Tx, residents},
    domain::{
        calendar::day_of,
        nik::{KkNumber, Nik},
        person::FullName,
        region::RegionCode,
        resident::{CivilRecord, Ended, MaritalStatus, Sex},
        rounded::{Rounding, is_exponent},
        typed_text,
    },
};

/// What the file looks like, for `--help`.
pub const COLUMNS: &str =
    "Columns: nik,kk_number,name,birth_date,sex,marital_status,address,kelurahan_code,recorded_on,card_issued_on \
and optionally ended.
Dates are ISO (1990-08-05); sex is L or P; marital_status is belum_kawin, kawin, cerai_hidup or cerai_mati; recorded_on and \
card_issued_on may be empty; kelurahan_code is a Kemendagri code (31.71.01.1004); ended is empty, meninggal or pindah_keluar.
The file is CSV in UTF-8, with commas, semicolons or tabs. Keep nik and kk_number as text: a spreadsheet rounds them to 15 digits.";

const REQUIRED: [&str; 10] = [
    "nik",
    "kk_number",
    "name",
    "birth_date",
    "sex",
    "marital_status",
    "address",
    "kelurahan_code",
    "recorded_on",
    "card_issued_on",
];

/// Rows that go to the database at once: memory stays the same however long the file.
const BATCH: usize = 1_000;

/// Said of a file whose numbers a spreadsheet has spoilt; nothing of it can be used.
const ROUNDED: &str = "every NIK and KK number ends in 0: a spreadsheet has rounded them to 15 digits. Nothing was stored. Make \
the file anew from the source, with both columns as text.";

/// Loads the file in one transaction.
pub async fn import(config: Config, file: &Path, skip_bad: bool) -> anyhow::Result<()> {
    let mut table = CsvFile::open(file, &REQUIRED).with_context(|| format!("cannot read {}", file.display()))?;
    let length = file.metadata()?.len();
    let folder = data_dir(&config)?;
    let house = House::open(config, folder).await?;
    let loaded = load(&house, &mut table, length, skip_bad).await;
    house.close().await?;
    let (good, bad) = loaded?;
    if bad > 0 && !skip_bad {
        bail!("{bad} bad rows; nothing was stored. Mend them, or store the {good} good ones with --skip-bad.");
    }
    println!("{good} residents stored{}", if bad > 0 { format!(", {bad} bad rows skipped") } else { String::new() });
    Ok(())
}

/// Reads, checks and stores every row; tells how many were good and bad.
async fn load(house: &House, table: &mut CsvFile, length: u64, skip_bad: bool) -> anyhow::Result<(u64, u64)> {
    house.demand_readiness().await?;
    let kelurahan: HashSet<RegionCode> = residents::kelurahan_codes(&mut house.db.read().await?).await?.into_iter().collect();
    let today = day_of(house.config.clock.now());
    let mut tx = house.db.begin().await?;
    residents::begin_import(&mut tx).await.context("another import is running")?;

    let bar = progress(length);
    let (mut good, mut bad) = (0, 0);
    let (mut batch, mut rounding) = (Batch::default(), Rounding::default());
    loop {
        let read = match table.next_row() {
            Ok(None) => break,
            Ok(Some(row)) => {
                demand_digits(&row)?;
                rounding.look(row.field("nik"), row.field("kk_number"));
                record(&row, &kelurahan, today).map_err(|reasons| (row.line, reasons.join("; ")))
            }
            Err(CsvError::NotUtf8(line)) => Err((line, CsvError::NotUtf8(line).to_string())),
            Err(error) => return Err(error.into()),
        };
        match read {
            Ok(record) => {
                good += 1;
                batch.push(record);
            }
            Err((line, reasons)) => {
                bad += 1;
                bar.suspend(|| eprintln!("line {line}: {reasons}"));
            }
        }
        // After the first bad row of an all-or-nothing import the rest is only checked.
        if batch.rows.len() == BATCH {
            batch.store(&mut tx, bad == 0 || skip_bad).await?;
            bar.set_position(table.position());
        }
    }
    batch.store(&mut tx, bad == 0 || skip_bad).await?;
    bar.finish_and_clear();
    if rounding.is_likely() {
        bail!(ROUNDED);
    }
    if bad == 0 || skip_bad {
        tx.commit().await?;
    }
    Ok((good, bad))
}

/// Stops at the first number that a spreadsheet has written as a power of ten: its digits are lost, and so are the others'.
fn demand_digits(row: &Row<'_>) -> anyhow::Result<()> {
    for column in ["nik", "kk_number"] {
        if is_exponent(row.field(column)) {
            bail!(
                "line {}: {column} is written as a power of ten (3,17E+15): a spreadsheet has taken it for a quantity, and its \
                 digits are lost. Nothing was stored. Make the file anew from the source, with this column as text.",
                row.line
            );
        }
    }
    Ok(())
}

/// Rows on their way; of two with one NIK the later one stands, as it would in two batches.
#[derive(Default)]
struct Batch {
    rows: Vec<CivilRecord>,
    places: HashMap<Nik, usize>,
}

impl Batch {
    fn push(&mut self, record: CivilRecord) {
        let place = *self.places.entry(record.nik.clone()).or_insert(self.rows.len());
        match self.rows.get_mut(place) {
            Some(earlier) => *earlier = record,
            None => self.rows.push(record),
        }
    }

    async fn store(&mut self, tx: &mut Tx, wanted: bool) -> anyhow::Result<()> {
        if wanted && !self.rows.is_empty() {
            residents::store(tx, &self.rows).await?;
        }
        self.rows.clear();
        self.places.clear();
        Ok(())
    }
}

fn progress(length: u64) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {bytes} of {total_bytes}  {eta} left");
    ProgressBar::with_draw_target(Some(length), target).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The row as a record, or everything that is wrong with it. No value is repeated: it goes to a screen.
fn record(row: &Row<'_>, kelurahan: &HashSet<RegionCode>, today: Date) -> Result<CivilRecord, Vec<String>> {
    let field = |name: &str| row.field(name);
    let mut wrong = Vec::new();
    let nik = keep(&mut wrong, "nik is not a possible NIK of 16 digits", Nik::parse(field("nik")));
    let kk_number = keep(&mut wrong, "kk_number is not 16 digits", KkNumber::parse(field("kk_number")));
    let name = keep(&mut wrong, "name is empty, too long or holds odd signs", FullName::parse(field("name")));
    for column in ["name", "address"] {
        if is_doubly_encoded(field(column)) {
            wrong.push(format!("{column} was encoded twice: save the table as CSV UTF-8 once"));
        }
    }
    let born = date(field("birth_date")).ok().flatten().filter(|born| *born <= today).ok_or(());
    let birth_date = keep(&mut wrong, "birth_date is not an ISO date up to today", born);
    let sex = keep(&mut wrong, "sex is neither L nor P", sex(field("sex")));
    let marital_status = keep(&mut wrong, "marital_status is none of the four", marital_status(field("marital_status")));
    let code = RegionCode::parse(field("kelurahan_code")).filter(|code| kelurahan.contains(code)).ok_or(());
    let kelurahan = keep(&mut wrong, "kelurahan_code is no kelurahan of Jakarta", code);
    let recorded_on = keep(&mut wrong, "recorded_on is not an ISO date", date(field("recorded_on")));
    let card_issued_on = keep(&mut wrong, "card_issued_on is not an ISO date", date(field("card_issued_on")));
    let ended = keep(&mut wrong, "ended is neither empty nor meninggal nor pindah_keluar", ended(field("ended")));
    let record = || {
        Some(CivilRecord {
            nik: nik?,
            kk_number: kk_number?,
            name: name?,
            birth_date: birth_date?,
            sex: sex?,
            marital_status: marital_status?,
            address: typed_text::line(field("address")),
            kelurahan: kelurahan?,
            recorded_on: recorded_on?,
            card_issued_on: card_issued_on?,
            ended: ended?,
        })
    };
    record().filter(|_| wrong.is_empty()).ok_or(wrong)
}

fn keep<T, E>(wrong: &mut Vec<String>, reason: &str, parsed: Result<T, E>) -> Option<T> {
    if parsed.is_err() {
        wrong.push(reason.to_owned());
    }
    parsed.ok()
}

/// An ISO date, or an empty field.
fn date(text: &str) -> Result<Option<Date>, ()> {
    if text.is_empty() { Ok(None) } else { Date::parse(text, &Iso8601::DATE).map(Some).map_err(|_| ()) }
}

fn sex(text: &str) -> Result<Sex, ()> {
    match text {
        "L" => Ok(Sex::Male),
        "P" => Ok(Sex::Female),
        _ => Err(()),
    }
}

fn marital_status(text: &str) -> Result<MaritalStatus, ()> {
    match text {
        "belum_kawin" => Ok(MaritalStatus::BelumKawin),
        "kawin" => Ok(MaritalStatus::Kawin),
        "cerai_hidup" => Ok(MaritalStatus::CeraiHidup),
        "cerai_mati" => Ok(MaritalStatus::CeraiMati),
        _ => Err(()),
    }
}

fn ended(text: &str) -> Result<Option<Ended>, ()> {
    match text {
        "" => Ok(None),
        "meninggal" => Ok(Some(Ended::Meninggal)),
        "pindah_keluar" => Ok(Some(Ended::PindahKeluar)),
        _ => Err(()),
    }
}
