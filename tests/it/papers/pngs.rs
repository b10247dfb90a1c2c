//! PNGs of every kind.

use alpukat::domain::upload::UploadRefusal;
use image::{DynamicImage, ImageFormat, RgbImage};

use super::jpegs::PAPER;
use super::paper::difference;
use super::sheet::packed;
use super::{File, all_refused, all_show, file};
use crate::files::{chunk, encoded, png_of};
use crate::intake::{checked, read};

/// The paper's colours, and which of them each pixel has.
fn palette(picture: &RgbImage) -> (Vec<[u8; 3]>, Vec<u8>) {
    let mut colours: Vec<_> = picture.pixels().map(|pixel| pixel.0).collect();
    colours.sort_unstable();
    colours.dedup();
    let numbers = picture.pixels().map(|pixel| u8::try_from(colours.binary_search(&pixel.0).unwrap()).unwrap());
    (colours.clone(), numbers.collect())
}

/// Pixels as numbers of a palette, in so many bits each.
fn indexed(picture: &RgbImage, bits: u8) -> Vec<u8> {
    let (colours, numbers) = palette(picture);
    let per_byte = usize::from(8 / bits);
    let rows: Vec<u8> = numbers
        .chunks(picture.width() as usize)
        .flat_map(|row| {
            let bytes = row.chunks(per_byte).map(|pixels| {
                let filled = pixels.iter().fold(0, |byte, number| byte << (bits % 8) | number);
                filled << (u8::try_from(per_byte - pixels.len()).unwrap() * (bits % 8))
            });
            [0].into_iter().chain(bytes).collect::<Vec<_>>()
        })
        .collect();
    let table = chunk(*b"PLTE", colours.as_flattened());
    png_of(picture.width(), picture.height(), [bits, 3], &table, &packed(&rows))
}

/// In seven passes, each of which makes the picture clearer, as it stands on the web.
fn interlaced(picture: &RgbImage) -> Vec<u8> {
    let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
    let mut rows = Vec::new();
    for (left, top, across, down) in passes {
        for y in (top..picture.height()).step_by(down) {
            rows.push(0);
            (left..picture.width()).step_by(across).for_each(|x| rows.extend(picture.get_pixel(x, y).0));
        }
    }
    let plain = png_of(picture.width(), picture.height(), [8, 2], &[], &packed(&rows));
    let header = [&plain[16..28], &[1]].concat();
    [&plain[..8], &chunk(*b"IHDR", &header), &plain[33..]].concat()
}

fn kinds() -> Vec<File> {
    let clean = DynamicImage::from(PAPER.clean());
    let mut see_through = clean.to_rgba8();
    // White shows through where nothing is.
    see_through.pixels_mut().filter(|pixel| pixel.0 == [255; 4]).for_each(|pixel| pixel.0 = [0; 4]);
    vec![
        file("8 bits", encoded(clean.clone(), ImageFormat::Png)),
        file("16 bits", encoded(clean.to_rgb16(), ImageFormat::Png)),
        file("transparent", encoded(see_through, ImageFormat::Png)),
        file("16 bits, opaque", encoded(clean.to_rgba16(), ImageFormat::Png)),
        file("palette", indexed(&PAPER.clean(), 8)),
        file("palette of 4 bits", indexed(&PAPER.clean(), 4)),
        file("interlaced", interlaced(&PAPER.clean())),
        file("photo", encoded(PAPER.photo(), ImageFormat::Png)),
    ]
}

#[tokio::test]
async fn every_kind_of_png_is_kept_as_it_is() {
    all_show(&PAPER, kinds()).await;
}

#[tokio::test]
async fn greys_of_eight_and_sixteen_bits_stay_what_they_are() {
    let clean = DynamicImage::from(PAPER.clean());
    let wanted = clean.grayscale();
    for grey in [encoded(clean.to_luma8(), ImageFormat::Png), encoded(clean.to_luma16(), ImageFormat::Png)] {
        let pages = read(&grey).await.unwrap();
        assert_eq!(difference(&checked(&pages[0]), &wanted), None);
    }
}

#[tokio::test]
async fn pngs_that_break_off_or_are_damaged_are_noticed() {
    for (name, png) in kinds() {
        let mut wrong = png.clone();
        let middle = png.len() / 2;
        wrong[middle..middle + 16].iter_mut().for_each(|byte| *byte ^= 0x5A);
        let end = png[png.len() - 12..].to_vec();
        let ways = [
            file(format!("{name}, cut"), &png[..middle]),
            file(format!("{name}, cut and closed"), [&png[..middle], &end].concat()),
            file(format!("{name}, damaged"), wrong),
        ];
        all_refused(UploadRefusal::Cut, ways.into()).await;
    }
}
