//! Receiving files: each to disk while the phone sends it, then through the intake. No database
//! connection and no whole body is held meanwhile.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{FromRef, FromRequest, FromRequestParts, Multipart, Request, multipart::Field},
    http::{StatusCode, request::Parts},
};
use hyper::body::{Body as HttpBody, Frame};
use tokio::time::timeout;

use super::{
    error::{WebError, WebResult},
    file_name::file_name,
    form::{gather, is_form, pairs},
    request_body::Files,
    state::AppState,
};
use crate::{
    adapters::{
        intake::{Intake, IntakeError},
        lines::{Lines, Place},
        spool::{Spool, SpooledFile},
    },
    db::Db,
    domain::ids::AccountId,
    domain::upload::{FileFingerprint, MAX_BYTES, PageImage, UploadRefusal},
};

/// A phone that sends nothing for so long has lost its signal.
pub const SILENCE: Duration = Duration::from_secs(30);
/// Ten megabytes in this time are 17 kB a second, less than a bad 3G connection gives.
pub const WHOLE: Duration = Duration::from_mins(10);
/// How many bytes may come before a field begins, since the reader of forms searches all of them again
/// with every piece that arrives.
const PREAMBLE: usize = 64 * 1024;
/// How far a file that is too large is read and thrown away, so that the browser hears our answer.
const DRAINED: u64 = 64 * 1024 * 1024;
/// The largest body of a post with files, in bytes: as many files as it may bring, and one that is too large. Whatever goes
/// beyond is cut off.
pub const LARGEST_BODY: usize = (10 * 10 + 65) * 1024 * 1024;

/// Files that one post may bring.
pub const MAX_FILES: usize = 10;

/// One part of what was posted.
pub enum Part {
    /// A field without a file.
    Field {
        /// Its name.
        name: String,
        /// What stands in it.
        value: String,
    },
    /// A file that was chosen in a field.
    File {
        /// The field's name.
        field: String,
        /// What the phone calls the file.
        name: String,
        /// Its pages, or why there are none.
        read: Result<Pages, UploadRefusal>,
    },
    /// One file more than a post may bring; it was not looked at.
    OneTooMany {
        /// The field's name.
        field: String,
        /// What the phone calls the file.
        name: String,
    },
    /// The form broke off, and nothing comes after this.
    BrokenOff,
}

/// Pages, and the fingerprint of the file they came from.
pub struct Pages {
    /// In order.
    pub images: Vec<PageImage>,
    /// Keyed hash of the file.
    pub fingerprint: FileFingerprint,
}

/// The way from a request's body to pages.
pub struct Receiver {
    spool: Spool,
    intake: Arc<Intake>,
    lines: Lines,
    db: Db,
}

impl FromRequestParts<AppState> for Receiver {
    type Rejection = WebError;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> WebResult<Self> {
        let (spool, intake) = (FromRef::from_ref(state), FromRef::from_ref(state));
        Ok(Self { spool, intake, lines: FromRef::from_ref(state), db: FromRef::from_ref(state) })
    }
}

impl Receiver {
    /// Begins to read a form that may bring files.
    ///
    /// # Errors
    /// When the account has enough under way (429), or it is no form (415).
    pub async fn open(&self, request: Request, account: AccountId) -> WebResult<Posted<'_>> {
        let Some(place) = self.lines.join(account.uuid()) else { return Err(WebError::Status(StatusCode::TOO_MANY_REQUESTS)) };
        let mut posted = Posted {
            receiver: self,
            place,
            files: request.extensions().get::<Files>().cloned(),
            allowance: Arc::new(AtomicUsize::new(PREAMBLE)),
            broken: Arc::new(AtomicBool::new(false)),
            fields: VecDeque::new(),
            multipart: None,
            taken: 0,
        };
        if is_form(request.headers()) {
            posted.fields = pairs(&gather(request.into_body()).await?).into();
            return Ok(posted);
        }
        let (files, allowance) = (posted.files.clone(), Arc::clone(&posted.allowance));
        let broken = Arc::clone(&posted.broken);
        let request = request.map(|body| Body::new(Rationed { body, files, allowance, warned: false, broken }));
        let multipart = Multipart::from_request(request, &()).await;
        posted.multipart = Some(multipart.map_err(|_| WebError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE))?);
        Ok(posted)
    }
}

/// A form under way, read part by part while the phone sends it.
pub struct Posted<'a> {
    receiver: &'a Receiver,
    place: Place,
    files: Option<Files>,
    /// How many more bytes may come before the next part is there.
    allowance: Arc<AtomicUsize>,
    /// Whether the request broke off.
    broken: Arc<AtomicBool>,
    /// What is left of a form that came without files.
    fields: VecDeque<(String, String)>,
    /// The form, while it can be read on.
    multipart: Option<Multipart>,
    taken: usize,
}

