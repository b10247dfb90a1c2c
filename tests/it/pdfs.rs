//! Makes the PDFs that tests upload.

use super::files::zlib_of;

/// Puts a PDF together: object 1 must be the catalogue. `extra` goes into the trailer.
pub fn pdf_of(objects: &[Vec<u8>], extra: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes();
    for (number, object) in (1..).zip(objects) {
        table.extend(format!("{:010} 00000 n \n", file.len()).into_bytes());
        file.extend(format!("{number} 0 obj\n").into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    let size = objects.len() + 1;
    file.extend(table);
    file.extend(format!("trailer\n<< /Size {size} /Root 1 0 R {extra} >>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    file
}

pub fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let length = data.len();
    [format!("<< {dictionary} /Length {length} >>\nstream\n").as_bytes(), data, b"\nendstream"].concat()
}

/// Catalogue, page tree and font; then page and content by turns. `catalogue`, `page` and `trailer` add entries.
fn document(pages: usize, catalogue: &str, page: &str, trailer: &str, content: &dyn Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let kids = (0..pages).map(|index| format!("{} 0 R", 4 + 2 * index)).collect::<Vec<_>>().join(" ");
    let mut objects = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>").into_bytes(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {pages} >>").into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ];
    for index in 0..pages {
        let contents = 5 + 2 * index;
        objects.push(
            format!("<< /Type /Page /Parent 2 0 R /Contents {contents} 0 R /Resources << /Font << /F1 3 0 R >> >> {page} >>")
                .into_bytes(),
        );
        objects.push(content(index));
    }
    pdf_of(&objects, trailer)
}

fn words(index: usize) -> Vec<u8> {
    stream("", format!("BT /F1 48 Tf 60 700 Td (Halaman {}) Tj ET", index + 1).as_bytes())
}

const A4: &str = "/MediaBox [0 0 595 842]";

/// Pages of A4 with their number on them.
pub fn pdf(pages: usize) -> Vec<u8> {
    document(pages, "", A4, "", &words)
}

/// One page with a media box and whatever else of one's own.
pub fn pdf_page(entries: &str) -> Vec<u8> {
    document(1, "", entries, "", &words)
}

/// What only its password opens: the numbers to check it with are random, as they are in every such file.
pub fn locked_pdf() -> Vec<u8> {
    let encrypt = format!("/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{}> /U <{}> >>", "5A".repeat(32), "C3".repeat(32));
    document(1, "", A4, &format!("{encrypt} /ID [<00> <00>]"), &words)
}

/// What opens for everybody and only asks not to be printed: `/U` is the answer that the empty password gives.
pub fn restricted_pdf() -> Vec<u8> {
    let user = "AD1DAFB622EAF00B28272918B2D02583519B1EA1FDB8F3ACC58AD063F7A6F69E";
    let encrypt = format!("/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{}> /U <{user}> >>", "5A".repeat(32));
    document(1, "", A4, &format!("{encrypt} /ID [<00> <00>]"), &|_| stream("", b""))
}

/// A page that paints for a gigabyte.
pub fn content_bomb() -> Vec<u8> {
    document(1, "", A4, "", &|_| stream("/Filter /FlateDecode", &zlib_of(b' ', 1 << 30)))
}

/// A page that is listed in an object stream of a gigabyte.
pub fn object_stream_bomb() -> Vec<u8> {
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>".to_vec(),
        stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &zlib_of(b' ', 1 << 30)),
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut entries = vec![[0, 0, 0, 0, 0, 0]];
    let entry = |kind: u8, value: usize, index: u8| {
        let [a, b, c, d] = u32::try_from(value).unwrap().to_be_bytes();
        [kind, a, b, c, d, index]
    };
    for (number, object) in (1..).zip(&objects) {
        entries.push(entry(1, file.len(), 0));
        file.extend(format!("{number} 0 obj\n").into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    entries.push(entry(1, start, 0));
    entries.push(entry(2, 3, 0));
    file.extend(b"4 0 obj\n");
    file.extend(stream("/Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R", entries.as_flattened()));
    file.extend(format!("\nendobj\nstartxref\n{start}\n%%EOF\n").into_bytes());
    file
}

/// A page with more strokes on it than anybody could see.
pub fn overpainted_pdf() -> Vec<u8> {
    let curve = b"0 0 m 600 900 -600 900 595 0 c S\n".repeat(4_000_000 / 33);
    document(1, "", A4, "", &|_| stream("", &curve))
}

/// A PDF with a file attached to it, as mail programs show it.
pub fn pdf_with_attachment() -> Vec<u8> {
    let names = "/Names << /EmbeddedFiles << /Names [(a.exe) << /Type /Filespec /F (a.exe) /EF << /F 5 0 R >> >>] >> >>";
    document(1, names, A4, "", &|_| stream("/Type /EmbeddedFile", b"MZ"))
}

/// A PDF with a file pinned to the page by an annotation.
pub fn pdf_with_pinned_file() -> Vec<u8> {
    let pin = "/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS << /F (a.exe) /EF << /F 5 0 R >> >> >>]";
    document(1, "", &format!("{A4} {pin}"), "", &words)
}
