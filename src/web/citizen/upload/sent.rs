//! What came with a press on the upload page: files, each stored when all of it is there, and the button.

use axum::{extract::Request, http::StatusCode};

use super::super::came_from_check;
use crate::{
    actions::upload::{self, StoreError},
    adapters::clock::Clock,
    db::Db,
    domain::{
        category::DocumentKind,
        ids::{ApplicationId, PageId},
        upload::UploadRefusal,
    },
    render::words,
    web::{
        error::{WebError, WebResult},
        form::parameters,
        receive::{MAX_FILES, Pages, Part, Receiver},
        shell::Visit,
    },
};

/// The button that was pressed.
#[derive(Clone, Copy)]
pub enum Pressed {
    /// "Upload" of a document.
    Upload(DocumentKind),
    /// "Hapus" of a page.
    Remove(PageId),
    /// "Lanjut" or "Kirim perbaikan".
    Onward,
}

impl Pressed {
    /// The button by its value; every other one leads on.
    fn parse(value: &str) -> Self {
        match value.split_once(':') {
            Some(("upload", kind)) => DocumentKind::parse(kind).map_or(Self::Onward, Self::Upload),
            Some(("hapus", page)) => page.parse().map_or(Self::Onward, |page: uuid::Uuid| Self::Remove(page.into())),
            _ => Self::Onward,
        }
    }
}

/// What is wrong with a file, or with going on.
pub struct Problem {
    /// The document it is about, if it is about one that the page shows.
    pub kind: Option<DocumentKind>,
    /// What to do.
    pub sentence: String,
    /// How to do it.
    pub how: Option<&'static str>,
}

/// A page that was stored or removed.
#[derive(Clone, Copy)]
pub struct Done {
    /// Its document.
    pub kind: DocumentKind,
    /// Its number.
    pub number: usize,
    /// Whether it was removed.
    pub is_removed: bool,
}

const STORED: &str = "tersimpan";
const REMOVED: &str = "dihapus";

impl Done {
    /// What an address says was done: `tersimpan=kk.3&dihapus=ktp_lama.1`.
    pub fn read(query: Option<&str>) -> Vec<Self> {
        let read = |(name, value): (String, String)| {
            let is_removed = [STORED, REMOVED].iter().position(|known| *known == name)? == 1;
            let (kind, number) = value.split_once('.')?;
            Some(Self { kind: DocumentKind::parse(kind)?, number: number.parse().ok()?, is_removed })
        };
        parameters(query).filter_map(read).take(MAX_FILES).collect()
    }

    /// The same as a parameter of an address.
    fn code(self) -> String {
        format!("{}={}.{}", if self.is_removed { REMOVED } else { STORED }, self.kind.code(), self.number)
    }

    /// What was done, in words.
    pub fn words(self) -> String {
        let Self { kind, number, is_removed } = self;
        words::upload_done(kind, number, is_removed)
    }
}

/// All that came.
pub struct Sent {
    /// The button.
    pub pressed: Pressed,
    /// Whether to go back to the check page afterwards.
    pub returning: bool,
    /// Files that are stored now, by the number of their last page.
    pub done: Vec<Done>,
    /// Files that are not.
    pub problems: Vec<Problem>,
    /// Whether the form broke off, so that nothing in it counts but files that were whole.
    pub is_broken: bool,
    /// Files that are stored already: nothing to mend, unless nothing else was sent.
    twice: Vec<Problem>,
    files: usize,
    too_large: usize,
}

impl Sent {
    /// Reads the form to its end, and stores every file that is good.
    ///
    /// # Errors
    /// When disk, intake or database fail, the account has enough under way, or its session has ended meanwhile.
    pub async fn read(
        receiver: &Receiver,
        db: &Db,
        clock: &Clock,
        visit: &mut Visit,
        id: ApplicationId,
        request: Request,
    ) -> WebResult<Self> {
        let uri = request.uri().clone();
        let mut sent = Self {
            pressed: Pressed::Onward,
            returning: came_from_check(request.uri().query()),
            done: Vec::new(),
            problems: Vec::new(),
            is_broken: false,
            twice: Vec::new(),
            files: 0,
            too_large: 0,
        };
        let mut posted = receiver.open(request, visit.citizen.id()).await?;
        while let Some(part) = posted.next().await? {
            match part {
                Part::Field { name, value } if name == "tombol" => sent.pressed = Pressed::parse(&value),
                Part::Field { name, value } if name == "kembali" => sent.returning = value == "konfirmasi",
                Part::Field { .. } => {}
                Part::File { field, name, read } => {
                    sent.files += 1;
                    visit.go_on(db, clock, &uri).await?;
                    sent.store(db, visit, id, DocumentKind::parse(&field), &name, read).await?;
                }
                Part::OneTooMany { field, name } => {
                    sent.refuse(DocumentKind::parse(&field), words::upload_one_too_many(MAX_FILES, &name));
                }
                Part::BrokenOff => {
                    sent.is_broken = true;
                    sent.refuse(None, words::upload(&UploadRefusal::Cut, "ini"));
                }
            }
        }
        Ok(sent)
    }

    async fn store(
        &mut self,
        db: &Db,
        visit: &Visit,
        id: ApplicationId,
        kind: Option<DocumentKind>,
        file: &str,
        read: Result<Pages, UploadRefusal>,
    ) -> WebResult<()> {
        let Some(kind) = kind else {
            self.refuse(None, words::upload_unasked(file));
            return Ok(());
        };
        let Pages { images, fingerprint } = match read {
            Ok(pages) => pages,
            Err(refusal) => {
                self.is_broken |= refusal == UploadRefusal::Cut;
                self.too_large += usize::from(matches!(refusal, UploadRefusal::TooLarge { .. }));
                let how = matches!(refusal, UploadRefusal::Heic).then_some(words::HEIC_HOW);
                self.problems.push(Problem { kind: Some(kind), sentence: words::upload(&refusal, file), how });
                return Ok(());
            }
        };
        match upload::store(db, &visit.citizen, id, kind, &images, &fingerprint, visit.now).await {
            Ok(number) => self.done.push(Done { kind, number, is_removed: false }),
            // The category was changed on another page, or there never was such a document.
            Err(StoreError::NotFound) => self.refuse(None, words::upload_unasked(file)),
            Err(StoreError::Full(stored)) => self.refuse(Some(kind), words::document_full(kind, stored)),
            Err(StoreError::Twice(page)) => {
                self.twice.push(Problem { kind: Some(kind), sentence: words::upload_twice(page), how: None });
            }
            Err(StoreError::Db(error)) => return Err(WebError::from(error)),
        }
        Ok(())
    }

    fn refuse(&mut self, kind: Option<DocumentKind>, sentence: String) {
        self.problems.push(Problem { kind, sentence, how: None });
    }

    /// "Upload" was pressed: says so when there was nothing to store.
    pub fn complain_of_nothing(&mut self, kind: DocumentKind) {
        if !self.done.is_empty() || !self.problems.is_empty() {
            return;
        }
        self.problems.append(&mut self.twice);
        if self.problems.is_empty() {
            self.refuse(Some(kind), words::UPLOAD_NONE.to_owned());
        }
    }

    /// Done things as parameters of an address.
    pub fn done_codes(&self) -> Vec<String> {
        self.done.iter().map(|done| done.code()).collect()
    }

    /// The status of a page with problems: 413 for one file that is too large, 422 for all else.
    pub fn status(&self) -> StatusCode {
        let is_too_large = self.files == 1 && self.too_large == 1;
        if is_too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
}
