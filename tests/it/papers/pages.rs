//! Pages of PDFs, built in every way that programs build them.

use alpukat::domain::upload::UploadRefusal;

use super::paper::Paper;
use super::sheet::{PAPER, Sheet, drawing, packed, packed_pdf};
use super::{File, all_refused, all_show, file, jpegs};
use crate::pdfs::{pdf_of, stream};

const WIDTH: u32 = PAPER.width;
const HEIGHT: u32 = PAPER.height;

/// The paper, drawn after the coordinates were changed.
fn moved(matrix: &str) -> Vec<u8> {
    stream("", &[matrix.as_bytes(), b" cm\n", &PAPER.content()].concat())
}

fn lying() -> String {
    Paper { width: HEIGHT, height: WIDTH }.media_box()
}

#[tokio::test]
async fn pages_that_are_turned_or_cropped_are_shown_as_they_are_seen() {
    let left = moved(&format!("0 1 -1 0 {HEIGHT} 0"));
    let over = moved(&format!("-1 0 0 -1 {WIDTH} {HEIGHT}"));
    let right = moved(&format!("0 -1 1 0 0 {WIDTH}"));
    let shifted = moved("1 0 0 1 50 60");
    let crop = format!("/MediaBox [0 0 900 900] /CropBox [50 60 {} {}]", 50 + WIDTH, 60 + HEIGHT);
    let ways = [
        ("turned by 90", String::new(), lying() + " /Rotate 90", left.clone()),
        ("turned by 450", String::new(), lying() + " /Rotate 450", left.clone()),
        ("turned by -270", String::new(), lying() + " /Rotate -270", left.clone()),
        ("turned by 180", String::new(), PAPER.media_box() + " /Rotate 180", over),
        ("turned by 270", String::new(), lying() + " /Rotate 270", right),
        ("turned by its tree", lying() + " /Rotate 90", String::new(), left),
        ("cropped", String::new(), crop.clone(), shifted.clone()),
        ("cropped by its tree", crop, String::new(), shifted),
        ("in larger units", String::new(), PAPER.media_box() + " /UserUnit 3", stream("", &PAPER.content())),
    ];
    let files = ways.into_iter().map(|(name, tree, page, content)| {
        let sheet = Sheet { tree, page, content, ..Sheet::default() };
        file(name, sheet.pdf())
    });
    all_show(&PAPER, files.collect()).await;
}

/// A page that shows the whole picture which is object 5.
fn picture(entries: &str, data: &[u8]) -> Vec<u8> {
    let content = stream("", format!("q {WIDTH} 0 0 {HEIGHT} 0 0 cm /P Do Q").as_bytes());
    let entries = format!("/Type /XObject /Subtype /Image /Width {WIDTH} /Height {HEIGHT} /BitsPerComponent 8 {entries}");
    let sheet = Sheet { content, ..Sheet::with_page("/Resources << /XObject << /P 5 0 R >> >>") };
    sheet.and(vec![stream(&entries, data)]).pdf()
}

fn scans() -> Vec<File> {
    let (clean, photo) = (PAPER.clean(), PAPER.photo());
    let colours = "/ColorSpace /DeviceRGB /Filter";
    let digit = |number: u8| char::from_digit(number.into(), 16).unwrap();
    let hexadecimal: String = clean.as_raw().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    vec![
        file("a packed picture", picture(&format!("{colours} /FlateDecode"), &packed(clean.as_raw()))),
        file("a JPEG", picture(&format!("{colours} /DCTDecode"), &jpegs::jpeg(&photo, |_| {}))),
        file("a progressive JPEG", picture(&format!("{colours} /DCTDecode"), &jpegs::jpeg(&photo, |e| e.set_progressive(true)))),
        file(
            "a JPEG with restarts",
            picture(&format!("{colours} [/DCTDecode]"), &jpegs::jpeg(&photo, |e| e.set_restart_interval(8))),
        ),
        file("a picture in letters", picture(&format!("{colours} /ASCIIHexDecode"), hexadecimal.as_bytes())),
    ]
}

#[tokio::test]
async fn scans_in_a_pdf_are_shown() {
    all_show(&PAPER, scans()).await;
}

#[tokio::test]
async fn scans_that_are_damaged_are_noticed() {
    let colours = "/ColorSpace /DeviceRGB /Filter";
    let jpeg = jpegs::jpeg(&PAPER.photo(), |_| {});
    let mut wrong = jpeg.clone();
    let middle = jpeg.len() / 2;
    wrong[middle..middle + 512].fill(0xFF);
    let rows = packed(PAPER.photo().as_raw());
    let files = [
        file("a JPEG with 512 bytes FF", picture(&format!("{colours} /DCTDecode"), &wrong)),
        file("half a JPEG", picture(&format!("{colours} /DCTDecode"), &jpeg[..middle])),
        file("half a JPEG, closed", picture(&format!("{colours} /DCTDecode"), &[&jpeg[..middle], b"\xFF\xD9"].concat())),
        file("half a packed picture", picture(&format!("{colours} /FlateDecode"), &rows[..rows.len() / 2])),
    ];
    all_refused(UploadRefusal::Cut, files.into()).await;
}

