//! The receipt as other programs see it: its text in reading order, its tags, and a QR code that a camera reads.
//! Needs pdftotext, pdftoppm and pdfinfo (poppler-utils) and zbarimg (zbar-tools).

use std::io::Write as _;
use std::process::{Command, Stdio};

use alpukat::render::{
    qr::{QUIET, Qr},
    receipt::{NoPickup, Pickup, Receipt, pdf},
};

const CHECK_URL: &str = "https://alpukat.example/periksa/4f1c09d2a77b4e0f9a6e21d3c58b7e60";

fn receipt<'a>() -> Receipt<'a> {
    Receipt {
        number: "K7M3-9QXF",
        submitted: "Kamis, 19 November 2026, 10.48\u{a0}WIB",
        category: "KTP-el hilang",
        name: "Siti Ñuñez O’Umpama",
        nik: "317101******0001",
        kelurahan: "Petojo Selatan",
        phone: "0812-****-1234",
        documents: vec![
            "Surat keterangan kehilangan, 1 halaman, 10.42\u{a0}WIB".to_owned(),
            "Kartu Keluarga (KK), 2 halaman, 10.44\u{a0}WIB".to_owned(),
        ],
        pickup: Ok(Pickup {
            counter: "Kelurahan Petojo Selatan",
            address: Some("Jl. Contoh No. 1, Jakarta Pusat"),
            date: "Rabu, 25 November 2026",
            hour: "09.00–09.30\u{a0}WIB",
        }),
        bring: vec![
            "Keterangan ini, dicetak atau di layar ponsel".to_owned(),
            "Surat kehilangan dari polisi yang asli".to_owned(),
        ],
        collectors: Some("Siti sendiri, atau anggota KK yang sama.".to_owned()),
        check_url: CHECK_URL,
        made_at: "Senin, 23 November 2026, 14.05\u{a0}WIB",
    }
}

/// What a tool makes of the bytes given to it.
fn run(tool: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{tool} must be installed for this test: {error}"));
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{tool}: {}", output.status);
    output.stdout
}

pub fn text(tool: &str, arguments: &[&str], input: &[u8]) -> String {
    String::from_utf8(run(tool, arguments, input)).unwrap()
}

