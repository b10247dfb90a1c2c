//! Letters of fonts that are in the PDF, and of fonts that are not.

use alpukat::domain::upload::UploadRefusal;

use super::sheet::{PAPER, Sheet, drawing, packed};
use super::{all_refused, file};
use crate::intake::{checked, read};
use crate::pdfs::stream;

const NOTO: &[u8] = include_bytes!("../../../src/render/fonts/NotoSans-Regular.ttf");

/// What the page shows: letters 36 to 43 of a font with two bytes a letter, or "$%&'()*+" of one with one.
const TWO: &str = "<00240025002600270028>";
const ONE: &str = "(ABCDE)";

/// A font with two bytes a letter whose parts are objects 6 and 7.
fn composite(encoding: &str) -> Vec<u8> {
    format!("<< /Type /Font /Subtype /Type0 /BaseFont /NotoSans /Encoding {encoding} /DescendantFonts [6 0 R] >>").into_bytes()
}

fn descendant(ordering: &str) -> Vec<u8> {
    let system = format!("/CIDSystemInfo << /Registry (Adobe) /Ordering ({ordering}) /Supplement 0 >>");
    format!("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /NotoSans {system} /FontDescriptor 7 0 R /CIDToGIDMap /Identity >>")
        .into_bytes()
}

fn descriptor(file: &str) -> Vec<u8> {
    let sizes = "/Flags 4 /FontBBox [0 -300 1000 1000] /ItalicAngle 0 /Ascent 1000 /Descent -300 /CapHeight 700 /StemV 80";
    format!("<< /Type /FontDescriptor /FontName /NotoSans {sizes} {file} >>").into_bytes()
}

fn noto() -> Vec<u8> {
    stream(&format!("/Length1 {} /Filter /FlateDecode", NOTO.len()), &packed(NOTO))
}

/// Large letters across the page, after whatever else is to be done first.
fn page(first: &str, letters: &str, objects: Vec<Vec<u8>>) -> Vec<u8> {
    let content = stream("", format!("BT {first} /F1 150 Tf 20 150 Td {letters} Tj ET").as_bytes());
    Sheet { content, ..Sheet::with_page("/Resources << /Font << /F1 5 0 R >> >>") }.and(objects).pdf()
}

/// How much of the stored page is dark, in per cent.
async fn ink(name: &str, pdf: &[u8]) -> usize {
    let pages = read(pdf).await.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    let shown = checked(&pages[0]).to_luma8();
    let dark = shown.pixels().filter(|pixel| pixel.0[0] < 100).count();
    100 * dark / shown.len()
}

fn missing(encoding: &str, ordering: &str) -> Vec<Vec<u8>> {
    vec![composite(encoding), descendant(ordering), descriptor("")]
}

#[tokio::test]
async fn numbered_letters_of_a_font_that_is_not_there_are_noticed() {
    let helvetica =
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Helvetica /Encoding /Identity-H /DescendantFonts [6 0 R] >>".to_vec();
    let damaged = stream("/Filter /FlateDecode", &packed(b"no font at all"));
    let through_drawing = {
        let resources = "/Resources << /Font << /F1 6 0 R >> >>";
        let content = format!("BT /F1 90 Tf 20 150 Td {TWO} Tj ET");
        let font = composite("/Identity-H");
        let font = String::from_utf8(font).unwrap().replace("6 0 R", "7 0 R").into_bytes();
        let child = String::from_utf8(descendant("Identity")).unwrap().replace("7 0 R", "8 0 R").into_bytes();
        Sheet { content: stream("", b"/D Do"), ..Sheet::with_page("/Resources << /XObject << /D 5 0 R >> >>") }
            .and(vec![drawing(resources, content.as_bytes()), font, child, descriptor("")])
            .pdf()
    };
    let files = vec![
        file("Identity-H", page("", TWO, missing("/Identity-H", "Identity"))),
        file("Identity-V", page("", TWO, missing("/Identity-V", "Identity"))),
        file("the name of a font that everybody has", page("", TWO, vec![helvetica, descendant("Identity"), descriptor("")])),
        file("Chinese", page("", "<4E2D56FD>", missing("/UniGB-UCS2-H", "GB1"))),
        file("Japanese", page("", "<65E5672C>", missing("/UniJIS-UTF16-H", "Japan1"))),
        file(
            "the font is lost",
            page("", TWO, vec![composite("/Identity-H"), descendant("Identity"), descriptor("/FontFile2 99 0 R")]),
        ),
        file(
            "the font is damaged",
            page("", TWO, vec![composite("/Identity-H"), descendant("Identity"), descriptor("/FontFile2 8 0 R"), damaged]),
        ),
        file("an unknown code", page("", TWO, missing("/Private-H", "Private"))),
        file("only outlines", page("1 Tr", TWO, missing("/Identity-H", "Identity"))),
        file("in a drawing", through_drawing),
    ];
    all_refused(UploadRefusal::PdfLetters, files).await;
}

#[tokio::test]
async fn letters_that_are_there_are_drawn() {
    let embedded = vec![composite("/Identity-H"), descendant("Identity"), descriptor("/FontFile2 8 0 R"), noto()];
    let simple = |kind: &str, name: &str| {
        format!("<< /Type /Font /Subtype /{kind} /BaseFont /{name} /Encoding /WinAnsiEncoding >>").into_bytes()
    };
    let drawn = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 65 \
        /LastChar 69 /Widths [600 600 600 600 600] /Encoding << /Differences [65 /a /a /a /a /a] >> /CharProcs << /a 6 0 R >> >>"
        .to_vec();
    let files = [
        ("embedded, two bytes a letter", page("", TWO, embedded)),
        ("Helvetica", page("", ONE, vec![simple("Type1", "Helvetica")])),
        ("Arial, as Windows calls it", page("", ONE, vec![simple("TrueType", "Arial,Bold")])),
        ("a font that nobody has", page("", ONE, vec![simple("TrueType", "Cempedak")])),
        ("a drawn font", page("", ONE, vec![drawn, stream("", b"600 0 0 0 500 700 d1 0 0 500 700 re f")])),
    ];
    for (name, pdf) in files {
        let ink = ink(name, &pdf).await;
        assert!((3..60).contains(&ink), "{name}: {ink} %");
    }
}

#[tokio::test]
async fn letters_that_nobody_sees_may_be_missing() {
    let scan = String::from_utf8(PAPER.content()).unwrap();
    let hidden = stream("", format!("{scan} BT 3 Tr /F1 150 Tf 20 150 Td {TWO} Tj ET").as_bytes());
    let unused = stream("", &PAPER.content());
    for (name, content) in [("under a scan", hidden), ("never used", unused)] {
        let sheet = Sheet { content, ..Sheet::with_page("/Resources << /Font << /F1 5 0 R >> >>") };
        super::all_show(&PAPER, vec![file(name, sheet.and(missing("/Identity-H", "Identity")).pdf())]).await;
    }
}
