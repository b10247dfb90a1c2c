//! Where an upload waits on disk, in a file without a name, while a phone sends it.

use std::{
    fs::{DirBuilder, File},
    io::{self, Seek, SeekFrom, Write},
    os::unix::fs::DirBuilderExt,
    path::PathBuf,
};

use tokio::task;

/// The folder for uploads under way. It must be on disk, not in memory.
#[derive(Clone, Debug)]
pub struct Spool(PathBuf);

impl Spool {
    /// A spool in this folder.
    ///
    /// # Errors
    /// When the folder is not there and cannot be made.
    pub fn new(folder: PathBuf) -> io::Result<Self> {
        // What lies there has no name, but nobody else has business with it.
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Self(folder))
    }

    /// A fresh file that is gone as soon as nobody has it open.
    ///
    /// # Errors
    /// When the disk is full or closed.
    pub fn file(&self) -> io::Result<SpooledFile> {
        Ok(SpooledFile { file: tempfile::tempfile_in(&self.0)?, length: 0 })
    }
}

/// An upload under way.
#[derive(Debug)]
pub struct SpooledFile {
    file: File,
    length: u64,
}

impl SpooledFile {
    /// Adds what has just arrived.
    ///
    /// # Errors
    /// When the disk is full.
    pub async fn write(mut self, chunk: impl AsRef<[u8]> + Send + 'static) -> io::Result<Self> {
        task::spawn_blocking(move || {
            self.file.write_all(chunk.as_ref())?;
            self.length += chunk.as_ref().len() as u64;
            Ok(self)
        })
        .await?
    }

    /// Bytes so far.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The whole file, to be read from its beginning.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn finish(mut self) -> io::Result<File> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok(self.file)
    }
}
