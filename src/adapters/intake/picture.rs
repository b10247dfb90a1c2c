//! Reads a JPEG or a PNG: first what it says about itself, then its pixels, which are shrunk, turned upright and laid
//! on white. Runs in the child process only.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits, Rgba, RgbaImage, imageops};

use super::{disguise, outline, page};
use crate::domain::upload::{MAX_SIDE, PageImage, STORED_SIDE, UploadRefusal, check_size};

/// The most memory for decoded pixels: 50 megapixels with transparency are 200 MB.
const PIXEL_BYTES: u64 = 220_000_000;

/// The width and height a picture declares, if it is whole, not too large, and nothing else at the same time.
pub(super) fn inspect(file: &[u8], format: ImageFormat) -> Result<(u32, u32), UploadRefusal> {
    let declared = if format == ImageFormat::Png { outline::png(file) } else { outline::jpeg(file) };
    let (width, height) = declared.ok_or(UploadRefusal::Cut)?;
    check_size(width, height)?;
    if disguise::is_disguised(file) {
        return Err(UploadRefusal::Unsafe);
    }
    Ok((width, height))
}

/// The page made of a picture that was inspected.
pub(super) fn read(file: &[u8], format: ImageFormat, (width, height): (u32, u32)) -> Result<PageImage, UploadRefusal> {
    decode(file, format).and_then(|picture| page::make(&picture)).map_err(|error| match error {
        ImageError::Limits(_) => UploadRefusal::TooManyPixels { width, height },
        ImageError::Unsupported(_) => UploadRefusal::Type,
        _ => UploadRefusal::Cut,
    })
}

fn decode(file: &[u8], format: ImageFormat) -> ImageResult<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(PIXEL_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    limits.reserve(decoder.total_bytes())?;
    // Without a readable orientation the picture is taken as it lies.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder)?;
    // Shrunk before it is turned: turning needs the memory twice.
    let mut picture = page::fit(picture, (STORED_SIDE, STORED_SIDE));
    picture.apply_orientation(orientation);
    Ok(on_white(picture))
}

/// JPEG knows no transparency, and paper is white.
fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8().into();
    }
    let mut paper = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
    imageops::overlay(&mut paper, &picture.into_rgba8(), 0, 0);
    DynamicImage::from(paper).into_rgb8().into()
}
