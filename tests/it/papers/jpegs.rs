//! JPEGs of every kind.

use alpukat::domain::upload::UploadRefusal;
use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::paper::{Paper, difference};
use super::{File, all_refused, all_show, file};
use crate::files::{exif, with_segments};
use crate::intake::{checked, read};

pub const PAPER: Paper = Paper { width: 600, height: 440 };

/// The same paper, written by libjpeg in ten passes that bring each number bit by bit, which no encoder here does.
const MANY_PASSES: &[u8] = include_bytes!("many_passes.jpg");

/// How a JPEG is written.
pub type Setting = fn(&mut Encoder<&mut Vec<u8>>);

pub fn jpeg(picture: &RgbImage, set: Setting) -> Vec<u8> {
    coded(picture.as_raw(), (picture.width(), picture.height()), ColorType::Rgb, set)
}

fn coded(pixels: &[u8], (width, height): (u32, u32), kind: ColorType, set: Setting) -> Vec<u8> {
    let mut written = Vec::new();
    let mut encoder = Encoder::new(&mut written, 88);
    set(&mut encoder);
    encoder.encode(pixels, u16::try_from(width).unwrap(), u16::try_from(height).unwrap(), kind).unwrap();
    written
}

/// Four inks: what is missing of white, none of it black.
fn inks(picture: &RgbImage) -> Vec<u8> {
    picture.pixels().flat_map(|pixel| [255 - pixel.0[0], 255 - pixel.0[1], 255 - pixel.0[2], 0]).collect()
}

/// The paper in every kind of JPEG that people send.
pub fn kinds(paper: Paper) -> Vec<File> {
    let photo = paper.photo();
    let size = (paper.width, paper.height);
    let settings: [(&str, Setting); 16] = [
        ("baseline", |_| {}),
        ("4:2:0", |e| e.set_sampling_factor(SamplingFactor::R_4_2_0)),
        ("4:2:2", |e| e.set_sampling_factor(SamplingFactor::R_4_2_2)),
        ("4:4:0", |e| e.set_sampling_factor(SamplingFactor::R_4_4_0)),
        ("4:1:1, a scan for each colour", |e| e.set_sampling_factor(SamplingFactor::R_4_1_1)),
        ("4:2:2, tables of its own", |e| {
            e.set_sampling_factor(SamplingFactor::R_4_2_2);
            e.set_optimized_huffman_tables(true);
        }),
        ("restarts after every unit", |e| e.set_restart_interval(1)),
        ("restarts", |e| e.set_restart_interval(7)),
        ("4:2:0 with restarts", |e| {
            e.set_sampling_factor(SamplingFactor::R_4_2_0);
            e.set_restart_interval(40);
        }),
        ("progressive", |e| e.set_progressive(true)),
        ("progressive in many scans", |e| e.set_progressive_scans(20)),
        ("progressive 4:2:0", |e| {
            e.set_progressive(true);
            e.set_sampling_factor(SamplingFactor::R_4_2_0);
        }),
        ("progressive with restarts", |e| {
            e.set_progressive(true);
            e.set_restart_interval(9);
        }),
        ("progressive 4:2:2 with restarts", |e| {
            e.set_progressive(true);
            e.set_restart_interval(3);
            e.set_sampling_factor(SamplingFactor::R_4_2_2);
        }),
        ("the best quality", |e| e.set_quality(100)),
        ("poor quality", |e| e.set_quality(20)),
    ];
    let mut kinds: Vec<_> = settings.into_iter().map(|(name, set)| file(name, jpeg(&photo, set))).collect();
    let inks = inks(&photo);
    kinds.push(file("CMYK", coded(&inks, size, ColorType::Cmyk, |e| e.set_sampling_factor(SamplingFactor::R_4_4_4))));
    kinds.push(file("YCCK", coded(&inks, size, ColorType::CmykAsYcck, |_| {})));
    kinds.push(file("YCCK 4:2:0", coded(&inks, size, ColorType::CmykAsYcck, |e| e.set_sampling_factor(SamplingFactor::R_4_2_0))));
    kinds.push(file("progressive YCCK", coded(&inks, size, ColorType::CmykAsYcck, |e| e.set_progressive(true))));
    kinds
}

