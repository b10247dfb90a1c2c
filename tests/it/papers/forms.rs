//! PDF forms: what was filled in is on the stored page, or the form is refused.

use alpukat::domain::upload::UploadRefusal;

use super::sheet::{PAPER, Sheet, drawing, packed_pdf};
use super::{File, all_refused, all_show, file};
use crate::pdfs::stream;

/// A page with one field of a form, object 5, that covers all of it. Object 6 is how it looks, object 7 nothing to see.
struct Form {
    entries: &'static str,
    field: &'static str,
    /// Whether the page is empty, so that the paper is seen only if the field is drawn.
    drawn: bool,
}

impl Form {
    fn sheet(&self) -> Sheet {
        let (width, height) = (PAPER.width, PAPER.height);
        let letters = [&PAPER.content()[..], b"BT 1 g /F1 8 Tf 20 2 Td (Budi) Tj ET"].concat();
        let look = drawing("/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>", &letters);
        let field = format!("<< /Type /Annot /Subtype /Widget /T (nama) /Rect [0 0 {width} {height}] {} >>", self.field);
        let content = if self.drawn { stream("", b"") } else { stream("", &PAPER.content()) };
        let sheet = Sheet {
            catalogue: format!("/AcroForm << /Fields [5 0 R] {} >>", self.entries),
            content,
            ..Sheet::with_page("/Annots [5 0 R]")
        };
        let parent = b"<< /FT /Tx /V (Budi) /Kids [5 0 R] >>".to_vec();
        sheet.and(vec![field.into_bytes(), look, drawing("", b""), parent, stream("", b"Budi")])
    }
}

fn forms(drawn: bool, ways: &[(&str, &'static str, &'static str)]) -> Vec<File> {
    ways.iter().map(|(name, entries, field)| file(*name, Form { entries, field, drawn }.sheet().pdf())).collect()
}

#[tokio::test]
async fn answers_that_are_not_drawn_are_noticed() {
    let ways = [
        ("text", "", "/FT /Tx /V (Budi)"),
        ("text in two bytes a letter", "", "/FT /Tx /V <FEFF00420075>"),
        ("a long text", "", "/FT /Tx /V 9 0 R"),
        ("text with an empty look", "", "/FT /Tx /V (Budi) /AP << /N 7 0 R >>"),
        ("text with a look that is lost", "", "/FT /Tx /V (Budi) /AP << /N 99 0 R >>"),
        ("text of its parent", "", "/Parent 8 0 R"),
        ("text with an old look", "/NeedAppearances true", "/FT /Tx /V (Budi) /AP << /N 6 0 R >>"),
        ("a choice", "", "/FT /Ch /V (WNI) /Opt [(WNI) (WNA)]"),
        ("choices", "", "/FT /Ch /V [(WNI) (WNA)] /Opt [(WNI) (WNA)]"),
        ("a choice with an empty look", "", "/FT /Ch /V (WNI) /AP << /N 7 0 R >>"),
        ("a choice with an old look", "/NeedAppearances true", "/FT /Ch /V (WNI) /AP << /N 6 0 R >>"),
        ("a box", "", "/FT /Btn /V /Yes /AS /Yes"),
        ("a box without a state", "", "/FT /Btn /V /Yes"),
        ("a box that is drawn empty", "", "/FT /Btn /V /Yes /AS /Off /AP << /N << /Yes 6 0 R /Off 7 0 R >> >>"),
        ("a box that is drawn full", "", "/FT /Btn /V /Off /AS /Yes /AP << /N << /Yes 6 0 R /Off 7 0 R >> >>"),
        ("a box whose look is lost", "", "/FT /Btn /V /Yes /AS /Yes /AP << /N << /Yes 99 0 R /Off 7 0 R >> >>"),
        ("XFA", "/XFA 9 0 R", "/FT /Tx"),
        ("XFA in parts", "/XFA [(template) 9 0 R (datasets) 9 0 R]", "/FT /Tx"),
    ];
    all_refused(UploadRefusal::PdfFields, forms(false, &ways)).await;
    let hidden_in_stream = Form { entries: "", field: "/FT /Tx /V (Budi)", drawn: false }.sheet();
    all_refused(UploadRefusal::PdfFields, vec![file("object streams", packed_pdf(&hidden_in_stream.objects()))]).await;
}

