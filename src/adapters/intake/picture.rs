//! Reads a JPEG or a PNG: first what it says about itself, then its pixels, which are shrunk, turned upright and laid
//! on white. What else the file holds is left alone: pages are drawn anew. Runs in the child process only.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits, Rgba, RgbaImage, imageops};

use super::pieces::Canvas;
use super::{jpeg, page, png};
use crate::domain::upload::{MAX_PAGES, MAX_SIDE, PageImage, UploadRefusal, check_size};

/// The most memory for decoded pixels: 52 million with transparency are 208 MB.
const PIXEL_BYTES: u64 = 220_000_000;

/// The width and height a picture declares, if they are not too large.
pub(super) fn inspect(file: &[u8], format: ImageFormat) -> Result<(u32, u32), UploadRefusal> {
    let declared = if format == ImageFormat::Png { png::size(file) } else { jpeg::size(file) };
    let (width, height) = declared.ok_or(UploadRefusal::Cut)?;
    check_size(width, height)?;
    Ok((width, height))
}

/// The pages made of a picture that was inspected: one, unless it is far longer than wide.
pub(super) fn read(mut file: Vec<u8>, format: ImageFormat, (width, height): (u32, u32)) -> Result<Vec<PageImage>, UploadRefusal> {
    let canvas = Canvas::of_picture(width, height);
    if canvas.pieces().len() > MAX_PAGES {
        return Err(UploadRefusal::TooLong);
    }
    if format == ImageFormat::Jpeg {
        // The decoder trips over a missing end mark, and must not be led astray by what follows the picture.
        file.truncate(jpeg::end(&file)?);
        file.extend([0xFF, 0xD9]);
    }
    decode(&file, format, canvas).and_then(|picture| pages(&picture)).map_err(|error| match error {
        ImageError::Limits(_) => UploadRefusal::TooManyPixels { width, height },
        ImageError::Unsupported(_) => UploadRefusal::Type,
        _ => UploadRefusal::Cut,
    })
}

fn decode(file: &[u8], format: ImageFormat, canvas: Canvas) -> ImageResult<DynamicImage> {
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
    let mut picture = page::fit(picture, (canvas.width, canvas.height));
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

fn pages(picture: &DynamicImage) -> ImageResult<Vec<PageImage>> {
    let pieces = Canvas { width: picture.width(), height: picture.height() }.pieces();
    if pieces.len() == 1 {
        return Ok(vec![page::make(picture)?]);
    }
    pieces.iter().map(|piece| page::make(&picture.crop_imm(piece.x, piece.y, piece.width, piece.height))).collect()
}
