//! Reads a PDF: what cannot be shown truly is refused first, then every page is drawn. Runs in the child process only.
//!
//! A PDF that only restricts printing or copying opens without a password everywhere, and here too; locked is what asks
//! for one.

mod attachments;
mod draw;
mod fields;
mod letters;
mod parts;

use std::sync::Arc;

use hayro::hayro_syntax::{LoadPdfError, Pdf};

use super::contains;
use crate::domain::upload::{MAX_PAGES, PageImage, UploadRefusal};

/// Readers look for the end mark in this many of the last bytes.
const END_LIES_WITHIN: usize = 1024;

/// The pages of a PDF, in order; one that is far longer than wide comes as several.
pub(super) fn read(file: Vec<u8>) -> Result<Vec<PageImage>, UploadRefusal> {
    let file = Arc::new(file);
    let ends = has_end(&file);
    let pdf = Pdf::new(Arc::clone(&file)).map_err(|error| match error {
        LoadPdfError::Decryption(_) => UploadRefusal::PdfLocked,
        // A damaged table of contents is repaired on opening, but the reason why that failed is lost.
        LoadPdfError::Invalid if contains(&file, b"/Encrypt") => UploadRefusal::PdfLocked,
        LoadPdfError::Invalid if ends => UploadRefusal::PdfBroken,
        LoadPdfError::Invalid => UploadRefusal::Cut,
    })?;
    match pdf.pages().len() {
        0 if ends => return Err(UploadRefusal::PdfBroken),
        0 => return Err(UploadRefusal::Cut),
        1..=MAX_PAGES => {}
        pages => return Err(UploadRefusal::PdfPages { pages }),
    }
    if attachments::are_in(&pdf) {
        return Err(UploadRefusal::PdfAttachment);
    }
    if !parts::are_whole(&pdf, &file, ends) {
        return Err(UploadRefusal::Cut);
    }
    if fields::are_unprinted(&pdf) {
        return Err(UploadRefusal::PdfFields);
    }
    draw::pages(&pdf)
}

/// Whether the end mark stands where it should. Some programs pad a file with blanks or zeros.
fn has_end(file: &[u8]) -> bool {
    let padding = file.iter().rev().take_while(|byte| **byte == 0 || byte.is_ascii_whitespace()).count();
    let length = file.len().saturating_sub(padding);
    let tail = file.get(length.saturating_sub(END_LIES_WITHIN)..length).unwrap_or_default();
    contains(tail, b"%%EOF")
}
