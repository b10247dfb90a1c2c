//! The pages of a case, one at a time: which one is shown, which come before and after, and how it is turned.

use crate::{
    domain::{application::Application, category::DocumentKind, ids::PageId},
    web::{form::parameter, paths},
};

/// Where the pages of a case are looked at.
pub struct Viewer {
    /// A tab for each document: its kind, how many pages, where it leads.
    pub tabs: Vec<(DocumentKind, usize, String)>,
    /// The document that is shown.
    pub kind: DocumentKind,
    /// The number of the page that is shown, from 1.
    pub number: usize,
    /// How many it has.
    pub count: usize,
    /// The picture.
    pub picture: String,
    /// By how many degrees it is turned: 0, 90, 180 or 270.
    pub turn: u16,
    /// The page before, where there is one.
    pub before: Option<String>,
    /// The page after.
    pub after: Option<String>,
    /// The same page, turned further.
    pub turned: String,
}

impl Viewer {
    /// What the address asks for, or the first page; nothing when no page is stored.
    pub fn of(case: &Application, query: Option<&str>) -> Option<Self> {
        let wanted = parameter(query, "dok").and_then(|code| DocumentKind::parse(&code));
        let document = case.documents.iter().find(|document| Some(document.kind) == wanted).or_else(|| case.documents.first())?;
        let count = document.pages.len();
        let number = parameter(query, "hal").and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, count.max(1));
        let turn = parameter(query, "putar").and_then(|text| text.parse().ok()).filter(|turn| [0, 90, 180, 270].contains(turn));
        let turn = turn.unwrap_or(0);
        let page: PageId = *document.pages.get(number - 1)?;
        let address = |kind: DocumentKind, number: usize, turn: u16| {
            let turned = if turn == 0 { String::new() } else { format!("&putar={turn}") };
            format!("{}?dok={}&hal={number}{turned}#halaman", paths::case(case.id), kind.code())
        };
        let kind = document.kind;
        Some(Self {
            tabs: case.documents.iter().map(|known| (known.kind, known.pages.len(), address(known.kind, 1, 0))).collect(),
            kind,
            number,
            count,
            picture: paths::case_page(case.id, page),
            turn,
            before: (number > 1).then(|| address(kind, number - 1, 0)),
            after: (number < count).then(|| address(kind, number + 1, 0)),
            turned: address(kind, number, (turn + 90) % 360),
        })
    }
}