#[tokio::test]
async fn answers_that_are_drawn_are_stored() {
    let ways = [
        ("text", "", "/FT /Tx /V (Budi) /AP << /N 6 0 R >>"),
        ("text, nothing to redraw", "/NeedAppearances false", "/FT /Tx /V (Budi) /AP << /N 6 0 R >>"),
        ("text of its parent", "", "/Parent 8 0 R /AP << /N 6 0 R >>"),
        ("a choice", "", "/FT /Ch /V (WNI) /AP << /N 6 0 R >>"),
        ("a box", "", "/FT /Btn /V /Yes /AS /Yes /AP << /N << /Yes 6 0 R /Off 7 0 R >> >>"),
        ("a box, to be redrawn", "/NeedAppearances true", "/FT /Btn /V /Yes /AS /Yes /AP << /N << /Yes 6 0 R /Off 7 0 R >> >>"),
        ("a radio button", "", "/FT /Btn /Ff 32768 /V /1 /AS /1 /AP << /N << /1 6 0 R /Off 7 0 R >> >>"),
        ("a push button", "", "/FT /Btn /Ff 65536 /AP << /N 6 0 R >>"),
        ("a signature", "", "/FT /Sig /AP << /N 6 0 R >>"),
        ("XFA without parts", "/XFA []", "/FT /Tx /V (Budi) /AP << /N 6 0 R >>"),
    ];
    all_show(&PAPER, forms(true, &ways)).await;
}

#[tokio::test]
async fn fields_without_an_answer_need_no_look() {
    let ways = [
        ("no text", "/NeedAppearances true", "/FT /Tx"),
        ("an empty text", "/NeedAppearances true", "/FT /Tx /V ()"),
        ("blanks", "", "/FT /Tx /V (  )"),
        ("an empty text in two bytes a letter", "", "/FT /Tx /V <FEFF>"),
        ("no choice", "/NeedAppearances true", "/FT /Ch /V [] /Opt [(WNI)]"),
        ("a box that is not ticked", "", "/FT /Btn /V /Off /AS /Off"),
        ("another radio button is on", "", "/FT /Btn /Ff 32768 /V /2 /AS /Off /AP << /N << /1 6 0 R /Off 7 0 R >> >>"),
        ("a push button", "", "/FT /Btn /Ff 65536"),
        ("a place for a signature", "", "/FT /Sig"),
        ("a hidden text", "", "/F 2 /FT /Tx /V (Budi)"),
        ("a text of no size", "", "/Rect [9 9 9 9] /FT /Tx /V (Budi)"),
    ];
    all_show(&PAPER, forms(false, &ways)).await;
}

fn marked(mark: &str) -> Vec<u8> {
    let (width, height) = (PAPER.width, PAPER.height);
    let page = format!("/Annots [<< /Type /Annot /Rect [0 0 {width} {height}] {mark} >>]");
    Sheet::with_page(&page).and(vec![drawing("", &PAPER.content())]).pdf()
}

#[tokio::test]
async fn marks_that_are_not_drawn_are_noticed() {
    let without =
        ["/Subtype /FreeText /Contents (Budi) /DA (/Helv 12 Tf)", "/Subtype /Ink /InkList [[9 9 99 99]]", "/Subtype /Stamp"];
    all_refused(UploadRefusal::PdfFields, without.map(|mark| file(mark, marked(mark))).into()).await;
    let with = [
        "/Subtype /FreeText /Contents (Budi) /AP << /N 5 0 R >>",
        "/Subtype /Stamp /AP << /N 5 0 R >>",
        "/Subtype /Link /Border [0 0 0] /A << /S /URI /URI (https://example.test/) >>",
        "/Subtype /Popup /Contents (lihat)",
    ];
    all_show(&PAPER, with.map(|mark| file(mark, marked(mark))).into()).await;
}
