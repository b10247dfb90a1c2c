//! Uploads, read as the server reads them: by the real program, in a process of its own.

use std::io::Write;
use std::path::PathBuf;

use alpukat::adapters::intake::{Intake, IntakeError};
use alpukat::domain::upload::{PREVIEW_BYTES, PageImage, UploadRefusal};
use image::{DynamicImage, ImageFormat, Rgb};

use super::{files, pdfs};

fn intake() -> Intake {
    Intake::new(PathBuf::from(env!("CARGO_BIN_EXE_alpukat")))
}

pub async fn read(bytes: &[u8]) -> Result<Vec<PageImage>, UploadRefusal> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    intake().read(file).await.map_err(|error| match error {
        IntakeError::Refused(refusal) => refusal,
        IntakeError::Failed(error) => panic!("the child failed: {error}"),
    })
}

/// The only page of an upload, which keeps all the promises that every page keeps.
async fn page(bytes: &[u8]) -> (PageImage, DynamicImage) {
    let pages = read(bytes).await.unwrap();
    let [page] = <[_; 1]>::try_from(pages).unwrap();
    let shown = checked(&page);
    (page, shown)
}

pub fn checked(page: &PageImage) -> DynamicImage {
    let open = |jpeg| image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap();
    let (shown, preview) = (open(&page.jpeg), open(&page.preview));
    assert_eq!((shown.width(), shown.height()), (page.width, page.height));
    assert!(page.width <= 2_000 && page.height <= 2_000, "{page:?}");
    assert!(preview.width() <= 144 && preview.height() <= 192, "{page:?}");
    assert!(page.preview.len() <= PREVIEW_BYTES, "{}", page.preview.len());
    assert_eq!(spoken_of(&page.jpeg), [0xE0], "nothing but JFIF");
    assert_eq!(spoken_of(&page.preview), [0xE0], "nothing but JFIF");
    shown
}

/// The application segments and comments of a JPEG: all the places where metadata can be.
fn spoken_of(jpeg: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut at = 2;
    while jpeg[at + 1] != 0xDA {
        assert_eq!(jpeg[at], 0xFF);
        if matches!(jpeg[at + 1], 0xE0..=0xEF | 0xFE) {
            found.push(jpeg[at + 1]);
        }
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    found
}

fn is_near(picture: &DynamicImage, x: u32, y: u32, colour: Rgb<u8>) -> bool {
    let pixel = picture.to_rgb8()[(x, y)];
    pixel.0.iter().zip(colour.0).all(|(a, b)| a.abs_diff(b) < 12)
}

#[tokio::test]
async fn a_photo_is_turned_upright_and_tells_nothing_about_where_it_was_taken() {
    let (stored, shown) = page(&files::phone_jpeg()).await;
    assert_eq!((stored.width, stored.height), (400, 600));
    assert!(is_near(&shown, 200, 50, files::RED), "left comes to lie on top");
    assert!(is_near(&shown, 200, 550, files::BLUE));
}

#[tokio::test]
async fn pictures_of_every_common_kind_are_read() {
    let (_, shown) = page(&files::jpeg(60, 40)).await;
    assert!(is_near(&shown, 5, 5, files::RED));
    for file in [files::png(60, 40), files::sixteen_bit_png()] {
        let (_, shown) = page(&file).await;
        assert!(is_near(&shown, 5, 5, files::RED) && is_near(&shown, 55, 5, files::BLUE));
    }
    let (_, shown) = page(&files::palette_png()).await;
    assert_eq!((shown.width(), shown.height()), (1, 2));
    let (_, shown) = page(&files::grey_jpeg()).await;
    assert!(is_near(&shown, 5, 5, Rgb([90; 3])));
    let (_, shown) = page(&files::cmyk_jpeg()).await;
    assert!(is_near(&shown, 5, 5, Rgb([64; 3])), "half of the light through the inks, and half of that past the black");
}

#[tokio::test]
async fn what_is_transparent_becomes_paper() {
    let (_, shown) = page(&files::transparent_png()).await;
    assert!(is_near(&shown, 30, 20, Rgb([255; 3])));
}

#[tokio::test]
async fn small_pictures_are_not_blown_up_and_narrow_ones_keep_their_last_pixel() {
    let (stored, _) = page(&files::png(1, 1)).await;
    assert_eq!((stored.width, stored.height), (1, 1));
    let (stored, _) = page(&files::jpeg(2_000, 1)).await;
    assert_eq!((stored.width, stored.height), (2_000, 1));
    let pieces = read(&files::jpeg(12_000, 1)).await.unwrap();
    assert_eq!(pieces.iter().map(|piece| (piece.width, piece.height)).collect::<Vec<_>>(), [(2_000, 1); 7]);
}

#[tokio::test]
async fn what_a_camera_writes_after_the_picture_does_no_harm() {
    let second = files::jpeg(600, 400);
    let file = [files::jpeg(60, 40), second, b"SEFT film \xFF\xFF".to_vec(), vec![7; 100_000]].concat();
    assert_eq!(page(&file).await.0.width, 60);
}

#[tokio::test]
async fn the_largest_picture_is_read_within_the_limits() {
    let file = files::largest_jpeg();
    assert!(file.len() < 10 * 1024 * 1024);
    let (stored, _) = page(&file).await;
    assert_eq!((stored.width, stored.height), (2_000, 1_500));
    let (stored, _) = page(&files::twelve_megapixel_png()).await;
    assert_eq!((stored.width, stored.height), (2_000, 1_500));
}

#[tokio::test]
async fn noise_has_a_small_preview_too() {
    let mut state = 1_u32;
    let noise = image::RgbImage::from_fn(300, 400, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        Rgb([a, b, c])
    });
    let mut file = std::io::Cursor::new(Vec::new());
    noise.write_to(&mut file, ImageFormat::Png).unwrap();
    page(&file.into_inner()).await;
}