#[tokio::test]
async fn content_is_found_wherever_it_is_written() {
    let content = PAPER.content();
    let half = content.windows(2).rposition(|pair| pair == b"f\n").unwrap() / 2;
    let half = half + content[half..].windows(2).position(|pair| pair == b"f\n").unwrap() + 2;
    let placed = stream("", b"/D Do");
    let drawn = "/Resources << /XObject << /D 5 0 R >> >>";
    let from_tree = Sheet { tree: drawn.to_owned(), content: placed.clone(), ..Sheet::default() };
    let apart = Sheet { page: PAPER.media_box() + " /Resources 6 0 R", content: placed.clone(), ..Sheet::default() };
    let parts = Sheet { content: b"[5 0 R 6 0 R]".to_vec(), ..Sheet::default() };
    let twice = stream("/Filter [/FlateDecode /FlateDecode]", &packed(&packed(&content)));
    let files = vec![
        file("resources of the tree", from_tree.and(vec![drawing("", &content)]).pdf()),
        file("resources in an object", apart.and(vec![drawing("", &content), b"<< /XObject << /D 5 0 R >> >>".to_vec()]).pdf()),
        file("in two parts", parts.and(vec![stream("", &content[..half]), stream("", &content[half..])]).pdf()),
        file("packed", Sheet { content: stream("/Filter /FlateDecode", &packed(&content)), ..Sheet::default() }.pdf()),
        file("packed twice", Sheet { content: twice, ..Sheet::default() }.pdf()),
        file("the box of the tree", Sheet { tree: PAPER.media_box(), page: String::new(), ..Sheet::default() }.pdf()),
    ];
    all_show(&PAPER, files).await;
}

/// The text in place of another of the same length.
fn replaced(pdf: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let at = pdf.windows(what.len()).rposition(|window| window == what).unwrap();
    [&pdf[..at], with, &pdf[at + what.len()..]].concat()
}

#[tokio::test]
async fn tables_of_contents_of_every_kind_are_read_and_damaged_ones_repaired() {
    let sheet = Sheet::default();
    let (plain, streams) = (sheet.pdf(), packed_pdf(&sheet.objects()));
    let start = plain.windows(5).position(|window| window == b"xref\n").unwrap();
    let stretched = replaced(&plain, b"endobj\nxref", b"endobj\n%% a remark that moves the table\nxref");
    let changed = format!("3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R {} >>\nendobj\n", PAPER.media_box());
    let old = Sheet { page: "/MediaBox [0 0 20 900]".to_owned(), ..Sheet::default() }.pdf();
    let update = format!(
        "{changed}xref\n3 1\n{:010} 00000 n \ntrailer\n<< /Size 5 /Root 1 0 R /Prev {} >>\nstartxref\n{}\n%%EOF\n",
        old.len(),
        old.windows(5).position(|window| window == b"xref\n").unwrap(),
        old.len() + changed.len()
    );
    let files = vec![
        file("object streams", streams.clone()),
        file("object streams, the table is elsewhere", replaced(&streams, b"startxref\n", b"startxref\n9")),
        file("changed later", [&old[..], update.as_bytes()].concat()),
        file("the table is elsewhere", replaced(&plain, b"startxref\n", b"startxref\n9")),
        file("the table is nowhere", replaced(&plain, format!("startxref\n{start}").as_bytes(), b"startxref\n0")),
        file("the table has moved", stretched),
        file("the table is misspelt", replaced(&plain, b"\nxref\n", b"\nxerf\n")),
        file("wrong places in the table", replaced(&plain, b"00000 n \n0000", b"00000 n \n0007")),
        file("blanks before it", [b"\r\n\r\n  ", &plain[..]].concat()),
        file("no table at all", [&plain[..start], b"trailer\n<< /Size 5 /Root 1 0 R >>\n%%EOF\n"].concat()),
        file("neither table nor trailer", [&plain[..start], b"%%EOF\n"].concat()),
    ];
    all_show(&PAPER, files).await;
}

#[tokio::test]
async fn pages_keep_their_order() {
    let blank = |number: usize| format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} 100] >>", 100 * number).into_bytes();
    let objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [5 0 R 3 0 R] /Count 3 >>".to_vec(),
        b"<< /Type /Pages /Parent 2 0 R /Kids [4 0 R 6 0 R] /Count 2 >>".to_vec(),
        blank(2),
        blank(1),
        blank(3),
    ];
    let pages = crate::intake::read(&pdf_of(&objects, "")).await.unwrap();
    let sides: Vec<_> = pages.iter().map(|page| (page.width, page.height)).collect();
    assert_eq!(sides, [(2_000, 2_000), (2_000, 1_000), (2_000, 667)]);
}
