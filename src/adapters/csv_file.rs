//! Tables as spreadsheets save them: CSV in UTF-8, whatever stands between its fields and ends its lines. What looks like
//! another kind of file is named, and not guessed at.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
    path::Path,
};

use csv::{Reader, ReaderBuilder, StringRecord, Trim};
use encoding_rs::WINDOWS_1252;

use crate::domain::typed_text;

/// How much is looked at to tell what a file is.
const HEAD: usize = 64 * 1024;
/// What may stand between fields; where none does, a comma.
const DELIMITERS: [u8; 4] = [b'|', b'\t', b';', b','];

/// Why a file, or a row of it, is not read.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// XLSX, ODS, XLS or another packed file.
    #[error("this is no CSV but a spreadsheet or a packed file: open it and save it as CSV UTF-8")]
    Spreadsheet,
    /// UTF-16, or no text at all.
    #[error("this is UTF-16 or no text: save the table as CSV UTF-8")]
    NotText,
    /// Windows-1252 or another encoding, in the row that begins in this line.
    #[error("not UTF-8: save the table as CSV UTF-8")]
    NotUtf8(u64),
    /// Columns that must be there are not.
    #[error("the header line lacks these columns: {0}")]
    Missing(String),
    /// Two columns have one name.
    #[error("the header line names this column twice: {0}")]
    Twice(String),
}

/// An open table; its columns are known by their names, whatever their order.
pub struct CsvFile {
    reader: Reader<Box<dyn Read + Send>>,
    columns: HashMap<String, usize>,
    record: StringRecord,
}

/// A row in which something stands.
pub struct Row<'a> {
    /// The line of the file in which it begins, counted from 1.
    pub line: u64,
    columns: &'a HashMap<String, usize>,
    record: &'a StringRecord,
}

impl Row<'_> {
    /// What stands in a column, without blanks around it; nothing where the row is too short.
    #[must_use]
    pub fn field(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|place| self.record.get(*place)).unwrap_or_default()
    }
}

impl CsvFile {
    /// Opens a table that has these columns.
    ///
    /// # Errors
    /// [`CsvError`].
    pub fn open(path: &Path, required: &[&str]) -> Result<Self, CsvError> {
        let mut file = File::open(path)?;
        let mut head = Vec::new();
        Read::by_ref(&mut file).take(HEAD as u64).read_to_end(&mut head)?;
        if head.starts_with(b"PK") || head.starts_with(b"\xd0\xcf\x11\xe0") || head.starts_with(b"\x1f\x8b") {
            return Err(CsvError::Spreadsheet);
        }
        if head.contains(&0) || head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            return Err(CsvError::NotText);
        }
        if head.starts_with("\u{feff}".as_bytes()) {
            head.drain(..3);
        }
        let delimiter = delimiter(&head);
        let whole: Box<dyn Read + Send> = Box::new(LineEnds::of(BufReader::new(Cursor::new(head).chain(file))));
        let mut builder = ReaderBuilder::new();
        let reader = builder.has_headers(false).flexible(true).trim(Trim::All).delimiter(delimiter).from_reader(whole);
        let mut open = Self { reader, columns: HashMap::new(), record: StringRecord::new() };
        open.read_header(required)?;
        Ok(open)
    }

    /// The first row that says anything is the header. Capitals do not count in it, and blanks are as good as underscores.
    fn read_header(&mut self, required: &[&str]) -> Result<(), CsvError> {
        let mut names = self.next_row()?.map(|row| row.record.clone()).unwrap_or_default();
        if names.get(0).is_some_and(|first| first.to_lowercase().starts_with("sep=")) {
            names = self.next_row()?.map(|row| row.record.clone()).unwrap_or_default();
        }
        for (place, name) in names.iter().enumerate() {
            let name = typed_text::clean(name).to_lowercase().split_whitespace().collect::<Vec<_>>().join("_");
            if !name.is_empty() && self.columns.insert(name.clone(), place).is_some() {
                return Err(CsvError::Twice(name));
            }
        }
        let missing: Vec<&str> = required.iter().copied().filter(|name| !self.columns.contains_key(*name)).collect();
        if missing.is_empty() { Ok(()) } else { Err(CsvError::Missing(missing.join(", "))) }
    }

    /// The next row in which something stands.
    ///
    /// # Errors
    /// [`CsvError::NotUtf8`] is about this row alone; the next one can be read. After [`CsvError::Io`] none can.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, CsvError> {
        loop {
            let line = self.reader.position().line();
            match self.reader.read_record(&mut self.record) {
                Ok(false) => return Ok(None),
                Ok(true) if self.record.iter().all(str::is_empty) => {}
                Ok(true) => return Ok(Some(Row { line, columns: &self.columns, record: &self.record })),
                Err(error) => {
                    return Err(match error.into_kind() {
                        csv::ErrorKind::Io(error) => CsvError::Io(error),
                        _ => CsvError::NotUtf8(line),
                    });
                }
            }
        }
    }

    /// About how many bytes of the file have been read.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.reader.position().byte()
    }
}