#[tokio::test]
async fn other_kinds_of_files_are_refused_whatever_they_are_called() {
    assert_eq!(read(b"").await, Err(UploadRefusal::Empty));
    assert_eq!(read(&files::heic()).await, Err(UploadRefusal::Heic));
    for other in [&b"a letter"[..], b"<html><body>hello</body></html>", &files::zip(), b"GIF89a\x01\0\x01\0\0\0\0"] {
        assert_eq!(read(other).await, Err(UploadRefusal::Type));
    }
    let bytes = 11 * 1024 * 1024;
    let large = [files::jpeg(60, 40), vec![0; 11 * 1024 * 1024]].concat()[..11 * 1024 * 1024].to_vec();
    assert_eq!(read(&large).await, Err(UploadRefusal::TooLarge { bytes }));
}

#[tokio::test]
async fn files_that_break_off_are_noticed() {
    for (whole, least) in [(files::phone_jpeg(), 8), (files::png(600, 400), 8), (pdfs::pdf(2), 500)] {
        for length in [whole.len() / 2, whole.len() - least, 16] {
            assert_eq!(read(&whole[..length]).await, Err(UploadRefusal::Cut), "{length}");
        }
    }
    let mut damaged = files::png(600, 400);
    damaged[60] ^= 0xFF;
    assert_eq!(read(&damaged).await, Err(UploadRefusal::Cut));
}

#[tokio::test]
async fn pictures_with_too_many_pixels_are_refused_with_their_size() {
    let bomb = UploadRefusal::TooManyPixels { width: 30_000, height: 30_000 };
    assert_eq!(read(&files::png_bomb()).await, Err(bomb));
    // More data than pixels were promised: either answer will do, so long as there is one.
    let lie = read(&files::lying_png_bomb()).await;
    assert!(matches!(lie, Ok(_) | Err(UploadRefusal::Cut)), "{lie:?}");
}

#[tokio::test]
async fn the_pages_of_a_pdf_are_drawn() {
    let pages = read(&pdfs::pdf(10)).await.unwrap();
    assert_eq!(pages.len(), 10);
    for stored in &pages {
        let shown = checked(stored);
        assert_eq!((stored.width, stored.height), (1_413, 2_000));
        assert!(is_near(&shown, 10, 10, Rgb([255; 3])), "white");
        assert!(shown.to_luma8().pixels().any(|pixel| pixel.0[0] < 40), "with words on it");
    }
    assert_eq!(read(&pdfs::pdf(11)).await, Err(UploadRefusal::PdfPages { pages: 11 }));
    assert_eq!(read(&pdfs::pdf(0)).await, Err(UploadRefusal::PdfBroken));
}

#[tokio::test]
async fn pages_of_any_claimed_size_are_drawn_alike() {
    let sizes = [
        ("/MediaBox [0 0 1000000000 1000000000]", (2_000, 2_000)),
        ("/MediaBox [0 0 1000000000 250000000]", (2_000, 500)),
        ("/MediaBox [0 0 0.001 0.001]", (2_000, 2_000)),
        ("/MediaBox [-100 -100 100 0]", (2_000, 1_000)),
        ("/MediaBox [0 0 595 842] /Rotate 90", (2_000, 1_413)),
        ("/MediaBox [0 0 595 842] /Rotate -90", (2_000, 1_413)),
        ("/MediaBox [0 0 595 842] /Rotate 45", (1_413, 2_000)),
        // No size at all is taken for A4.
        ("/MediaBox [0 0 0 0]", (1_414, 2_000)),
        ("/MediaBox [0 0 595 842] /CropBox [9000 9000 9001 9001]", (1_414, 2_000)),
        ("", (1_414, 2_000)),
    ];
    for (entries, size) in sizes {
        let (stored, _) = page(&pdfs::pdf_page(entries)).await;
        assert_eq!((stored.width, stored.height), size, "{entries}");
    }
}

#[tokio::test]
async fn pdfs_that_ask_for_a_password_are_refused() {
    assert_eq!(read(&pdfs::locked_pdf()).await, Err(UploadRefusal::PdfLocked));
    page(&pdfs::restricted_pdf()).await;
}

#[tokio::test]
async fn pdfs_with_files_in_them_are_refused() {
    assert_eq!(read(&pdfs::pdf_with_attachment()).await, Err(UploadRefusal::PdfAttachment));
    assert_eq!(read(&pdfs::pdf_with_pinned_file()).await, Err(UploadRefusal::PdfAttachment));
}

#[tokio::test]
async fn pdfs_that_burst_are_broken() {
    for file in [pdfs::content_bomb(), pdfs::object_stream_bomb(), pdfs::overpainted_pdf(), b"%PDF-1.7\n%%EOF".to_vec()] {
        assert_eq!(read(&file).await, Err(UploadRefusal::PdfBroken), "{} bytes", file.len());
    }
}

#[tokio::test]
async fn a_program_that_cannot_be_run_is_our_fault() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&files::jpeg(6, 4)).unwrap();
    let failed = Intake::new(PathBuf::from("/no/such/program")).read(file.try_clone().unwrap()).await;
    assert!(matches!(failed, Err(IntakeError::Failed(_))));
    let failed = Intake::new(PathBuf::from("/bin/true")).read(file).await;
    assert!(matches!(failed, Err(IntakeError::Failed(_))));
}