impl Posted<'_> {
    /// The next part; nothing when all of the form has come.
    ///
    /// # Errors
    /// When the disk or the intake fails; whatever the phone does wrong is a [`Part`].
    pub async fn next(&mut self) -> WebResult<Option<Part>> {
        if let Some((name, value)) = self.fields.pop_front() {
            return Ok(Some(Part::Field { name, value }));
        }
        let Some(mut multipart) = self.multipart.take() else { return Ok(None) };
        let (part, goes_on) = self.part(&mut multipart).await?;
        if goes_on {
            self.multipart = Some(multipart);
            return Ok(part);
        }
        drop(multipart);
        if part.is_none() && self.broken.load(Ordering::Relaxed) {
            return Ok(Some(Part::BrokenOff));
        }
        match (part, &self.files) {
            // A form may be complete and the request not: then nobody knows whether it was meant to be sent.
            (None, Some(files)) if !files.clone().ends_well().await => Ok(Some(Part::BrokenOff)),
            (part, _) => Ok(part),
        }
    }

    /// The next part, and whether another may follow.
    async fn part(&mut self, multipart: &mut Multipart) -> WebResult<(Option<Part>, bool)> {
        loop {
            self.allowance.store(PREAMBLE, Ordering::Relaxed);
            let mut field = match timeout(SILENCE, multipart.next_field()).await {
                Ok(Ok(Some(field))) => field,
                Ok(Ok(None)) => return Ok((None, false)),
                _ => return Ok((Some(Part::BrokenOff), false)),
            };
            let name = field.name().unwrap_or_default().to_owned();
            let Some(file) = file_name(field.headers()) else {
                self.allowance.store(PREAMBLE, Ordering::Relaxed);
                let text = timeout(SILENCE, field.text()).await;
                let text = text.ok().and_then(Result::ok).map(|value| Part::Field { name, value });
                let goes_on = text.is_some();
                return Ok((Some(text.unwrap_or(Part::BrokenOff)), goes_on));
            };
            self.allowance.store(usize::MAX, Ordering::Relaxed);
            if self.taken == MAX_FILES {
                let (length, goes_on) = drain(&mut field, 0).await;
                if length == 0 && file.is_empty() && goes_on {
                    continue;
                }
                return Ok((Some(Part::OneTooMany { field: name, name: called(file) }), goes_on));
            }
            let mut fingerprint = self.receiver.db.file_fingerprint();
            let spooled =
                spool(&mut field, self.receiver.spool.file().map_err(WebError::Disk)?, |chunk| fingerprint.update(chunk));
            let spooled = timeout(WHOLE, spooled).await.unwrap_or(Ok(CUT)).map_err(WebError::Disk)?;
            drop(field);
            // A field in which nothing was chosen is sent as a file without name and bytes.
            if file.is_empty() && matches!(&spooled.file, Ok(file) if file.length() == 0) {
                continue;
            }
            self.taken += 1;
            let read = match spooled.file {
                Ok(file) => self.read(file).await?.map(|images| Pages { images, fingerprint: fingerprint.finish() }),
                Err(refusal) => Err(refusal),
            };
            return Ok((Some(Part::File { field: name, name: called(file), read }), spooled.goes_on));
        }
    }

    async fn read(&self, file: SpooledFile) -> WebResult<Result<Vec<PageImage>, UploadRefusal>> {
        // One file of an account after the other, so that others need not wait for all of them.
        let _turn = self.place.turn().await;
        match self.receiver.intake.read(file.finish()?).await {
            Ok(images) => Ok(Ok(images)),
            Err(IntakeError::Refused(refusal)) => Ok(Err(refusal)),
            Err(IntakeError::Failed(error)) => Err(error.into()),
        }
    }
}

/// A form's body that breaks off when the reader has used up its allowance and still finds no field.
struct Rationed {
    body: Body,
    files: Option<Files>,
    /// How many more bytes the reader may have.
    allowance: Arc<AtomicUsize>,
    /// Whether the reader was told to look at what it has.
    warned: bool,
    /// Set when the phone is gone.
    broken: Arc<AtomicBool>,
}

impl HttpBody for Rationed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let left = self.allowance.load(Ordering::Relaxed);
        if left == 0 && self.warned {
            if let Some(files) = &self.files {
                files.break_off();
            }
            return Poll::Ready(Some(Err(axum::Error::new("no field begins"))));
        }
        if left == 0 {
            // The reader takes all that is there before it looks at any of it.
            self.warned = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.warned = false;
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        // Told as an end: the reader forgets what it has when it meets an error, and a file before it may be whole.
        if matches!(frame, Some(Err(_))) {
            self.broken.store(true, Ordering::Relaxed);
            return Poll::Ready(None);
        }
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()).and_then(Frame::data_ref) {
            self.allowance.store(left.saturating_sub(data.len()), Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }
}

/// A file on disk, or why there is none; and whether more of its form may follow.
struct Spooled {
    file: Result<SpooledFile, UploadRefusal>,
    goes_on: bool,
}

const CUT: Spooled = Spooled { file: Err(UploadRefusal::Cut), goes_on: false };

/// Writes a file to disk while it arrives; every chunk is shown on its way.
async fn spool(field: &mut Field<'_>, mut file: SpooledFile, mut seen: impl FnMut(&[u8])) -> io::Result<Spooled> {
    loop {
        let Ok(Ok(chunk)) = timeout(SILENCE, field.chunk()).await else { return Ok(CUT) };
        let Some(chunk) = chunk else { return Ok(Spooled { file: Ok(file), goes_on: true }) };
        seen(&chunk);
        file = file.write(chunk).await?;
        if file.length() > MAX_BYTES {
            let (bytes, goes_on) = drain(field, file.length()).await;
            return Ok(Spooled { file: Err(UploadRefusal::TooLarge { bytes }), goes_on });
        }
    }
}

/// Reads on without keeping anything. Tells the size of the file as far as it was read, and whether that was all of it: however
/// it ends, it is too large.
async fn drain(field: &mut Field<'_>, mut length: u64) -> (u64, bool) {
    while length <= DRAINED {
        match timeout(SILENCE, field.chunk()).await {
            Ok(Ok(Some(chunk))) => length += chunk.len() as u64,
            Ok(Ok(None)) => return (length, true),
            _ => break,
        }
    }
    (length, false)
}

/// What a sentence calls a file.
fn called(name: String) -> String {
    if name.is_empty() { "ini".to_owned() } else { name }
}
