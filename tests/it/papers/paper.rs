//! A made-up paper that looks different in every corner, so that a page that is turned, squeezed, cut or painted over in
//! parts is told from one that shows it.

use std::fmt::Write;

use image::{DynamicImage, Rgb, RgbImage};

/// How far the mean colour of a part may be from the paper's.
const NEAR: u8 = 26;
/// A page is compared in so many parts across and down.
const PARTS: u32 = 12;

/// Left, top, width and height in hundredths of the paper, and a colour.
type Patch = ([u32; 4], [u8; 3]);

const PATCHES: [Patch; 6] = [
    ([4, 4, 24, 16], [200, 30, 40]),
    ([72, 4, 24, 12], [20, 140, 60]),
    ([4, 80, 18, 16], [30, 60, 190]),
    ([60, 84, 36, 12], [10, 10, 10]),
    ([34, 4, 30, 8], [230, 200, 40]),
    ([84, 40, 12, 30], [120, 120, 120]),
];

/// Lines of writing on the left, the lower the longer.
fn lines() -> impl Iterator<Item = Patch> {
    (0..12).map(|line| ([6, 26 + 4 * line, 18 + 4 * line, 2], [40, 40, 60]))
}

/// The paper, at a size in pixels or points.
#[derive(Clone, Copy)]
pub struct Paper {
    pub width: u32,
    pub height: u32,
}

impl Paper {
    /// The paper as a clean picture.
    pub fn clean(self) -> RgbImage {
        let mut picture = RgbImage::from_pixel(self.width, self.height, Rgb([255; 3]));
        for ([left, top, width, height], colour) in PATCHES.into_iter().chain(lines()) {
            let across = |hundredths: u32| hundredths * self.width / 100;
            let down = |hundredths: u32| hundredths * self.height / 100;
            for y in down(top)..down(top + height) {
                for x in across(left)..across(left + width) {
                    picture.put_pixel(x, y, Rgb(colour));
                }
            }
        }
        picture
    }

    /// The paper as a camera sees it: with grain, which no encoder packs away.
    pub fn photo(self) -> RgbImage {
        let mut state = 7_u32;
        let mut picture = self.clean();
        for pixel in picture.pixels_mut() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (state >> 28) as u8;
            pixel.0 = pixel.0.map(|value| value.saturating_add(grain).saturating_sub(8));
        }
        picture
    }

    /// The paper as the content of a PDF page of its size.
    pub fn content(self) -> Vec<u8> {
        let mut content = String::new();
        for ([left, top, width, height], colour) in PATCHES.into_iter().chain(lines()) {
            let [red, green, blue] = colour.map(|value| f64::from(value) / 255.0);
            let across = |hundredths: u32| f64::from(hundredths * self.width) / 100.0;
            let down = |hundredths: u32| f64::from(hundredths * self.height) / 100.0;
            let bottom = f64::from(self.height) - down(top + height);
            writeln!(content, "{red:.3} {green:.3} {blue:.3} rg").unwrap();
            writeln!(content, "{:.2} {bottom:.2} {:.2} {:.2} re f", across(left), across(width), down(height)).unwrap();
        }
        content.into_bytes()
    }

    /// How a page differs from the paper: in its proportions, or in the colours of any part.
    pub fn differs(self, page: &DynamicImage) -> Option<String> {
        let (width, height) = (f64::from(page.width()), f64::from(page.height()));
        let expected = f64::from(self.width) / f64::from(self.height);
        if (width / height / expected - 1.0).abs() < 0.02 {
            difference(page, &self.clean().into())
        } else {
            Some(format!("{width} × {height}"))
        }
    }
}

/// Where two pictures have other colours.
pub fn difference(page: &DynamicImage, paper: &DynamicImage) -> Option<String> {
    let parts = |picture: &DynamicImage| picture.thumbnail_exact(PARTS, PARTS).into_rgb8();
    let (page, paper) = (parts(page), parts(paper));
    page.enumerate_pixels().find_map(|(x, y, seen)| {
        let wanted = paper.get_pixel(x, y);
        let is_near = seen.0.iter().zip(wanted.0).all(|(a, b)| a.abs_diff(b) < NEAR);
        (!is_near).then(|| format!("{seen:?} instead of {wanted:?} in part {x}, {y}"))
    })
}
