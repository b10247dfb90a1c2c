//! Pages that tests come by are kept in `target/html`, where bin/test has them judged by the Nu HTML checker: one of each
//! shape, as thousands differ in their names and numbers alone.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::{LazyLock, Mutex};

static SHAPES: LazyLock<Mutex<HashSet<u64>>> = LazyLock::new(Mutex::default);

/// Keeps a page, unless one of its shape is kept already.
pub fn keep(page: &[u8]) {
    let page = String::from_utf8(page.to_vec()).expect("a page is UTF-8");
    let shape = shape(&page);
    if SHAPES.lock().unwrap().insert(shape) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("html");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{shape:016x}.html")), page).unwrap();
    }
}

/// A page's tags, whose numbers and identifiers do not count, and where there is text between them.
fn shape(page: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for piece in page.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        for word in tag.split(|sign: char| !sign.is_alphanumeric()) {
            let word = if word.contains(|sign: char| sign.is_ascii_digit()) { "0" } else { word };
            word.hash(&mut hasher);
        }
        text.trim().is_empty().hash(&mut hasher);
    }
    hasher.finish()
}