/// Fails on the first of `parts` that does not follow the one before it.
fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part);
        let at = at.unwrap_or_else(|| panic!("“{part}” is missing or out of order in:\n{text}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn receipt_pdf_says_everything_in_order() {
    let text = text("pdftotext", &["-layout", "-", "-"], &pdf(&receipt()).unwrap());
    assert_in_order(
        &text,
        &[
            "Keterangan Cetak KTP-el",
            "Nomor permohonan",
            "K7M3-9QXF",
            "Diajukan",
            "Kamis, 19 November 2026, 10.48 WIB",
            "Keterangan Permohonan",
            "KTP-el hilang",
            "Nama lengkap",
            "Siti Ñuñez O’Umpama",
            "NIK",
            "317101******0001",
            "Kelurahan",
            "Petojo Selatan",
            "Nomor ponsel",
            "0812-****-1234",
            "Dokumen diterima",
            "Surat keterangan kehilangan, 1 halaman, 10.42 WIB",
            "Kartu Keluarga (KK), 2 halaman, 10.44 WIB",
            "Pengambilan",
            "Rabu, 25 November 2026, 09.00–09.30 WIB",
            "Kelurahan Petojo Selatan, Jl. Contoh No. 1, Jakarta Pusat",
            "Yang dibawa",
            "Keterangan ini, dicetak atau di layar ponsel",
            "Surat kehilangan dari polisi yang asli",
            "Yang boleh mengambil",
            "Siti sendiri, atau anggota KK yang sama.",
            "Layanan ini gratis. Petugas tidak pernah meminta kata sandi, kode, atau uang.",
            "Keterangan ini bukan pengganti KTP-el dan bukan tanda pengenal.",
            "Untuk memeriksa keasliannya, pindai kode QR. Lembar ini dibuat Senin, 23 November 2026, 14.05 WIB.",
        ],
    );
}

#[test]
fn receipt_pdf_of_an_ended_case_says_so_and_asks_nobody_to_come() {
    let why = "Permohonan ini sudah berakhir, jadi tidak ada kartu yang diambil.";
    let ended = Receipt { pickup: Err(NoPickup { status: "Dibatalkan", why }), bring: Vec::new(), collectors: None, ..receipt() };
    let pdf = pdf(&ended).unwrap();
    let told = text("pdftotext", &["-layout", "-", "-"], &pdf);
    assert_in_order(&told, &["Pengambilan", "Dibatalkan.", why, "Layanan ini gratis."]);
    for word in ["25 November", "09.00", "Jl. Contoh", "Yang dibawa", "Yang boleh mengambil"] {
        assert!(!told.contains(word), "{word} in {told}");
    }
    assert!(!text("pdfinfo", &["-struct-text", "-"], &pdf).contains("Yang dibawa"));
}

#[test]
fn receipt_pdf_is_one_a4_page_that_can_be_read_aloud() {
    let pdf = pdf(&receipt()).unwrap();
    let about = text("pdfinfo", &["-"], &pdf);
    for line in ["Pages:1", "Tagged:yes", "Title:KeteranganCetakKTP-elK7M3-9QXF", "(A4)"] {
        assert!(about.replace(' ', "").contains(line), "{line} in\n{about}");
    }
    assert_in_order(
        &text("pdfinfo", &["-struct-text", "-"], &pdf),
        &[
            "H1 \"Keterangan Cetak KTP-el\"",
            "Figure",
            "Table",
            "TH",
            "\"Diajukan\"",
            "TD",
            "H2 \"Pengambilan\"",
            "H2 \"Yang dibawa\"",
            "LI",
            "H2 \"Yang boleh mengambil\"",
        ],
    );
}

#[test]
fn receipt_qr_code_is_readable_from_paper() {
    for name in ["Siti Umpama", &"Nama Yang Sangat Panjang Sekali ".repeat(30)] {
        let receipt = Receipt { name, ..receipt() };
        let pdf = pdf(&receipt).unwrap();
        for resolution in ["150", "300"] {
            let picture = run("pdftoppm", &["-r", resolution, "-png", "-singlefile", "-"], &pdf);
            let seen = text("zbarimg", &["-q", "--raw", "PNG:-"], &picture);
            assert_eq!(seen.trim(), CHECK_URL, "at {resolution} dpi");
            if resolution == "300" {
                assert_quiet(&picture);
            }
        }
    }
}

/// Fails unless nothing is printed within four modules of the code. It stands at the right margin, and what begins there
/// first below the header's eave is its upper edge.
fn assert_quiet(picture: &[u8]) {
    let page = image::load_from_memory(picture).unwrap().to_luma8();
    // From tenths of a point.
    let dots = |tenths: u32| tenths * 300 / 720;
    let (side, right) = (dots(1040), page.width() - dots(567));
    let is_dark = |x: u32, y: u32| page.get_pixel(x, y).0[0] < 200;
    let finder = right - dots(40);
    let top = (dots(850)..page.height()).find(|y| is_dark(finder, *y)).unwrap();
    let module = side / u32::try_from(Qr::new(CHECK_URL).unwrap().size()).unwrap();
    let quiet = module * u32::try_from(QUIET).unwrap();
    // One dot of blur at the edges.
    let (left, bottom) = (right - side - 1, top + side + 1);
    for y in top - quiet..bottom + quiet {
        for x in left - quiet..right + quiet {
            let inside = (left..=right).contains(&x) && (top..bottom).contains(&y);
            assert!(inside || !is_dark(x, y), "ink at {x}, {y} around a code from {left}, {top} to {right}, {bottom}");
        }
    }
}
