//! Stored pages: sealed pictures, one row each, and their sealed previews.

use time::OffsetDateTime;

use super::{Conn, DbError, DbResult, Tx, applications, applications::Reader};
use crate::{
    domain::{
        application::StoredPage,
        category::DocumentKind,
        ids::{ApplicationId, PageId},
        officer::Scope,
        upload::{FileFingerprint, PageImage},
    },
    vault::Place,
};

const TABLE: &str = "pages";
const PREVIEWS: &str = "page_previews";

/// Adds pages behind those that a document has. The caller holds the application's lock and has
/// seen that there is room.
///
/// # Errors
/// [`DbError`].
pub async fn add(
    tx: &mut Tx,
    application: ApplicationId,
    kind: DocumentKind,
    images: &[PageImage],
    fingerprint: &FileFingerprint,
    now: OffsetDateTime,
) -> DbResult<()> {
    let stored = sqlx::query_scalar!(
        r#"select count(*) as "count!" from pages where application_id = $1 and kind = $2"#,
        application.uuid(),
        kind.code(),
    );
    let stored = stored.fetch_one(tx.pg()).await?;
    for (number, image) in (stored + 1..).zip(images) {
        let id = PageId::random().uuid();
        let sealed = tx.vault().seal(Place { table: TABLE, row: id }, &image.jpeg)?;
        let preview = tx.vault().seal(Place { table: PREVIEWS, row: id }, &image.preview)?;
        let number = i16::try_from(number).map_err(|_| DbError::Impossible("a page's number"))?;
        let bytes = i32::try_from(image.jpeg.len()).map_err(|_| DbError::Impossible("a page's size"))?;
        sqlx::query!(
            "insert into pages (id, application_id, kind, number, bytes, fingerprint, received_at, sealed)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            application.uuid(),
            kind.code(),
            number,
            bytes,
            fingerprint,
            now,
            sealed,
        )
        .execute(tx.pg())
        .await?;
        sqlx::query!("insert into page_previews (page_id, sealed) values ($1, $2)", id, preview).execute(tx.pg()).await?;
    }
    Ok(())
}

/// The number of the page that a file became in a document, if it is stored already.
///
/// # Errors
/// [`DbError`].
pub async fn with_fingerprint(
    tx: &mut Tx,
    application: ApplicationId,
    kind: DocumentKind,
    fingerprint: &FileFingerprint,
) -> DbResult<Option<usize>> {
    let number = sqlx::query_scalar!(
        "select number from pages where application_id = $1 and kind = $2 and fingerprint = $3 order by number limit 1",
        application.uuid(),
        kind.code(),
        fingerprint,
    );
    Ok(number.fetch_optional(tx.pg()).await?.and_then(|number| usize::try_from(number).ok()))
}

/// The pages of an application, document by document.
///
/// # Errors
/// [`DbError`].
pub async fn list(conn: &mut Conn, application: ApplicationId) -> DbResult<Vec<StoredPage>> {
    let rows = sqlx::query!(
        "select id, kind, number, bytes, received_at from pages where application_id = $1 order by kind, number",
        application.uuid(),
    );
    let page = |id: uuid::Uuid, kind: &str, number: i16, bytes: i32, received_at| {
        Ok(StoredPage {
            id: id.into(),
            kind: DocumentKind::parse(kind).ok_or(DbError::Impossible("a kind of paper"))?,
            number: usize::try_from(number).unwrap_or_default(),
            bytes: usize::try_from(bytes).unwrap_or_default(),
            received_at,
        })
    };
    rows.fetch_all(conn.pg())
        .await?
        .into_iter()
        .map(|row| page(row.id, &row.kind, row.number, row.bytes, row.received_at))
        .collect()
}

