//! What may be uploaded: the limits, the reasons for refusing a file, and the page that is kept of it.
//! An upload itself is never kept; a page is a JPEG made by us.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The largest file taken. Counted in mebibytes, so that whatever a phone calls "10 MB" fits, whichever way it counts.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// The most pixels a picture may declare. Cameras of "50 megapixels" give up to 8,192 × 6,144, which is 50.3 million.
pub const MAX_PIXELS: u64 = 52_000_000;

/// The longest side a picture may declare, in pixels.
pub const MAX_SIDE: u32 = 12_000;

/// The most pages a PDF may have, and a document may hold.
pub const MAX_PAGES: usize = 10;

/// The longest side of a stored page, in pixels.
pub const STORED_SIDE: u32 = 2_000;

/// The box a preview fits into, in pixels: width and height.
pub const PREVIEW_BOX: (u32, u32) = (144, 192);

/// The largest preview, in bytes: ten of them on one page must still load on a bad connection.
pub const PREVIEW_BYTES: usize = 6 * 1024;

/// A keyed hash of a whole file, by which the same file is known again; it tells nothing of what is in it.
pub type FileFingerprint = [u8; 32];

/// Why a file was not taken. Each has a sentence of its own that tells what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UploadRefusal {
    /// Neither JPEG, PNG nor PDF, or a variety of them that nobody's camera makes.
    Type,
    /// An iPhone's own format.
    Heic,
    /// No bytes at all.
    Empty,
    /// The end is missing, or the middle is damaged.
    Cut,
    /// More than [`MAX_BYTES`].
    TooLarge {
        /// The size of the file.
        bytes: u64,
    },
    /// More than [`MAX_PIXELS`] or [`MAX_SIDE`], or more than the memory and time set aside for one picture.
    TooManyPixels {
        /// The declared width.
        width: u32,
        /// The declared height.
        height: u32,
    },
    /// So much longer than wide that it would be cut into more than [`MAX_PAGES`].
    TooLong,
    /// A PDF that nobody opens without its password.
    PdfLocked,
    /// More than [`MAX_PAGES`].
    PdfPages {
        /// The number of pages in the file.
        pages: usize,
    },
    /// A PDF that cannot be drawn within the memory and time set aside for it.
    PdfBroken,
    /// A PDF with another file attached to it.
    PdfAttachment,
    /// A PDF form whose answers, or marks on it, are not drawn on its pages.
    PdfFields,
    /// A PDF that shows letters of a font that is not in it.
    PdfLetters,
}

/// One page as it is kept: an upright JPEG without metadata, and a small preview of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageImage {
    /// The page, at most [`STORED_SIDE`] pixels a side.
    pub jpeg: Vec<u8>,
    /// The preview, a JPEG within [`PREVIEW_BOX`] and [`PREVIEW_BYTES`].
    pub preview: Vec<u8>,
    /// The width of the page in pixels.
    pub width: u32,
    /// The height of the page in pixels.
    pub height: u32,
}

/// Pages are people's papers: what they show stays out of logs and panics.
impl fmt::Debug for PageImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageImage({}×{}, {} bytes)", self.width, self.height, self.jpeg.len())
    }
}

/// Judges the size a picture declares, before anything of it is decoded.
///
/// # Errors
/// A side of zero is damage; too long a side or too large an area is too many pixels.
pub fn check_size(width: u32, height: u32) -> Result<(), UploadRefusal> {
    if width == 0 || height == 0 {
        return Err(UploadRefusal::Cut);
    }
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(UploadRefusal::TooManyPixels { width, height });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_two_million_pixels_and_twelve_thousand_a_side_are_the_last_that_pass() {
        assert_eq!(check_size(1, 1), Ok(()));
        assert_eq!(check_size(8_192, 6_144), Ok(()));
        assert_eq!(check_size(10_000, 5_200), Ok(()));
        assert_eq!(check_size(12_000, 4_333), Ok(()));
        for (width, height) in [(10_000, 5_201), (12_001, 1), (1, 12_001), (u32::MAX, u32::MAX)] {
            assert_eq!(check_size(width, height), Err(UploadRefusal::TooManyPixels { width, height }));
        }
    }

    #[test]
    fn a_picture_without_a_side_is_damaged() {
        assert_eq!(check_size(0, 10), Err(UploadRefusal::Cut));
        assert_eq!(check_size(10, 0), Err(UploadRefusal::Cut));
    }

    #[test]
    fn a_page_does_not_print_what_it_shows() {
        let page = PageImage { jpeg: vec![1, 2, 3], preview: vec![4], width: 20, height: 30 };
        assert_eq!(format!("{page:?}"), "PageImage(20×30, 3 bytes)");
    }
}
