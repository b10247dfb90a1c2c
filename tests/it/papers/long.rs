//! What is far longer than wide: long screenshots, and web pages that a phone printed on one sheet. They are cut into
//! pages that can be read, or refused.

use alpukat::domain::upload::{MAX_PAGES, UploadRefusal};
use image::metadata::Orientation;
use image::{DynamicImage, ImageFormat, RgbImage, imageops};

use super::paper::Paper;
use super::sheet::Sheet;
use super::{File, all_refused, all_show, file, jpegs};
use crate::files::{encoded, exif, with_segments};
use crate::intake::{checked, read};
use crate::pdfs::{pdf_of, stream};

fn sheet(paper: Paper) -> Sheet {
    Sheet { page: paper.media_box(), content: stream("", &paper.content()), ..Sheet::default() }
}

/// The pieces laid out again, each in its place: evenly from the beginning to the end.
fn joined(pieces: &[DynamicImage], longer: u32, lies: bool) -> RgbImage {
    let (width, height) = (pieces[0].width(), pieces[0].height());
    let mut whole = if lies { RgbImage::new(longer, height) } else { RgbImage::new(width, longer) };
    let length = if lies { width } else { height };
    for (number, piece) in (0_u32..).zip(pieces) {
        assert_eq!((piece.width(), piece.height()), (width, height));
        let start = i64::from((longer - length) * number / (u32::try_from(pieces.len()).unwrap() - 1));
        imageops::replace(&mut whole, &piece.to_rgb8(), if lies { start } else { 0 }, if lies { 0 } else { start });
    }
    whole
}

/// Stored as so many pages, which are this wide and show all of the paper.
async fn is_cut(paper: Paper, (name, bytes): File, count: usize, width: u32) {
    let pages = read(&bytes).await.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    assert_eq!(pages.len(), count, "{name}");
    let pieces: Vec<_> = pages.iter().map(checked).collect();
    let lies = paper.width > paper.height;
    let narrow = if lies { pieces[0].height() } else { pieces[0].width() };
    assert_eq!(narrow, width, "{name}");
    let (longer, shorter) = (paper.width.max(paper.height), paper.width.min(paper.height));
    let whole = joined(&pieces, (longer * width + shorter / 2) / shorter, lies);
    assert_eq!(paper.differs(&whole.into()), None, "{name}");
}

const PRINTED: Paper = Paper { width: 612, height: 9_000 };
const SCROLLED: Paper = Paper { width: 1_080, height: 11_800 };

#[tokio::test]
async fn long_pages_are_cut_into_pages_that_can_be_read() {
    is_cut(PRINTED, file("a web page", sheet(PRINTED).pdf()), 8, 1_000).await;
    let wide = Paper { width: 9_000, height: 612 };
    is_cut(wide, file("a wide page", sheet(wide).pdf()), 8, 1_000).await;
    let matrix = format!("0 1 -1 0 {} 0 cm\n", wide.height);
    let turned = Sheet {
        page: Paper { width: 612, height: 9_000 }.media_box() + " /Rotate 90",
        content: stream("", &[matrix.as_bytes(), &wide.content()].concat()),
        ..Sheet::default()
    };
    is_cut(wide, file("a page that is turned", turned.pdf()), 8, 1_000).await;
}

#[tokio::test]
async fn long_pictures_are_cut_into_pages_that_can_be_read() {
    is_cut(SCROLLED, file("a screenshot", jpegs::jpeg(&SCROLLED.clean(), |_| {})), 6, 1_000).await;
    is_cut(SCROLLED, file("a PNG", encoded(SCROLLED.clean(), ImageFormat::Png)), 6, 1_000).await;
    let narrow = Paper { width: 360, height: 5_000 };
    is_cut(narrow, file("narrow", encoded(narrow.clean(), ImageFormat::Png)), 3, 360).await;
    let mut lying = DynamicImage::from(narrow.clean());
    lying.apply_orientation(Orientation::from_exif(8).unwrap());
    let written = with_segments(&jpegs::jpeg(&lying.into_rgb8(), |_| {}), &[(0xE1, &exif(6))]);
    is_cut(narrow, file("lying", written), 3, 360).await;
}

#[tokio::test]
async fn what_is_not_far_longer_than_wide_stays_one_page() {
    let phone = Paper { width: 600, height: 1_333 };
    let slip = Paper { width: 226, height: 900 };
    for paper in [phone, slip] {
        all_show(&paper, vec![file("a picture", encoded(paper.clean(), ImageFormat::Png)), file("a page", sheet(paper).pdf())])
            .await;
    }
}

#[tokio::test]
async fn what_would_be_too_many_pages_is_refused() {
    let strip = Paper { width: 200, height: 14_400 };
    all_refused(UploadRefusal::TooLong, vec![file("a strip", sheet(strip).pdf())]).await;
    // Two pages of eight pieces each.
    let page =
        |content: u32| format!("<< /Type /Page /Parent 2 0 R {} /Contents {content} 0 R >>", PRINTED.media_box()).into_bytes();
    let objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_vec(),
        page(5),
        page(5),
        stream("", b""),
    ];
    let pages = 16;
    assert!(pages > MAX_PAGES);
    all_refused(UploadRefusal::PdfPages { pages }, vec![file("two long pages", pdf_of(&objects, ""))]).await;
}
