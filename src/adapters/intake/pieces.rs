//! Cuts what is far longer than wide, a page printed from a phone or a long screenshot, into pages that can be read.

use crate::domain::upload::STORED_SIDE;

/// What is this many times as long as wide is one page.
const LONGEST_PAGE: u32 = 4;

/// The width at which a long page is kept, in pixels: twice as long is one page of the full length.
const WIDTH: u32 = STORED_SIDE / 2;

/// How much of a piece the next one repeats, so that a line of text at the cut is whole on one of them.
const OVERLAP: u32 = STORED_SIDE / 20;

/// The size at which all of something is drawn, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Canvas {
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A part of a canvas: its corner and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Canvas {
    /// The largest canvas for something of these proportions.
    pub(super) fn of(width: f64, height: f64) -> Self {
        let (longer, shorter) = (width.max(height), width.min(height));
        let scale =
            if longer / shorter > f64::from(LONGEST_PAGE) { f64::from(WIDTH) / shorter } else { f64::from(STORED_SIDE) / longer };
        Self { width: pixels(width * scale), height: pixels(height * scale) }
    }

    /// The canvas of a picture, which is never blown up.
    pub(super) fn of_picture(width: u32, height: u32) -> Self {
        let canvas = Self::of(width.into(), height.into());
        if canvas.width < width { canvas } else { Self { width, height } }
    }

    /// The pages that the canvas is kept as, from its top or its left.
    pub(super) fn pieces(self) -> Vec<Piece> {
        let (longer, lies) = (self.width.max(self.height), self.width > self.height);
        let length = longer.min(STORED_SIDE);
        let more = longer.saturating_sub(STORED_SIDE).div_ceil(STORED_SIDE - OVERLAP);
        let piece = |number: u32| {
            let start = ((longer - length) * number).checked_div(more).unwrap_or(0);
            let Self { width, height } = self;
            if lies { Piece { x: start, y: 0, width: length, height } } else { Piece { x: 0, y: start, width, height: length } }
        };
        (0..=more).map(piece).collect()
    }
}

/// Whole pixels, one at least.
fn pixels(length: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is cut off at what fits")]
    let pixels = length.round().clamp(1.0, f64::from(u32::MAX)) as u32;
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_far_longer_than_wide_is_one_page() {
        for ((width, height), (stored_width, stored_height)) in
            [((3_000, 4_000), (1_500, 2_000)), ((4_000, 1_000), (2_000, 500)), ((60, 40), (60, 40)), ((1, 1), (1, 1))]
        {
            let canvas = Canvas::of_picture(width, height);
            let whole = Piece { x: 0, y: 0, width: stored_width, height: stored_height };
            assert_eq!(canvas.pieces(), [whole], "{width} × {height}");
        }
        assert_eq!(Canvas::of(595.0, 842.0), Canvas { width: 1_413, height: 2_000 });
    }

    #[test]
    fn what_is_longer_is_cut_and_each_piece_repeats_some_of_the_one_before() {
        let canvas = Canvas::of_picture(1_080, 11_800);
        assert_eq!(canvas, Canvas { width: 1_000, height: 10_926 });
        for canvas in [canvas, Canvas::of(612.0, 9_000.0), Canvas::of(9_000.0, 612.0), Canvas::of_picture(300, 2_001)] {
            let pieces = canvas.pieces();
            for pair in pieces.windows(2) {
                let (end, start) = if canvas.width > canvas.height {
                    (pair[0].x + pair[0].width, pair[1].x)
                } else {
                    (pair[0].y + pair[0].height, pair[1].y)
                };
                assert!(start < end && end - start >= OVERLAP, "{pair:?}");
            }
            let last = pieces[pieces.len() - 1];
            assert_eq!((last.x + last.width, last.y + last.height), (canvas.width, canvas.height));
        }
    }

    #[test]
    fn a_narrow_picture_is_not_shrunk_further() {
        assert_eq!(Canvas::of_picture(300, 6_000), Canvas { width: 300, height: 6_000 });
    }
}