/// The paper's greys.
pub fn grey(paper: Paper, set: Setting) -> Vec<u8> {
    let grey = DynamicImage::from(paper.photo()).into_luma8();
    coded(grey.as_raw(), (paper.width, paper.height), ColorType::Luma, set)
}

pub fn many_passes() -> Vec<u8> {
    MANY_PASSES.to_vec()
}

#[tokio::test]
async fn every_kind_of_jpeg_is_kept_as_it_is() {
    let mut kinds = kinds(PAPER);
    kinds.push(file("many passes", many_passes()));
    all_show(&PAPER, kinds).await;
}

#[tokio::test]
async fn sizes_that_fill_no_block_are_kept_as_they_are() {
    for (width, height) in [(599, 441), (607, 433), (333, 250)] {
        let paper = Paper { width, height };
        all_show(&paper, kinds(paper)).await;
    }
}

#[tokio::test]
async fn colours_one_after_the_other_that_would_be_mixed_up_are_refused() {
    let photo = PAPER.photo();
    let settings: [(&str, Setting); 4] = [
        ("4:2:0", |e| {
            e.set_sampling_factor(SamplingFactor::R_4_2_0);
            e.set_optimized_huffman_tables(true);
        }),
        ("4:4:0", |e| {
            e.set_sampling_factor(SamplingFactor::R_4_4_0);
            e.set_optimized_huffman_tables(true);
        }),
        ("4:1:0", |e| {
            e.set_sampling_factor(SamplingFactor::R_4_1_0);
            e.set_optimized_huffman_tables(true);
        }),
        ("restarts", |e| {
            e.set_sampling_factor(SamplingFactor::R_4_1_1);
            e.set_restart_interval(5);
        }),
    ];
    let files = settings.into_iter().map(|(name, set)| file(name, jpeg(&photo, set))).collect();
    all_refused(UploadRefusal::Type, files).await;
    // Here the last of the four inks is finer than the first.
    let size = (PAPER.width, PAPER.height);
    let inks = coded(&inks(&photo), size, ColorType::Cmyk, |e| e.set_sampling_factor(SamplingFactor::R_4_2_0));
    all_refused(UploadRefusal::Type, vec![file("inks", inks)]).await;
}

#[tokio::test]
async fn greys_stay_grey() {
    let mut files: Vec<_> = [(|_| {}) as Setting, |e| e.set_progressive(true), |e| e.set_restart_interval(5)]
        .into_iter()
        .map(|set| grey(PAPER, set))
        .collect();
    // Some cameras write of their only colour that it is twice as fine as others.
    files.extend(files.clone().into_iter().map(|mut jpeg| {
        let frame = jpeg.windows(4).position(|bytes| matches!(bytes, [0xFF, 0xC0 | 0xC2, 0, 11])).unwrap();
        assert_eq!(jpeg[frame + 11], 0x11);
        jpeg[frame + 11] = 0x22;
        jpeg
    }));
    for jpeg in files {
        let pages = read(&jpeg).await.unwrap();
        let wanted = DynamicImage::from(PAPER.clean()).grayscale();
        assert_eq!(difference(&checked(&pages[0]), &wanted), None);
    }
}

#[tokio::test]
async fn photos_are_turned_upright_from_every_position() {
    // What undoes each of the eight ways a camera can lie.
    let undone = [1, 2, 3, 4, 5, 8, 7, 6];
    let positions = (1_u16..).zip(undone).map(|(position, undone)| {
        let mut lying = DynamicImage::from(PAPER.photo());
        lying.apply_orientation(Orientation::from_exif(undone).unwrap());
        let written = jpeg(&lying.into_rgb8(), |e| e.set_sampling_factor(SamplingFactor::R_4_2_0));
        file(format!("position {position}"), with_segments(&written, &[(0xE1, &exif(position))]))
    });
    all_show(&PAPER, positions.collect()).await;
}
