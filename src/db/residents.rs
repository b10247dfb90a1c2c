//! The registry: the only door to it. The portal reads it and loads it, and never edits identity.

use std::collections::HashMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Conn, DbError, DbResult, Tx};
use crate::{
    domain::{
        application::OpenCase,
        calendar::day_of,
        ids::{AccountId, ApplicationId, ResidentId},
        nik::{KkNumber, Nik},
        region::RegionCode,
        resident::{CivilRecord, Resident},
    },
    vault::{Place, Vault},
};

pub(super) const TABLE: &str = "residents";

/// Opens a resident's row.
pub(super) fn open(vault: &Vault, id: Uuid, sealed: &[u8], handed_over_at: Option<OffsetDateTime>) -> DbResult<Resident> {
    let civil: CivilRecord = vault.open_value(Place { table: TABLE, row: id }, sealed)?;
    Ok(Resident { id: id.into(), civil, handed_over_on: handed_over_at.map(day_of) })
}

/// The resident with this NIK.
///
/// # Errors
/// [`DbError`].
pub async fn by_nik(conn: &mut Conn, nik: &Nik) -> DbResult<Option<Resident>> {
    let index = conn.vault().nik_index(nik);
    let row = sqlx::query!("select id, sealed from residents where nik_index = $1", &index).fetch_optional(conn.pg()).await?;
    row.map(|row| open(conn.vault(), row.id, &row.sealed, None)).transpose()
}

/// The name of a kelurahan.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn kelurahan_name(conn: &mut Conn, code: &RegionCode) -> DbResult<Option<String>> {
    let name = sqlx::query_scalar!("select name from regions where code = $1", code.as_str());
    Ok(name.fetch_optional(conn.pg()).await?)
}

/// One person of a family, and what is in progress for them.
#[derive(Debug)]
pub struct FamilyMember {
    /// Who.
    pub resident: Resident,
    /// The open application about them, if any.
    pub open: Option<OpenCase>,
}

/// Everybody on a family card whose row has not ended, eldest first.
///
/// # Errors
/// [`DbError`].
pub async fn family(conn: &mut Conn, kk: &KkNumber) -> DbResult<Vec<FamilyMember>> {
    let index = conn.vault().kk_index(kk);
    let rows = sqlx::query!(
        r#"select r.id, r.sealed, o.id as "open_id?", o.account_id as "open_account?", o.submitted_at as "open_since?",
                  (select max(h.at) from applications b join application_history h on h.application_id = b.id
                       where b.resident_id = r.id and h.to_status = 'selesai') as handed_over_at
           from residents r
           left join applications o on o.resident_id = r.id
               and o.status in ('diajukan', 'perlu_perbaikan', 'disetujui', 'menunggu_blangko', 'dicetak', 'siap_diambil', 'tidak_diambil')
           where r.kk_index = $1"#,
        &index,
    );
    let rows = rows.fetch_all(conn.pg()).await?;
    let mut members = rows
        .into_iter()
        .map(|row| {
            let resident = open(conn.vault(), row.id, &row.sealed, row.handed_over_at)?;
            let case = row.open_id.zip(row.open_account).zip(row.open_since);
            let case = case.map(|((application, account), since)| OpenCase {
                application: ApplicationId::from(application),
                account: AccountId::from(account),
                since,
            });
            Ok(FamilyMember { resident, open: case })
        })
        .collect::<DbResult<Vec<_>>>()?;
    members.retain(|member| member.resident.civil.ended.is_none());
    members.sort_by_key(|member| (member.resident.civil.birth_date, member.resident.civil.nik.clone()));
    Ok(members)
}

/// Whether the registry holds nobody yet.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn is_empty(conn: &mut Conn) -> DbResult<bool> {
    Ok(sqlx::query_scalar!(r#"select not exists (select from residents) as "empty!""#).fetch_one(conn.pg()).await?)
}

/// The codes of all kelurahan.
///
/// # Errors
/// [`DbError`].
pub async fn kelurahan_codes(conn: &mut Conn) -> DbResult<Vec<RegionCode>> {
    let codes = sqlx::query_scalar!("select code from regions where level = 'kelurahan'").fetch_all(conn.pg()).await?;
    codes.into_iter().map(|code| RegionCode::parse(&code).ok_or(DbError::Impossible("a region's code"))).collect()
}

/// Keeps other imports out until this transaction ends; readers go on.
///
/// # Errors
/// [`DbError::Sql`].
pub async fn begin_import(tx: &mut Tx) -> DbResult<()> {
    // An import of a city takes longer than a page may.
    sqlx::query!("set local statement_timeout = 0").execute(tx.pg()).await?;
    sqlx::query!("lock table residents in share row exclusive mode").execute(tx.pg()).await?;
    Ok(())
}

/// Stores rows of the registry: known NIKs are replaced, new ones added. NIKs must differ.
///
/// # Errors
/// [`DbError`].
pub async fn store(tx: &mut Tx, records: &[CivilRecord]) -> DbResult<()> {
    let indexes: Vec<Vec<u8>> = records.iter().map(|record| tx.vault().nik_index(&record.nik).to_vec()).collect();
    let known =
        sqlx::query!("select id, nik_index from residents where nik_index = any($1)", &indexes).fetch_all(tx.pg()).await?;
    let known: HashMap<Vec<u8>, Uuid> = known.into_iter().map(|row| (row.nik_index, row.id)).collect();

    let (mut ids, mut families, mut kelurahan, mut sealed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (record, index) in records.iter().zip(&indexes) {
        let id = known.get(index).copied().unwrap_or_else(|| ResidentId::random().uuid());
        ids.push(id);
        families.push(tx.vault().kk_index(&record.kk_number).to_vec());
        kelurahan.push(record.kelurahan.to_string());
        sealed.push(tx.vault().seal_value(Place { table: TABLE, row: id }, record)?);
    }
    sqlx::query!(
        "insert into residents (id, nik_index, kk_index, kelurahan_code, sealed)
         select * from unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::text[], $5::bytea[])
         on conflict (nik_index) do update
             set kk_index = excluded.kk_index, kelurahan_code = excluded.kelurahan_code, sealed = excluded.sealed",
        &ids,
        &indexes,
        &families,
        &kelurahan,
        &sealed,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}
