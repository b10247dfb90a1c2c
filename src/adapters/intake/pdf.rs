//! Reads a PDF: what must not be in it is looked for first, then every page is drawn. Runs in the child process only.
//!
//! A PDF that only restricts printing or copying opens without a password everywhere, and here too; locked is what asks
//! for one.

use std::sync::Arc;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::object::{MaybeRef, Name, Object};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::peniko::ImageAlphaType;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::{DynamicImage, RgbaImage};

use super::{contains, page};
use crate::domain::upload::{MAX_PAGES, PageImage, STORED_SIDE, UploadRefusal};

/// Readers look for the end mark in this many of the last bytes.
const END_LIES_WITHIN: usize = 1024;

/// The pages of a PDF, in order.
pub(super) fn read(file: Vec<u8>) -> Result<Vec<PageImage>, UploadRefusal> {
    if !has_end(&file) {
        return Err(UploadRefusal::Cut);
    }
    let file = Arc::new(file);
    let pdf = Pdf::new(Arc::clone(&file)).map_err(|error| match error {
        LoadPdfError::Decryption(_) => UploadRefusal::PdfLocked,
        // A damaged table of contents is repaired on opening, but the reason why that failed is lost.
        LoadPdfError::Invalid if contains(&file, b"/Encrypt") => UploadRefusal::PdfLocked,
        LoadPdfError::Invalid => UploadRefusal::PdfBroken,
    })?;
    match pdf.pages().len() {
        0 => return Err(UploadRefusal::PdfBroken),
        1..=MAX_PAGES => {}
        pages => return Err(UploadRefusal::PdfPages { pages }),
    }
    if pdf.objects().into_iter().any(holds_a_file) {
        return Err(UploadRefusal::Unsafe);
    }
    pdf.pages().iter().map(|page| draw(page).ok_or(UploadRefusal::PdfBroken)).collect()
}

/// Some programs pad a file with blanks or zeros.
fn has_end(file: &[u8]) -> bool {
    let padding = file.iter().rev().take_while(|byte| **byte == 0 || byte.is_ascii_whitespace()).count();
    let length = file.len().saturating_sub(padding);
    let tail = file.get(length.saturating_sub(END_LIES_WITHIN)..length).unwrap_or_default();
    contains(tail, b"%%EOF")
}

/// Whether an object is or names an attached file. Objects it refers to are asked on their own.
fn holds_a_file(object: Object<'_>) -> bool {
    let mut left = vec![object];
    while let Some(object) = left.pop() {
        let dict = match object {
            Object::Array(array) => {
                left.extend(array.raw_iter().filter_map(direct));
                continue;
            }
            Object::Dict(dict) => dict,
            Object::Stream(stream) => stream.dict().clone(),
            _ => continue,
        };
        let is_file = dict.get::<Name<'_>>("Type").is_some_and(|kind| kind.as_ref() == b"EmbeddedFile");
        if is_file || dict.contains_key("EF") || dict.contains_key("EmbeddedFiles") {
            return true;
        }
        left.extend(dict.entries().filter_map(|(_, value)| direct(value)));
    }
    false
}

fn direct(value: MaybeRef<Object<'_>>) -> Option<Object<'_>> {
    match value {
        MaybeRef::NotRef(object) => Some(object),
        MaybeRef::Ref(_) => None,
    }
}

/// Draws one page so that its longer side has the stored length, whatever size in points it claims.
fn draw<'a>(page: &'a Page<'a>) -> Option<PageImage> {
    // A page may be empty, but content that cannot be unpacked must not pass for an empty page.
    if page.raw().contains_key("Contents") && page.page_stream().is_none() {
        return None;
    }
    let (width, height) = page.render_dimensions();
    let longer = width.max(height);
    let settings = PixmapSettings { x_scale: scale(width, longer)?, y_scale: scale(height, longer)?, bg_color: WHITE };
    // One cache a page costs a little time, and keeps what ten pages can pile up out of memory.
    let cache = RenderCache::new();
    let drawn = hayro::render(page, &cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings);
    page::make(&opaque(drawn)?).ok()
}

/// The scale that gives a side its share of the stored length, and never less than one pixel.
fn scale(side: f32, longer: f32) -> Option<f32> {
    #[expect(clippy::cast_precision_loss, reason = "2,000 is exact")]
    let stored = STORED_SIDE as f32;
    let pixels = (side / longer * stored).round().max(1.0);
    // The renderer cuts fractions off, so a quarter of a pixel makes up for rounding.
    let scale = (pixels + 0.25) / side;
    scale.is_normal().then_some(scale)
}

/// The page was begun in white, so nothing shows through and the alpha channel can go.
fn opaque(drawn: Pixmap) -> Option<DynamicImage> {
    let (width, height) = (drawn.width().into(), drawn.height().into());
    let pixels = drawn.take_rgba8(ImageAlphaType::AlphaPremultiplied);
    RgbaImage::from_raw(width, height, pixels).map(|drawn| DynamicImage::from(drawn).into_rgb8().into())
}
