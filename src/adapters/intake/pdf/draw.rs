//! Draws the pages of a PDF.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro::hayro_interpret::{InterpreterSettings, InterpreterWarning, TransformExt};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::peniko::ImageAlphaType;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings};
use image::{DynamicImage, RgbaImage};

use super::super::page;
use super::super::pieces::{Canvas, Piece};
use super::letters;
use crate::domain::upload::{MAX_PAGES, PageImage, UploadRefusal};

/// Every page, whatever size in points it claims; one that is far longer than wide in pieces.
pub(super) fn pages(pdf: &Pdf) -> Result<Vec<PageImage>, UploadRefusal> {
    let canvases: Vec<_> = pdf.pages().iter().map(|page| (page, canvas(page))).collect();
    let pieces = |canvas: Canvas| canvas.pieces().len();
    if canvases.iter().any(|(_, canvas)| pieces(*canvas) > MAX_PAGES) {
        return Err(UploadRefusal::TooLong);
    }
    let count = canvases.iter().map(|(_, canvas)| pieces(*canvas)).sum();
    if count > MAX_PAGES {
        return Err(UploadRefusal::PdfPages { pages: count });
    }
    let mut drawn = Vec::new();
    for (page, canvas) in canvases {
        // A page may be empty, but content that cannot be unpacked must not pass for an empty page.
        if page.raw().contains_key("Contents") && page.page_stream().is_none() {
            return Err(UploadRefusal::PdfBroken);
        }
        if letters::are_missing(page) {
            return Err(UploadRefusal::PdfLetters);
        }
        for piece in canvas.pieces() {
            drawn.push(draw(page, canvas, piece)?);
        }
    }
    Ok(drawn)
}

fn canvas(page: &Page<'_>) -> Canvas {
    let (width, height) = page.render_dimensions();
    Canvas::of(width.into(), height.into())
}

fn draw<'a>(page: &'a Page<'a>, canvas: Canvas, piece: Piece) -> Result<PageImage, UploadRefusal> {
    let side = |pixels: u32| u16::try_from(pixels).map_err(|_| UploadRefusal::PdfBroken);
    let (width, height) = page.render_dimensions();
    let scale =
        Affine::scale_non_uniform(f64::from(canvas.width) / f64::from(width), f64::from(canvas.height) / f64::from(height));
    let to_piece = Affine::translate((-f64::from(piece.x), -f64::from(piece.y)));
    let transform = to_piece * scale * page.initial_transform(true).to_kurbo();
    let mut paper = RenderContext::new(side(piece.width)?, side(piece.height)?);
    let failed = Arc::new(AtomicBool::new(false));
    let settings = listening(Arc::clone(&failed));
    // One cache a piece costs a little time, and keeps what ten pages can pile up out of memory.
    hayro::render_into(page, &RenderCache::new(), &settings, &RenderSettings::default(), &mut paper, transform);
    paper.flush();
    let mut drawn = Pixmap::new(paper.width(), paper.height());
    let white = RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..Default::default() };
    paper.render_with(&mut drawn, &mut Resources::default(), white);
    drop(paper);
    if failed.load(Ordering::Relaxed) {
        return Err(UploadRefusal::PdfBroken);
    }
    opaque(drawn).and_then(|picture| page::make(&picture).ok()).ok_or(UploadRefusal::PdfBroken)
}

/// Settings that note down when a picture or the look of a field could not be drawn, which would leave a hole.
fn listening(failed: Arc<AtomicBool>) -> InterpreterSettings {
    let warning_sink = Arc::new(move |warning| {
        if matches!(warning, InterpreterWarning::ImageDecodeFailure) {
            failed.store(true, Ordering::Relaxed);
        }
    });
    InterpreterSettings { warning_sink, ..InterpreterSettings::default() }
}

/// The page was begun in white, so nothing shows through and the alpha channel can go.
fn opaque(drawn: Pixmap) -> Option<DynamicImage> {
    let (width, height) = (drawn.width().into(), drawn.height().into());
    let pixels = drawn.take_rgba8(ImageAlphaType::AlphaPremultiplied);
    RgbaImage::from_raw(width, height, pixels).map(|drawn| DynamicImage::from(drawn).into_rgb8().into())
}
