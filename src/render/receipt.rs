//! The receipt "Keterangan Cetak KTP-el" on paper: one A4 page in black and white that a screen reader can read too.
//! What it says comes ready-made in [`Receipt`]; this module only sets it.

mod compose;
mod pen;
mod sheet;
mod typeset;

use super::qr::{Qr, QrError};
use compose::{FITS, compose};
use typeset::Typeface;

/// What a receipt states, in the words that are shown; NIK and phone come masked. It cannot be debug-printed, as it names people.
#[derive(Clone)]
pub struct Receipt<'a> {
    /// Receipt number: `K7M3-9QXF`.
    pub number: &'a str,
    /// When it was submitted: `Kamis, 19 November 2026, 10.48 WIB`.
    pub submitted: &'a str,
    /// Label of the category: `KTP-el hilang`.
    pub category: &'a str,
    /// Full name of the resident.
    pub name: &'a str,
    /// NIK, masked: `317101******0001`.
    pub nik: &'a str,
    /// Kelurahan, by its name alone.
    pub kelurahan: &'a str,
    /// Phone, masked: `0812-****-1234`.
    pub phone: &'a str,
    /// One line a document: `Kartu Keluarga (KK), 1 halaman, 10.44 WIB`.
    pub documents: Vec<String>,
    /// When and where the card is picked up, or why there is nothing to pick up.
    pub pickup: Result<Pickup<'a>, NoPickup<'a>>,
    /// What to bring; nothing once the case has ended.
    pub bring: Vec<String>,
    /// Who may collect the card, in one or two sentences; nothing once the case has ended.
    pub collectors: Option<String>,
    /// Address of the check page, which the QR code carries.
    pub check_url: &'a str,
    /// When this sheet was made: `Senin, 23 November 2026, 14.05 WIB`.
    pub made_at: &'a str,
}

/// When and where a card is picked up.
#[derive(Clone, Copy)]
pub struct Pickup<'a> {
    /// `Kelurahan Petojo Selatan`.
    pub counter: &'a str,
    /// Address of that counter, where it is known.
    pub address: Option<&'a str>,
    /// `Rabu, 25 November 2026`.
    pub date: &'a str,
    /// `09.00–09.30 WIB`.
    pub hour: &'a str,
}

/// Why there is nothing to pick up.
#[derive(Clone, Copy)]
pub struct NoPickup<'a> {
    /// The status in words: `Dibatalkan`.
    pub status: &'a str,
    /// What that means: `Permohonan ini sudah berakhir, jadi tidak ada kartu yang diambil.`
    pub why: &'a str,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// The font files inside the program are broken.
    #[error("the embedded fonts cannot be read")]
    Fonts,
    /// The address of the check page is too long for a QR code.
    #[error(transparent)]
    Qr(#[from] QrError),
    /// The page could not be written as a PDF. Only the message is kept: the cause may hold text of the receipt.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
}

