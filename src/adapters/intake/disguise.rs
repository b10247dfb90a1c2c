//! Notices a picture that is a second thing at the same time: an archive, or a web page.
//!
//! A photo of 10 MB is nearly random, so short words turn up in it by chance. What is looked for here does so in fewer
//! than one photo in a hundred thousand, and far fewer for photos of usual size.

use super::contains;

/// How far from the end an archive's last record can lie: its own 22 bytes and a comment.
const ARCHIVE_TAIL: usize = 22 + 65_535;

/// Whether a picture is also an archive or a web page.
pub(super) fn is_disguised(file: &[u8]) -> bool {
    is_archive(file) || is_web_page(file)
}

/// Archives are read from their end; either signature alone may be chance.
fn is_archive(file: &[u8]) -> bool {
    let tail = file.get(file.len().saturating_sub(ARCHIVE_TAIL)..).unwrap_or(file);
    contains(tail, b"PK\x05\x06") && contains(file, b"PK\x01\x02")
}

fn is_web_page(file: &[u8]) -> bool {
    file.iter().enumerate().filter(|(_, byte)| **byte == b'<').any(|(at, _)| {
        let tag = file.get(at..).unwrap_or_default();
        begins(tag, b"<script").is_some()
            || begins(tag, b"<!doctype html").is_some()
            // Five letters alone are too few.
            || begins(tag, b"<html").is_some_and(|next| *next == b'>' || next.is_ascii_whitespace())
    })
}

/// Whether the data begins with the word, in any case; if so, the byte after it, or a blank at the end of the data.
fn begins<'a>(data: &'a [u8], word: &[u8]) -> Option<&'a u8> {
    let (start, rest) = data.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then(|| rest.first().unwrap_or(&b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_pages_are_noticed_in_any_case() {
        for page in ["..<HTML>", "..<html lang=id>", "<ScRiPt src=x>", "<!DOCTYPE HTML>", "..<script", "..<html"] {
            assert!(is_disguised(page.as_bytes()), "{page}");
        }
        for other in ["", "<", "<htm", "<html5", "<x:xmpmeta><rdf:RDF>", "<!DOCTYPE svg>", "script html"] {
            assert!(!is_disguised(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn an_archive_needs_both_of_its_marks_and_the_last_one_near_the_end() {
        let far = vec![0; ARCHIVE_TAIL];
        assert!(is_disguised(b"..PK\x01\x02..PK\x05\x06.."));
        assert!(!is_disguised(b"..PK\x05\x06.."));
        assert!(!is_disguised(b"..PK\x01\x02.."));
        assert!(is_disguised(&[b"PK\x01\x02", &far[..], b"PK\x05\x06"].concat()));
        assert!(!is_disguised(&[b"PK\x01\x02PK\x05\x06", &far[..]].concat()));
    }
}