/// Removes a page that arrived after a moment, if one is given; those behind it move up. Tells which page
/// it was, if there was one.
///
/// # Errors
/// [`DbError`].
pub async fn remove(
    tx: &mut Tx,
    application: ApplicationId,
    page: PageId,
    after: Option<OffsetDateTime>,
) -> DbResult<Option<(DocumentKind, usize)>> {
    let removed = sqlx::query!(
        "delete from pages where id = $1 and application_id = $2 and ($3::timestamptz is null or received_at > $3) returning kind, number",
        page.uuid(),
        application.uuid(),
        after,
    );
    let Some(removed) = removed.fetch_optional(tx.pg()).await? else { return Ok(None) };
    sqlx::query!(
        "update pages set number = number - 1 where application_id = $1 and kind = $2 and number > $3",
        application.uuid(),
        removed.kind,
        removed.number,
    )
    .execute(tx.pg())
    .await?;
    let kind = DocumentKind::parse(&removed.kind).ok_or(DbError::Impossible("a kind of paper"))?;
    Ok(Some((kind, usize::try_from(removed.number).unwrap_or_default())))
}

/// Removes the pages of a document that arrived before a moment.
///
/// # Errors
/// [`DbError`].
pub async fn remove_before(tx: &mut Tx, application: ApplicationId, kind: DocumentKind, moment: OffsetDateTime) -> DbResult<()> {
    sqlx::query!(
        "delete from pages where application_id = $1 and kind = $2 and received_at <= $3",
        application.uuid(),
        kind.code(),
        moment,
    )
    .execute(tx.pg())
    .await?;
    Ok(())
}

/// The picture of a page, if the reader may see the application it belongs to.
///
/// # Errors
/// [`DbError`].
pub async fn picture(conn: &mut Conn, reader: Reader, application: ApplicationId, page: PageId) -> DbResult<Option<Vec<u8>>> {
    let sealed = sqlx::query_scalar!(
        "select p.sealed from pages p join applications a on a.id = p.application_id
         where p.id = $1 and a.id = $2 and (a.account_id = $3 or a.resident_id = $4 and a.status <> 'draf')",
        page.uuid(),
        application.uuid(),
        reader.account.uuid(),
        reader.resident.uuid(),
    );
    let sealed = sealed.fetch_optional(conn.pg()).await?;
    sealed.map(|sealed| Ok(conn.vault().open(Place { table: TABLE, row: page.uuid() }, &sealed)?)).transpose()
}

/// The preview of a page, if the reader may see the application it belongs to.
///
/// # Errors
/// [`DbError`].
pub async fn preview(conn: &mut Conn, reader: Reader, application: ApplicationId, page: PageId) -> DbResult<Option<Vec<u8>>> {
    let sealed = sqlx::query_scalar!(
        "select v.sealed from page_previews v join pages p on p.id = v.page_id join applications a on a.id = p.application_id
         where p.id = $1 and a.id = $2 and (a.account_id = $3 or a.resident_id = $4 and a.status <> 'draf')",
        page.uuid(),
        application.uuid(),
        reader.account.uuid(),
        reader.resident.uuid(),
    );
    let sealed = sealed.fetch_optional(conn.pg()).await?;
    sealed.map(|sealed| Ok(conn.vault().open(Place { table: PREVIEWS, row: page.uuid() }, &sealed)?)).transpose()
}

/// The picture of a page of a sent application that an officer may see, with its document and number.
///
/// # Errors
/// [`DbError`].
pub async fn picture_in_scope(
    conn: &mut Conn,
    scope: &Scope,
    application: ApplicationId,
    page: PageId,
) -> DbResult<Option<(DocumentKind, usize, Vec<u8>)>> {
    let (counter, area) = applications::scope(scope);
    let row = sqlx::query!(
        "select p.kind, p.number, p.sealed from pages p join applications a on a.id = p.application_id
         where p.id = $1 and a.id = $2 and a.status <> 'draf' and ($3::text is null or a.counter_code = $3)
           and ($4::text is null or a.counter_code = $4 or starts_with(a.counter_code, $4 || '.'))",
        page.uuid(),
        application.uuid(),
        counter,
        area,
    );
    let Some(row) = row.fetch_optional(conn.pg()).await? else { return Ok(None) };
    let kind = DocumentKind::parse(&row.kind).ok_or(DbError::Impossible("a kind of paper"))?;
    let picture = conn.vault().open(Place { table: TABLE, row: page.uuid() }, &row.sealed)?;
    Ok(Some((kind, usize::try_from(row.number).unwrap_or_default(), picture)))
}
