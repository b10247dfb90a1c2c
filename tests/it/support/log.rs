//! The program's log, kept for a test to read.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::{Dispatch, Level};

/// What was logged.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// A listener that writes everything from this level on into the log.
    pub fn listener(&self, level: Level) -> Dispatch {
        let writer = self.clone();
        let lines = tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_writer(move || writer.clone());
        Dispatch::new(lines.finish())
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }

    /// The lines in which a text stands.
    pub fn lines_with(&self, part: &str) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.bytes()).into_owned();
        text.lines().filter(|line| line.contains(part)).map(ToOwned::to_owned).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
