//! Receiving an upload: to disk while the phone sends it, then through the intake. No database
//! connection and no whole body is held meanwhile.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
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
    request_body::Files,
    state::AppState,
};
use crate::{
    adapters::{
        intake::{Intake, IntakeError},
        lines::Lines,
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
/// The largest body of an upload, in bytes; whatever goes beyond is cut off.
pub const LARGEST_BODY: usize = 65 * 1024 * 1024;
/// Longest file name that is repeated in a sentence, in characters.
const NAME_LENGTH: usize = 60;

/// What has become of an upload.
pub enum Received {
    /// Pages, and the fingerprint of the file they came from.
    Pages {
        /// In order.
        images: Vec<PageImage>,
        /// Keyed hash of the file.
        fingerprint: FileFingerprint,
    },
    /// No file was chosen.
    Nothing,
    /// The file is refused.
    Refused {
        /// Why.
        refusal: UploadRefusal,
        /// What the phone calls it.
        file: String,
    },
}

/// The way from a request's body to pages.
pub struct Receiver {
    spool: Spool,
    intake: Arc<Intake>,
    lines: Lines,
}

impl FromRequestParts<AppState> for Receiver {
    type Rejection = WebError;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> WebResult<Self> {
        Ok(Self { spool: FromRef::from_ref(state), intake: FromRef::from_ref(state), lines: FromRef::from_ref(state) })
    }
}

impl Receiver {
    /// Reads the file of a form.
    ///
    /// # Errors
    /// When the account has enough under way (429), or the disk or the intake fails; whatever the phone
    /// does wrong is a [`Received`].
    pub async fn receive(&self, request: Request, account: AccountId, db: &Db) -> WebResult<Received> {
        let Some(place) = self.lines.join(account.uuid()) else { return Err(WebError::Status(StatusCode::TOO_MANY_REQUESTS)) };
        let files = request.extensions().get::<Files>().cloned();
        let allowance = Arc::new(AtomicUsize::new(PREAMBLE));
        let rationed = |body| Rationed { body, files: files.clone(), allowance: Arc::clone(&allowance), warned: false };
        let request = request.map(|body| Body::new(rationed(body)));
        let Ok(mut multipart) = Multipart::from_request(request, &()).await else { return Ok(Received::Nothing) };
        let cut = |file: &str| Received::Refused { refusal: UploadRefusal::Cut, file: file.to_owned() };
        let mut fingerprint = db.file_fingerprint();
        let spooled = timeout(WHOLE, self.spool(&mut multipart, &allowance, |chunk| fingerprint.update(chunk))).await;
        let (file, name) = match spooled {
            Ok(Ok(Some(spooled))) => spooled,
            Ok(Ok(None)) => return Ok(Received::Nothing),
            Ok(Err(Trouble::Cut(name))) => return Ok(cut(&name)),
            Ok(Err(Trouble::TooLarge(bytes, file))) => {
                return Ok(Received::Refused { refusal: UploadRefusal::TooLarge { bytes }, file });
            }
            Ok(Err(Trouble::Disk(error))) => return Err(WebError::Disk(error)),
            Err(_) => return Ok(cut("ini")),
        };
        drop(multipart);
        if let Some(files) = files
            && !files.ends_well().await
        {
            return Ok(cut(&name));
        }
        // One file of an account after the other, so that others need not wait for all of them.
        let _turn = place.turn().await;
        match self.intake.read(file.finish()?).await {
            Ok(images) => Ok(Received::Pages { images, fingerprint: fingerprint.finish() }),
            Err(IntakeError::Refused(refusal)) => Ok(Received::Refused { refusal, file: name }),
            Err(IntakeError::Failed(error)) => Err(error.into()),
        }
    }

    /// The first file of the form on disk, with its name; every chunk is shown on its way.
    async fn spool(
        &self,
        multipart: &mut Multipart,
        allowance: &AtomicUsize,
        mut seen: impl FnMut(&[u8]),
    ) -> Result<Option<(SpooledFile, String)>, Trouble> {
        while let Some(mut field) = next_field(multipart).await? {
            let name = field.file_name().map(shown_name);
            allowance.store(if name.is_some() { usize::MAX } else { PREAMBLE }, Ordering::Relaxed);
            let Some(name) = name else { continue };
            let mut spooled = self.spool.file().map_err(Trouble::Disk)?;
            while let Some(chunk) = next_chunk(&mut field, &name).await? {
                seen(&chunk);
                spooled = spooled.write(chunk).await.map_err(Trouble::Disk)?;
                if spooled.length() > MAX_BYTES {
                    let bytes = drain(&mut field, spooled.length(), &name).await;
                    return Err(Trouble::TooLarge(bytes, name));
                }
            }
            // A file field left empty is sent without a name.
            return Ok((!name.is_empty()).then_some((spooled, name)));
        }
        Ok(None)
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
        if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()).and_then(Frame::data_ref) {
            self.allowance.store(left.saturating_sub(data.len()), Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }
}

enum Trouble {
    Cut(String),
    TooLarge(u64, String),
    Disk(std::io::Error),
}

async fn next_field(multipart: &mut Multipart) -> Result<Option<Field<'_>>, Trouble> {
    let field = timeout(SILENCE, multipart.next_field()).await;
    field.ok().and_then(Result::ok).ok_or_else(|| Trouble::Cut("ini".to_owned()))
}

async fn next_chunk(field: &mut Field<'_>, name: &str) -> Result<Option<Bytes>, Trouble> {
    let chunk = timeout(SILENCE, field.chunk()).await;
    chunk.ok().and_then(Result::ok).ok_or_else(|| Trouble::Cut(name.to_owned()))
}

/// Reads on without keeping anything, and tells the size of the file as far as it was read. However it ends, it is too large.
async fn drain(field: &mut Field<'_>, mut length: u64, name: &str) -> u64 {
    while length <= DRAINED {
        let Ok(Some(chunk)) = next_chunk(field, name).await else { break };
        length += chunk.len() as u64;
    }
    length
}

/// The name without folders and odd signs, and not too long for a sentence.
fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|sign| !sign.is_control() && !turns_text(*sign)).take(NAME_LENGTH).collect()
}

/// Signs that turn the direction of what follows, so that a sentence would read backwards.
fn turns_text(sign: char) -> bool {
    matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
