//! Takes an uploaded file, which may be hostile, and hands back JPEG pages of our own, or why the file is refused.
//! The file is decoded in a short-lived child process with limits, one at a time; the others wait. Whatever stops the
//! child is a refusal, never a fault of the server.

pub mod child;
mod jpeg;
mod kind;
mod message;
mod page;
mod pdf;
mod picture;
mod pieces;
mod png;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use self::kind::Kind;
use self::message::Message;
use crate::domain::upload::{MAX_BYTES, PageImage, UploadRefusal};

/// The argument that makes the program read one upload instead of serving.
pub const ARGUMENT: &str = "read-upload";

/// How the child says that it could not even begin, which is our fault and not the file's.
const CANNOT_SERVE: u8 = 70;

/// The child's own limit counts CPU time; this one also ends a child that merely waits.
const WALL_CLOCK: Duration = Duration::from_secs(30);

/// More than ten crowded pages take; a child that says more has gone astray.
const ANSWER_BYTES: usize = 24 * 1024 * 1024;

/// Why an upload has brought no pages.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The file is to blame; the citizen is told what to do.
    #[error("the upload is refused: {0:?}")]
    Refused(UploadRefusal),
    /// The machine is to blame.
    #[error("the upload could not be read")]
    Failed(#[from] io::Error),
}

impl From<UploadRefusal> for IntakeError {
    fn from(refusal: UploadRefusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Reads uploads, one at a time: the memory of one child is set aside, not that of many.
#[derive(Debug)]
pub struct Intake {
    program: PathBuf,
    turn: Semaphore,
}

/// What a child has left behind.
struct Outcome {
    said: Vec<u8>,
    /// Nothing if it had to be ended.
    status: Option<ExitStatus>,
}

impl Intake {
    /// Reads uploads with the given program, which must call [`child::main`] first thing when it is started with
    /// [`ARGUMENT`].
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { program, turn: Semaphore::new(1) }
    }

    /// The pages of an uploaded file: one of a picture, all of a PDF.
    ///
    /// # Errors
    /// [`IntakeError::Refused`] for everything a file can do wrong, [`IntakeError::Failed`] if the child cannot be run.
    pub async fn read(&self, mut file: File) -> Result<Vec<PageImage>, IntakeError> {
        let kind = recognise(&mut file)?;
        let turn = self.turn.acquire().await.map_err(io::Error::other)?;
        let outcome = self.run(file).await?;
        drop(turn);
        judge(kind, &outcome)
    }

    async fn run(&self, file: File) -> io::Result<Outcome> {
        let mut child = Command::new(&self.program)
            .arg(ARGUMENT)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(file))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // A key that interrupts the server must not end a reading half-way.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| io::Error::other("the child has no output"))?;
        let mut said = Vec::new();
        let ended = timeout(WALL_CLOCK, async {
            let heard = stdout.take(ANSWER_BYTES as u64).read_to_end(&mut said).await?;
            if heard < ANSWER_BYTES { child.wait().await.map(Some) } else { Ok(None) }
        })
        .await;
        let status = ended.unwrap_or(Ok(None))?;
        if status.is_none() {
            child.kill().await?;
        }
        Ok(Outcome { said, status })
    }
}

/// Looks at the size and the first bytes, which needs no child, and leaves the file at its beginning. It was written
/// just now, so these bytes are still in memory and reading them does not hold up anybody.
fn recognise(file: &mut File) -> Result<Kind, IntakeError> {
    let bytes = file.metadata()?.len();
    if bytes > MAX_BYTES {
        return Err(UploadRefusal::TooLarge { bytes }.into());
    }
    file.rewind()?;
    let mut head = Vec::new();
    file.by_ref().take(kind::HEAD).read_to_end(&mut head)?;
    file.rewind()?;
    Ok(kind::of(&head)?)
}

fn judge(kind: Kind, outcome: &Outcome) -> Result<Vec<PageImage>, IntakeError> {
    let mut declared = None;
    for message in message::all(&outcome.said) {
        match message {
            Message::Answer(pages) => return Ok(pages?),
            Message::Declared { width, height } => declared = Some((width, height)),
        }
    }
    let code = outcome.status.and_then(|status| status.code());
    if code == Some(CANNOT_SERVE.into()) || code == Some(0) {
        return Err(io::Error::other("the child could not serve").into());
    }
    tracing::warn!(?kind, ?declared, status = ?outcome.status, "an upload stopped the process that read it");
    Err(match (kind, declared) {
        (Kind::Pdf, _) => UploadRefusal::PdfBroken,
        // Stopped by a limit or a signal; with an exit code it has given up by itself over damaged data.
        (Kind::Picture(_), Some((width, height))) if code.is_none() => UploadRefusal::TooManyPixels { width, height },
        (Kind::Picture(_), _) => UploadRefusal::Cut,
    }
    .into())
}

fn contains(data: &[u8], word: &[u8]) -> bool {
    data.windows(word.len()).any(|window| window == word)
}
