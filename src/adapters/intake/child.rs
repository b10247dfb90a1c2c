//! The short-lived process that reads one upload: it limits itself, takes the file from standard input, and writes
//! what it found to standard output. Whatever a hostile file does to a decoder ends here.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use nix::sys::resource::{Resource, setrlimit};

use super::kind::{self, Kind};
use super::{CANNOT_SERVE, Message, pdf, picture};
use crate::domain::upload::MAX_BYTES;

/// An honest picture of 52 million pixels takes about 200 MB.
const ADDRESS_SPACE: u64 = 350 * 1024 * 1024;

const CPU_SECONDS: u64 = 12;

/// Standard input, output and error are open already; nothing else will be.
const OPEN_FILES: u64 = 3;

/// Reads the upload on standard input and ends. Call it before anything else in the program has begun: no thread, no
/// settings, no log.
#[must_use]
pub fn main() -> ExitCode {
    match limit_self().and_then(|()| serve()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(CANNOT_SERVE),
    }
}

fn limit_self() -> io::Result<()> {
    let limits = [
        (Resource::RLIMIT_AS, ADDRESS_SPACE),
        (Resource::RLIMIT_CPU, CPU_SECONDS),
        (Resource::RLIMIT_NOFILE, OPEN_FILES),
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_NPROC, 0),
    ];
    for (resource, limit) in limits {
        setrlimit(resource, limit, limit)?;
    }
    Ok(())
}

fn serve() -> io::Result<()> {
    let mut file = Vec::new();
    // The parent has judged the size; this holds whatever it was given.
    io::stdin().lock().take(MAX_BYTES).read_to_end(&mut file)?;
    let pages = match kind::of(&file) {
        Ok(Kind::Pdf) => pdf::read(file),
        Ok(Kind::Picture(format)) => match picture::inspect(&file, format) {
            Ok((width, height)) => {
                send(&Message::Declared { width, height })?;
                picture::read(file, format, (width, height))
            }
            Err(refusal) => Err(refusal),
        },
        Err(refusal) => Err(refusal),
    };
    send(&Message::Answer(pages))
}

fn send(message: &Message) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(&message.to_bytes()?)?;
    stdout.flush()
}
