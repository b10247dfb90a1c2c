//! PDFs of one page that shows the paper, with whatever else is wanted in them.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::paper::Paper;
use crate::pdfs::{pdf_of, stream};

/// What every PDF here shows, in points.
pub const PAPER: Paper = Paper { width: 595, height: 420 };

/// The parts of a PDF, each of which can be replaced: the catalogue is object 1, the tree 2, the page 3, what it shows 4,
/// and what a test adds begins with 5.
pub struct Sheet {
    /// Entries of the catalogue beside its tree.
    pub catalogue: String,
    /// Entries of the tree beside its only page.
    pub tree: String,
    /// Entries of the page beside its content.
    pub page: String,
    /// What the page shows: an object.
    pub content: Vec<u8>,
    pub more: Vec<Vec<u8>>,
}

impl Default for Sheet {
    fn default() -> Self {
        Self {
            catalogue: String::new(),
            tree: String::new(),
            page: PAPER.media_box(),
            content: stream("", &PAPER.content()),
            more: Vec::new(),
        }
    }
}

impl Paper {
    pub fn media_box(self) -> String {
        format!("/MediaBox [0 0 {} {}]", self.width, self.height)
    }
}

impl Sheet {
    pub fn objects(&self) -> Vec<Vec<u8>> {
        let Self { catalogue, tree, page, content, more } = self;
        let mut objects = vec![
            format!("<< /Type /Catalog /Pages 2 0 R {catalogue} >>").into_bytes(),
            format!("<< /Type /Pages /Kids [3 0 R] /Count 1 {tree} >>").into_bytes(),
            format!("<< /Type /Page /Parent 2 0 R /Contents 4 0 R {page} >>").into_bytes(),
            content.clone(),
        ];
        objects.extend(more.iter().cloned());
        objects
    }

    pub fn pdf(&self) -> Vec<u8> {
        pdf_of(&self.objects(), "")
    }

    /// The page with more entries.
    pub fn with_page(entries: &str) -> Self {
        Self { page: format!("{} {entries}", PAPER.media_box()), ..Self::default() }
    }

    /// With these objects from number 5 on.
    pub fn and(self, more: Vec<Vec<u8>>) -> Self {
        Self { more, ..self }
    }
}

pub fn packed(data: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(data).unwrap();
    packed.finish().unwrap()
}

/// A drawing that a page or an annotation can place.
pub fn drawing(entries: &str, content: &[u8]) -> Vec<u8> {
    let Paper { width, height } = PAPER;
    stream(&format!("/Type /XObject /Subtype /Form /BBox [0 0 {width} {height}] {entries}"), content)
}

/// The same objects, all but streams packed into one of them, and a table of contents that is a stream as well.
pub fn packed_pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let entry = |kind: u8, value: usize, index: usize| {
        let [a, b, c, d] = u32::try_from(value).unwrap().to_be_bytes();
        [kind, a, b, c, d, u8::try_from(index).unwrap()]
    };
    let (pack, table) = (objects.len() + 1, objects.len() + 2);
    let mut entries = vec![entry(0, 0, 0)];
    let (mut numbers, mut inner, mut count) = (String::new(), Vec::new(), 0);
    for (number, object) in (1..).zip(objects) {
        if object.ends_with(b"endstream") {
            entries.push(entry(1, file.len(), 0));
            file.extend([format!("{number} 0 obj\n").as_bytes(), object, b"\nendobj\n"].concat());
        } else {
            entries.push(entry(2, pack, count));
            numbers.extend([number.to_string(), " ".to_owned(), inner.len().to_string(), " ".to_owned()]);
            inner.extend([object, &b"\n"[..]].concat());
            count += 1;
        }
    }
    let first = numbers.len();
    let contents = stream(
        &format!("/Type /ObjStm /N {count} /First {first} /Filter /FlateDecode"),
        &packed(&[numbers.as_bytes(), &inner].concat()),
    );
    entries.push(entry(1, file.len(), 0));
    file.extend([format!("{pack} 0 obj\n").as_bytes(), &contents, b"\nendobj\n"].concat());
    let start = file.len();
    entries.push(entry(1, start, 0));
    let size = table + 1;
    let listed =
        stream(&format!("/Type /XRef /Size {size} /W [1 4 1] /Root 1 0 R /Filter /FlateDecode"), &packed(entries.as_flattened()));
    file.extend([format!("{table} 0 obj\n").as_bytes(), &listed, b"\nendobj\n"].concat());
    file.extend(format!("startxref\n{start}\n%%EOF\n").into_bytes());
    file
}
