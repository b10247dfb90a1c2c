//! What an application's row carries as lists: its documents and its steps.

use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    db::{DbError, DbResult},
    domain::{
        application::DocumentSummary,
        category::{Category, DocumentKind},
        event::HistoryEntry,
        ids::{FactId, OfficerId, PageId},
        status::{Actor, Status},
    },
};

#[derive(Deserialize)]
struct DocumentJson {
    kind: DocumentKind,
    pages: Vec<PageId>,
    #[serde(with = "time::serde::rfc3339")]
    received_at: OffsetDateTime,
}

/// Those that the category asks for, in the order of its form, and the kinds of the others.
pub(super) fn documents(
    json: Option<serde_json::Value>,
    category: Option<Category>,
) -> DbResult<(Vec<DocumentSummary>, Vec<DocumentKind>)> {
    let Some(json) = json else { return Ok((Vec::new(), Vec::new())) };
    let mut rows: Vec<DocumentJson> = serde_json::from_value(json).map_err(|_| DbError::Impossible("a list of documents"))?;
    let mut documents = Vec::new();
    for kind in category.into_iter().flat_map(Category::documents) {
        if let Some(place) = rows.iter().position(|row| row.kind == kind) {
            let DocumentJson { kind, pages, received_at } = rows.swap_remove(place);
            documents.push(DocumentSummary { kind, pages, received_at });
        }
    }
    let mut set_aside: Vec<DocumentKind> = rows.into_iter().map(|row| row.kind).collect();
    set_aside.sort_unstable();
    Ok((documents, set_aside))
}

#[derive(Deserialize)]
struct HistoryJson {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    from: String,
    to: String,
    by: String,
    officer: Option<OfficerId>,
    fact: FactId,
}

pub(super) fn history(json: Option<serde_json::Value>) -> DbResult<Vec<HistoryEntry>> {
    let impossible = || DbError::Impossible("a history");
    let Some(json) = json else { return Ok(Vec::new()) };
    let rows: Vec<HistoryJson> = serde_json::from_value(json).map_err(|_| impossible())?;
    let entry = |row: HistoryJson| {
        let (from, to, by) = (Status::parse(&row.from), Status::parse(&row.to), Actor::parse(&row.by));
        let ((from, to), by) = from.zip(to).zip(by).ok_or_else(impossible)?;
        Ok(HistoryEntry { at: row.at, from, to, by, officer: row.officer, fact: row.fact })
    };
    rows.into_iter().map(entry).collect()
}
