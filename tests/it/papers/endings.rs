//! PDFs whose end is missing or buried, and what they carry along.

use alpukat::domain::upload::UploadRefusal;

use super::sheet::{PAPER, Sheet, packed_pdf};
use super::{all_refused, all_show, file, jpegs};
use crate::pdfs::{pdf, pdf_of, stream};

fn before(pdf: &[u8], word: &[u8]) -> Vec<u8> {
    pdf[..pdf.windows(word.len()).rposition(|window| window == word).unwrap()].to_vec()
}

#[tokio::test]
async fn a_pdf_is_whole_if_all_its_pages_are_there() {
    let mut files = Vec::new();
    let sheet = Sheet::default();
    for (name, whole) in [("plain", sheet.pdf()), ("object streams", packed_pdf(&sheet.objects()))] {
        let open = before(&whole, b"%%EOF");
        let ways = [
            ("no end mark", open.clone()),
            ("two letters missing", [&open[..], b"%%EO"].concat()),
            ("no place of the table", before(&whole, b"startxref")),
            ("half the place of the table", before(&whole, b"xref\n")),
            ("zeros behind", [&whole[..], &[0; 5_000]].concat()),
            ("a web page behind", [&whole[..], &b"<html><body>Unduhan selesai</body></html>\n".repeat(200)].concat()),
            ("noise behind", [&whole[..], &jpegs::jpeg(&PAPER.photo(), |_| {})].concat()),
            ("a form's border behind", [&whole[..], b"\r\n------WebKitFormBoundary0123456789--\r\n"].concat()),
        ];
        files.extend(ways.map(|(way, bytes)| file(format!("{name}: {way}"), bytes)));
    }
    all_show(&PAPER, files).await;
}

#[tokio::test]
async fn pages_that_are_missing_are_noticed() {
    let whole = Sheet::default().pdf();
    let middle = whole.windows(6).position(|window| window == b"stream").unwrap() + 400;
    let last = before(&whole, b"xref\n0 5");
    let two = pdf(2);
    let second = two.windows(7).position(|window| window == b"6 0 obj").unwrap();
    let without_picture = Sheet::with_page("/Resources << /XObject << /P 9 0 R >> >>").pdf();
    let streams = packed_pdf(&Sheet::default().objects());
    let files = [
        file("cut in what the page shows", &whole[..middle]),
        file("cut before the end of what the page shows", before(&last, b"endstream")),
        file("cut before the second page", &two[..second]),
        file("cut after the second page", before(&two, b"7 0 obj")),
        file("a picture is lost", before(&without_picture, b"%%EOF")),
        file("cut in an object stream", &streams[..streams.len() / 2]),
        file("half of it", &whole[..whole.len() / 2]),
    ];
    all_refused(UploadRefusal::Cut, files.into()).await;
}

fn attached() -> Vec<u8> {
    stream("/Type /EmbeddedFile", b"MZ")
}

#[tokio::test]
async fn names_of_attachments_without_one_do_no_harm() {
    let with_catalogue = |entries: &str| Sheet { catalogue: entries.to_owned(), ..Sheet::default() };
    let font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec();
    let link = "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 99 99] /Border [0 0 0] /A << /S /Launch /F (a.pdf) >> >>]";
    let files = vec![
        file("an empty list", with_catalogue("/Names << /EmbeddedFiles << /Names [] >> >>").pdf()),
        file("an empty tree", with_catalogue("/Names << /EmbeddedFiles << /Kids [] >> >>").pdf()),
        file("an empty entry", with_catalogue("/Names << /EmbeddedFiles << >> >>").pdf()),
        file("an empty object", with_catalogue("/Names << /EmbeddedFiles 5 0 R >>").and(vec![b"<< /Names [] >>".to_vec()]).pdf()),
        file("nothing", with_catalogue("/Names << /EmbeddedFiles null >> /AF []").pdf()),
        file("a font named EF", Sheet::with_page("/Resources << /Font << /EF 5 0 R >> >>").and(vec![font.clone()]).pdf()),
        file(
            "a font named EF, at hand",
            Sheet::with_page("/Resources << /Font << /EF << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>").pdf(),
        ),
        file("fonts named EF and F", Sheet::with_page("/Resources << /Font << /EF 5 0 R /F 5 0 R >> >>").and(vec![font]).pdf()),
        file("the name of another file", Sheet::with_page(link).pdf()),
        file("a remark", Sheet::with_page("/Note (/EmbeddedFiles /EF << /F 5 0 R >>)").pdf()),
    ];
    all_show(&PAPER, files).await;
}

#[tokio::test]
async fn attachments_are_found_wherever_they_are_named() {
    let specification = |key: &str| format!("<< /Type /Filespec /F (a) /EF << /{key} 5 0 R >> >>");
    let named = |key: &str| Sheet {
        catalogue: format!("/Names << /EmbeddedFiles << /Names [(a) {}] >> >>", specification(key)),
        ..Sheet::default()
    };
    let kids = Sheet { catalogue: "/Names << /EmbeddedFiles << /Kids [6 0 R] >> >>".to_owned(), ..Sheet::default() };
    let list = format!("<< /Limits [(a) (a)] /Names [(a) {}] >>", specification("UF")).into_bytes();
    let beside = Sheet::with_page(&format!("/AF [{}]", specification("F")));
    let untyped = Sheet { catalogue: named("F").catalogue, ..Sheet::default() }.and(vec![stream("", b"MZ")]);
    let packed = named("F").and(vec![attached()]);
    let portfolio =
        Sheet { catalogue: "/Collection << /Type /Collection >> ".to_owned() + &named("UF").catalogue, ..Sheet::default() };
    let files = [
        file("F", named("F").and(vec![attached()]).pdf()),
        file("UF", named("UF").and(vec![attached()]).pdf()),
        file("further down", kids.and(vec![attached(), list]).pdf()),
        file("beside the page", beside.and(vec![attached()]).pdf()),
        file("without its kind", untyped.pdf()),
        file("in an object stream", packed_pdf(&packed.objects())),
        file("a portfolio", portfolio.and(vec![attached()]).pdf()),
        file("without an end mark", before(&pdf_of(&packed.objects(), ""), b"%%EOF")),
    ];
    all_refused(UploadRefusal::PdfAttachment, files.into()).await;
}