/// What a first line `sep=;` says, or what stands most often in the header line.
fn delimiter(head: &[u8]) -> u8 {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let line = head.split(is_end).find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let bare = line.strip_prefix(b"\"").unwrap_or(line);
    if let Some((name, [named, ..])) = bare.split_at_checked(4)
        && name.eq_ignore_ascii_case(b"sep=")
        && DELIMITERS.contains(named)
    {
        return *named;
    }
    let count = |delimiter: &u8| line.split(|byte| byte == delimiter).count();
    DELIMITERS.into_iter().max_by_key(count).unwrap_or(b',')
}

/// Whether somewhere UTF-8 was taken for Windows-1252 and encoded once more: `MAÃ‘UEL` for MAÑUEL.
#[must_use]
pub fn is_doubly_encoded(text: &str) -> bool {
    let (bytes, _, has_strangers) = WINDOWS_1252.encode(text);
    let once = if has_strangers { None } else { std::str::from_utf8(&bytes).ok() };
    // Other letters than those that Windows-1252 writes by accident two for one do not stand in names here.
    once.is_some_and(|once| once != text && once.chars().all(|sign| sign < '\u{250}' || ('\u{2000}'..'\u{2100}').contains(&sign)))
}

/// A file in which every line ends in LF, since the reader of CSV counts nothing else, and in which no line is empty, since it
/// would give the number of an empty line to the row that follows: a blank is put there.
struct LineEnds<R> {
    inner: R,
    ready: Cursor<Vec<u8>>,
    /// The last byte that came, and the last one that went on.
    came: u8,
    went: u8,
}

impl<R: BufRead> LineEnds<R> {
    fn of(inner: R) -> Self {
        Self { inner, ready: Cursor::default(), came: b'\n', went: b'\n' }
    }

    fn pass(&mut self, byte: u8, out: &mut Vec<u8>) {
        let is_second_half = byte == b'\n' && self.came == b'\r';
        self.came = byte;
        if is_second_half {
            return;
        }
        let byte = if byte == b'\r' { b'\n' } else { byte };
        if byte == b'\n' && self.went == b'\n' {
            out.push(b' ');
        }
        out.push(byte);
        self.went = byte;
    }
}

impl<R: BufRead> Read for LineEnds<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.ready.read(to)?;
            if count > 0 || to.is_empty() {
                return Ok(count);
            }
            let chunk = self.inner.fill_buf()?.to_vec();
            if chunk.is_empty() {
                return Ok(0);
            }
            let mut out = Vec::with_capacity(chunk.len());
            for byte in &chunk {
                self.pass(*byte, &mut out);
            }
            self.inner.consume(chunk.len());
            self.ready = Cursor::new(out);
        }
    }
}
