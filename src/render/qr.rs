//! QR codes: the dark modules of a text, as runs that a page (SVG) and a paper (PDF) draw in their own way.
//! The quiet zone is the page's to draw white, and the paper's to keep free.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// How many modules stay white around a code: cameras find it by them (ISO/IEC 18004).
pub const QUIET: usize = 4;

/// The text does not fit the largest QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text does not become a QR code: {0}")]
pub struct QrError(#[from] qrcode::types::QrError);

/// A square of modules that carries a text, readable with 15 % of it damaged (level M).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    modules: Vec<Color>,
    size: usize,
}

/// Neighbouring dark modules of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Column of the first module.
    pub x: u16,
    /// Row.
    pub y: u16,
    /// How many modules.
    pub length: u16,
}

impl Qr {
    /// Encodes `text`, in the smallest code that holds it.
    ///
    /// # Errors
    /// When the text is longer than a QR code can hold (about 2,300 bytes).
    pub fn new(text: &str) -> Result<Self, QrError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
        Ok(Self { size: code.width(), modules: code.into_colors() })
    }

    /// Modules per side, without the quiet zone.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The dark modules, row by row from the top, neighbours merged.
    pub fn runs(&self) -> impl Iterator<Item = Run> {
        self.modules.chunks(self.size.max(1)).zip(0u16..).flat_map(|(row, y)| row_runs(row, y))
    }

    /// The view box of an SVG that holds the code and its quiet zone.
    #[must_use]
    pub fn view_box(&self) -> String {
        let side = self.size + 2 * QUIET;
        format!("-{QUIET} -{QUIET} {side} {side}")
    }

    /// An SVG path of the dark modules in that view box.
    #[must_use]
    pub fn path(&self) -> String {
        self.runs().fold(String::new(), |mut path, Run { x, y, length }| {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            path
        })
    }
}

fn row_runs(row: &[Color], y: u16) -> impl Iterator<Item = Run> {
    row.chunk_by(|left, right| left == right)
        .scan(0u16, move |end, modules| {
            let x = *end;
            let length = u16::try_from(modules.len()).ok()?;
            *end = x.checked_add(length)?;
            Some((modules.first()?, Run { x, y, length }))
        })
        .filter(|(color, _)| **color == Color::Dark)
        .map(|(_, run)| run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_exactly_the_dark_modules() {
        let qr = Qr::new("https://alpukat.example/periksa/K7M3").unwrap();
        let mut drawn = vec![Color::Light; qr.size() * qr.size()];
        for run in qr.runs() {
            for x in run.x..run.x + run.length {
                drawn[usize::from(run.y) * qr.size() + usize::from(x)] = Color::Dark;
            }
        }
        assert_eq!(drawn, qr.modules);
    }

    #[test]
    fn path_starts_with_the_finder_pattern() {
        let qr = Qr::new("halo").unwrap();
        assert_eq!(qr.size(), 21);
        assert!(qr.path().starts_with("M0 0h7v1h-7z"), "the top edge of the finder is one run");
        assert!(qr.path().len() < 21 * 21 * 6, "runs are merged: {}", qr.path().len());
    }

    #[test]
    fn too_long_a_text_is_an_error() {
        assert!(Qr::new(&"x".repeat(3_000)).is_err());
    }
}
