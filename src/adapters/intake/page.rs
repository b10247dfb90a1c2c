//! Makes the page that is kept out of a drawn picture: a fresh JPEG, which therefore carries nothing of the upload but
//! what can be seen, and its preview.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageResult};

use crate::domain::upload::{PREVIEW_BOX, PREVIEW_BYTES, PageImage};

/// Small print stays readable, at a third of the size of the best quality.
const QUALITY: u8 = 80;

/// Tried in turn until a preview is small enough. The last one is: even of noise it makes less than 6 KB.
const PREVIEW_QUALITIES: [u8; 6] = [75, 60, 45, 30, 15, 5];

/// The page that shows a picture, which must be upright, opaque and shrunk already.
pub(super) fn make(picture: &DynamicImage) -> ImageResult<PageImage> {
    Ok(PageImage {
        jpeg: encode(picture, QUALITY)?,
        preview: preview(picture)?,
        width: picture.width(),
        height: picture.height(),
    })
}

/// Shrinks a picture into a box, in proportion; one that fits stays as it is.
pub(super) fn fit(picture: DynamicImage, (width, height): (u32, u32)) -> DynamicImage {
    if picture.width() <= width && picture.height() <= height {
        return picture;
    }
    picture.thumbnail(width, height)
}

fn preview(picture: &DynamicImage) -> ImageResult<Vec<u8>> {
    let (width, height) = PREVIEW_BOX;
    // The box is cut to the picture, so that a small one is not blown up.
    let small = picture.thumbnail(width.min(picture.width()), height.min(picture.height()));
    let mut preview = Vec::new();
    for quality in PREVIEW_QUALITIES {
        preview = encode(&small, quality)?;
        if preview.len() <= PREVIEW_BYTES {
            break;
        }
    }
    Ok(preview)
}

fn encode(picture: &DynamicImage, quality: u8) -> ImageResult<Vec<u8>> {
    let mut jpeg = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, quality))?;
    Ok(jpeg)
}