/// Sets the receipt on one page, smaller and at last cut when its values are very long. The same receipt gives the same bytes.
///
/// # Errors
/// When the check address does not fit a QR code, or the fonts or the page cannot be written, which is a defect of the program.
pub fn pdf(receipt: &Receipt) -> Result<Vec<u8>, ReceiptError> {
    let typeface = Typeface::get().ok_or(ReceiptError::Fonts)?;
    let qr = Qr::new(receipt.check_url)?;
    let (last, roomier) = FITS;
    let page = roomier
        .into_iter()
        .map(|fit| compose(receipt, &qr, typeface, fit))
        .find(compose::Page::fits)
        .unwrap_or_else(|| compose(receipt, &qr, typeface, last));
    let title = format!("Keterangan Cetak KTP-el {}", receipt.number);
    sheet::write(&title, typeface, page.elements, &page.ornaments).map_err(|error| ReceiptError::Pdf(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt<'a>() -> Receipt<'a> {
        Receipt {
            number: "K7M3-9QXF",
            submitted: "Kamis, 19 November 2026, 10.48 WIB",
            category: "KTP-el hilang",
            name: "Siti Umpama",
            nik: "317101******0001",
            kelurahan: "Petojo Selatan",
            phone: "0812-****-1234",
            documents: vec!["Kartu Keluarga (KK), 1 halaman, 10.44 WIB".to_owned()],
            pickup: Ok(Pickup {
                counter: "Kelurahan Petojo Selatan",
                address: None,
                date: "Rabu, 25 November 2026",
                hour: "09.00–09.30 WIB",
            }),
            bring: vec!["Keterangan ini, dicetak atau di layar ponsel".to_owned()],
            collectors: Some("Siti Umpama sendiri.".to_owned()),
            check_url: "https://alpukat.example/periksa/4f1c09d2a77b4e0f9a6e21d3c58b7e60",
            made_at: "Senin, 23 November 2026, 14.05 WIB",
        }
    }

    fn count(pdf: &[u8], word: &str) -> usize {
        pdf.windows(word.len()).filter(|window| *window == word.as_bytes()).count()
    }

    #[test]
    fn is_one_tagged_page_in_indonesian() {
        let pdf = pdf(&receipt()).unwrap();
        assert_eq!(count(&pdf, "/Type/Page/"), 1);
        for word in ["/MarkInfo", "/StructTreeRoot", "/Lang(id-ID)", "/DisplayDocTitle true"] {
            assert!(count(&pdf, word) > 0, "{word}");
        }
    }

    #[test]
    fn embeds_only_the_letters_it_uses() {
        let pdf = pdf(&receipt()).unwrap();
        assert_eq!(count(&pdf, "/FontFile2"), 2);
        assert!(pdf.len() < 50_000, "{} bytes", pdf.len());
    }

    #[test]
    fn same_receipt_same_bytes() {
        assert_eq!(pdf(&receipt()).unwrap(), pdf(&receipt()).unwrap());
    }

    #[test]
    fn odd_letters_still_make_a_page() {
        let odd = "🥑 محمد שלום 王\0\u{202e}\u{feff}\n\t e\u{301}\u{301} ﬁ \u{10ffff}";
        let mut receipt = receipt();
        receipt.number = odd;
        receipt.name = odd;
        receipt.pickup = Ok(Pickup { counter: odd, address: Some(odd), date: "", hour: odd });
        receipt.made_at = "";
        receipt.documents = vec![String::new(), odd.to_owned()];
        receipt.bring = Vec::new();
        receipt.collectors = Some(String::new());
        assert_eq!(count(&pdf(&receipt).unwrap(), "/Type/Page/"), 1);
    }

    #[test]
    fn an_address_beyond_a_qr_code_is_an_error() {
        let long = "x".repeat(3_000);
        let mut receipt = receipt();
        receipt.check_url = &long;
        assert!(matches!(pdf(&receipt), Err(ReceiptError::Qr(_))));
    }

    #[test]
    fn whatever_is_said_the_foot_stays_on_the_page() {
        let typeface = Typeface::get().unwrap();
        let (words, letters) = ("Satu kata lagi ".repeat(300), "W".repeat(5_000));
        let (words, letters) = (words.as_str(), letters.as_str());
        let mut receipt = receipt();
        (receipt.number, receipt.submitted, receipt.category) = (letters, words, words);
        (receipt.name, receipt.nik, receipt.kelurahan) = (letters, words, letters);
        (receipt.phone, receipt.made_at) = (words, words);
        receipt.pickup = Ok(Pickup { counter: letters, address: Some(words), date: words, hour: words });
        receipt.documents = vec![words.to_owned(); 40];
        receipt.bring = vec![words.to_owned(); 40];
        receipt.collectors = Some(words.to_owned());
        let qr = Qr::new(receipt.check_url).unwrap();
        assert!(compose(&receipt, &qr, typeface, FITS.0).fits());
        assert_eq!(count(&pdf(&receipt).unwrap(), "/Type/Page/"), 1);
    }

    #[test]
    fn ten_documents_are_all_shown() {
        let mut receipt = receipt();
        receipt.documents = vec!["Surat keterangan pindah, 10 halaman, 10.42 WIB".to_owned(); 10];
        let qr = Qr::new(receipt.check_url).unwrap();
        let typeface = Typeface::get().unwrap();
        let uncut = &FITS.1[..4];
        assert!(uncut.iter().any(|fit| compose(&receipt, &qr, typeface, *fit).fits()));
    }
}
