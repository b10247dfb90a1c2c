//! The pages of a case, one at a time: which one is shown, which come before and after, and how it is turned.

use crate::{
    domain::{application::Application, category::DocumentKind, ids::PageId},
    web::{form::parameter, paths},
};

/// A page of a document as somebody looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The document.
    pub kind: DocumentKind,
    /// The number of its page, from 1.
    pub number: usize,
    /// By how many degrees it is turned: 0, 90, 180 or 270.
    pub turn: u16,
}

impl View {
    /// The view that parameters ask for, where they ask for one of a known document.
    pub fn read(query: Option<&str>) -> Option<Self> {
        let kind = parameter(query, "dok").and_then(|code| DocumentKind::parse(&code))?;
        let number = parameter(query, "hal").and_then(|text| text.parse().ok()).unwrap_or(1);
        let turn = parameter(query, "putar").and_then(|text| text.parse().ok()).filter(|turn| [0, 90, 180, 270].contains(turn));
        Some(Self { kind, number, turn: turn.unwrap_or(0) })
    }

    /// The parameters that ask for it.
    pub fn query(self) -> String {
        let turned = if self.turn == 0 { String::new() } else { format!("&putar={}", self.turn) };
        format!("dok={}&hal={}{turned}", self.kind.code(), self.number)
    }
}

/// Where the pages of a case are looked at.
pub struct Viewer {
    /// A tab for each document, with how many pages it has.
    pub tabs: Vec<(View, usize)>,
    /// What is shown.
    pub view: View,
    /// How many pages its document has.
    pub count: usize,
    /// The picture.
    pub picture: String,
    /// The page before, of the document before at the first.
    pub before: Option<View>,
    /// The page after, of the document after at the last.
    pub after: Option<View>,
    /// The same page, turned further.
    pub turned: View,
}

impl Viewer {
    /// What the address asks for, or the first page; nothing when no page is stored.
    pub fn of(case: &Application, query: Option<&str>) -> Option<Self> {
        let pages = |(kind, count): (DocumentKind, usize)| (1..=count).map(move |number| View { kind, number, turn: 0 });
        let documents: Vec<(DocumentKind, usize)> = case.documents.iter().map(|known| (known.kind, known.pages.len())).collect();
        let all: Vec<View> = documents.iter().copied().flat_map(pages).collect();
        let wanted = View::read(query);
        let is_wanted = |view: &View| wanted.is_some_and(|wanted| (wanted.kind, wanted.number) == (view.kind, view.number));
        let of_wanted = |view: &View| wanted.is_some_and(|wanted| wanted.kind == view.kind);
        let place = all.iter().position(is_wanted).or_else(|| all.iter().position(of_wanted)).unwrap_or(0);
        let view = View { turn: wanted.map_or(0, |wanted| wanted.turn), ..*all.get(place)? };
        let document = case.documents.iter().find(|document| document.kind == view.kind)?;
        let page: PageId = *document.pages.get(view.number - 1)?;
        Some(Self {
            tabs: documents.iter().map(|(kind, count)| (View { kind: *kind, number: 1, turn: 0 }, *count)).collect(),
            view,
            count: document.pages.len(),
            picture: paths::case_page(case.id, page),
            before: place.checked_sub(1).and_then(|before| all.get(before)).copied(),
            after: all.get(place + 1).copied(),
            turned: View { turn: (view.turn + 90) % 360, ..view },
        })
    }
}
