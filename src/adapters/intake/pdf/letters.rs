//! Notices letters that cannot come out: of a font that the PDF only names and numbers its letters in.
//!
//! Fonts of one byte a letter can be replaced when they are not embedded, since what their bytes mean is known. The
//! numbers of a composite font mean something in that very font alone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hayro::hayro_interpret::font::{FontData, Glyph, GlyphRun};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache, InterpreterSettings,
    InterpreterWarning, SoftMask, interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Rect};

/// Whether a page shows letters of a composite font that is not embedded, or takes a font that cannot be read. Text that nobody is to see, which scanners lay
/// under the picture for searching, does not count.
pub(super) fn are_missing(page: &Page<'_>) -> bool {
    let stand_ins = Arc::new(Mutex::new(Vec::new()));
    let mut settings = InterpreterSettings::default();
    let usual = Arc::clone(&settings.font_resolver);
    settings.font_resolver = Arc::new({
        let stand_ins = Arc::clone(&stand_ins);
        move |query| {
            let found = usual(query)?;
            stand_ins.lock().unwrap_or_else(PoisonError::into_inner).push(place(&found.0));
            Some(found)
        }
    });
    let unreadable = Arc::new(AtomicBool::new(false));
    settings.warning_sink = Arc::new({
        let unreadable = Arc::clone(&unreadable);
        move |warning| {
            if matches!(warning, InterpreterWarning::UnsupportedFont) {
                unreadable.store(true, Ordering::Relaxed);
            }
        }
    });
    let cache = InterpreterCache::new();
    let everywhere = Rect::new(f64::MIN, f64::MIN, f64::MAX, f64::MAX);
    let mut context = Context::new(Affine::IDENTITY, everywhere, &cache, page.xref(), settings);
    let mut letters = Letters { stand_ins, missing: false };
    interpret_page(page, &mut context, &mut letters);
    letters.missing || unreadable.load(Ordering::Relaxed)
}

/// Font data is told apart by where it lies.
fn place(font: &FontData) -> usize {
    let data: &[u8] = (**font).as_ref();
    data.as_ptr().addr()
}

/// Looks at letters, and draws nothing.
struct Letters {
    /// The fonts that were taken in place of others.
    stand_ins: Arc<Mutex<Vec<usize>>>,
    missing: bool,
}

impl<'a> Device<'a> for Letters {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, _: DrawProps<'a>, mode: &DrawMode) {
        if self.missing || matches!(mode, DrawMode::Invisible) {
            return;
        }
        let stand_ins = self.stand_ins.lock().unwrap_or_else(PoisonError::into_inner);
        self.missing = run.glyphs().iter().any(|glyph| match &**glyph {
            // Of fonts with one byte a letter that are not embedded there is no data.
            Glyph::Outline(letter) => letter.font_data().is_some_and(|font| stand_ins.contains(&place(&font.data))),
            Glyph::Type3(_) => false,
        });
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
