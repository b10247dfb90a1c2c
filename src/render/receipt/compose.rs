//! Where everything stands on the receipt: from the head down, each part moves the pen on by its own height.
//! Lengths are points; type and gaps shrink with the fit, margins and the QR code do not.

use std::num::NonZeroU16;

use krilla::geom::{PathBuilder, Rect};
use krilla::tagging::{BBox, ListNumbering, TableHeaderScope, Tag};

use super::pen::{BLACK, BOTTOM, Fit, HAIR, LEFT, Pen, RIGHT, Style, polygon, qr_path, rounded};
use super::sheet::{Element, Ink, Ornament};
use super::typeset::{Line, Typeface, Weight};
use super::{NoPickup, Pickup, Receipt};
use crate::render::qr::Qr;

/// The tightest fit, which holds any receipt, and before it the roomier ones, the best first:
/// type shrinks before anything is cut.
pub const FITS: (Fit, [Fit; 6]) = (
    Fit::new(0.72, 1, 6),
    [
        Fit::new(1.0, 99, 12),
        Fit::new(0.92, 99, 12),
        Fit::new(0.84, 99, 12),
        Fit::new(0.76, 99, 12),
        Fit::new(0.72, 4, 12),
        Fit::new(0.72, 2, 8),
    ],
);

/// A receipt with everything at its place, not yet written.
pub struct Page {
    pub elements: Vec<Element>,
    pub ornaments: Vec<Ornament>,
    bottom: f32,
}

const LABELS: f32 = 138.0;
const QR_SIDE: f32 = 104.0;

const BRAND: Style = Style::new(15.0, 20.0, 0);
const TITLE: Style = Style::new(24.0, 30.0, 0);
const NUMBER: Style = Style::new(27.0, 34.0, 0);
const HEADING: Style = Style::new(12.5, 18.0, 0);
const DATE: Style = Style::new(15.0, 21.0, 0);
const BODY: Style = Style::new(11.0, 16.0, 0);
const LABEL: Style = Style::new(10.0, 16.0, 70);
const SMALL: Style = Style::new(9.0, 13.0, 70);

/// Sets a receipt with the given fit.
pub fn compose(receipt: &Receipt, qr: &Qr, typeface: &'static Typeface, fit: Fit) -> Page {
    let mut pen = Pen::new(typeface, fit);
    pen.head();
    pen.title(receipt, qr);
    pen.details(receipt);
    pen.pickup(receipt);
    pen.bring(receipt);
    pen.collectors(receipt);
    pen.foot(receipt);
    Page { elements: pen.elements, ornaments: pen.ornaments, bottom: pen.y }
}

impl Page {
    /// Whether the foot still stands on the page.
    pub fn fits(&self) -> bool {
        // The foot is set to end at the margin, give or take what rounding does.
        self.bottom <= BOTTOM + 0.1
    }
}

/// The parts of the receipt, from the top.
impl Pen {
    /// The sender, over an eave of gigi balang.
    fn head(&mut self) {
        let top = self.y;
        let office = self.small("Dinas Kependudukan dan Pencatatan Sipil DKI Jakarta");
        let width: f32 = office.iter().flatten().map(|segment| segment.width).sum();
        let brand = self.text(Weight::Bold, "Alpukat", BRAND, LEFT, 120.0);
        self.push(Tag::P, brand);

        // On the baseline of the brand, against the right margin.
        self.y = top + self.scaled(0.75 * (BRAND.line - SMALL.line));
        let office = self.lay(office, SMALL, RIGHT - width * self.scaled(SMALL.size));
        self.push(Tag::P, office);
        self.y = top + self.scaled(BRAND.line + 5.0);
        self.eave();
        self.gap(28.0);
    }

    /// Pendants with diamonds between them, as on the first page of the portal.
    fn eave(&mut self) {
        const PENDANTS: u8 = 40;
        let width = (RIGHT - LEFT) / f32::from(PENDANTS);
        let (half, depth) = (width / 2.0, width / 2.0);
        let (mut pendants, mut diamonds) = (PathBuilder::new(), PathBuilder::new());
        for number in 0..PENDANTS {
            let (x, y) = (LEFT + f32::from(number) * width, self.y);
            polygon(&mut pendants, &[(x, y), (x + width, y), (x + half, y + depth)]);
            if number > 0 {
                let middle = y + depth / 2.0;
                polygon(&mut diamonds, &[(x, y), (x + half / 2.0, middle), (x, y + depth), (x - half / 2.0, middle)]);
            }
        }
        self.adorn(pendants.finish(), Ink::Filled { grey: BLACK });
        self.adorn(diamonds.finish(), Ink::Filled { grey: 165 });
        self.rule(Ink::Outlined { grey: BLACK, width: 1.5 });
        self.y += depth;
    }

    fn title(&mut self, receipt: &Receipt, qr: &Qr) {
        let top = self.y;
        let width = RIGHT - LEFT - QR_SIDE - 24.0;
        let heading = "Keterangan Cetak KTP-el";
        let title = self.text(Weight::Bold, heading, TITLE, LEFT, width);
        self.push(Tag::Hn(NonZeroU16::MIN, Some(heading.to_owned())), title);

        // The code is level with the top of the title's capitals, and the number stands on its lower edge.
        let qr_top = top + self.scaled(5.0);
        let qr_bottom = qr_top + QR_SIDE;
        let number = self.wrap(&[(Weight::Bold, receipt.number)], NUMBER, width);
        let above = self.scaled(LABEL.line + 0.75 * NUMBER.line);
        self.y = self.y.max(qr_bottom - above);
        let mut lines = self.text(Weight::Regular, "Nomor permohonan", LABEL, LEFT, width);
        lines.extend(self.lay(number, NUMBER, LEFT));
        self.push(Tag::P, lines);

        let alt = format!("Kode QR ke halaman periksa permohonan {}", receipt.number);
        let frame = Rect::from_xywh(RIGHT - QR_SIDE, qr_top, QR_SIDE, QR_SIDE);
        if let Some((path, frame)) = qr_path(qr, RIGHT - QR_SIDE, qr_top, QR_SIDE).zip(frame) {
            let tag = Tag::Figure(Some(alt)).with_bbox(Some(BBox::new(0, frame)));
            self.push(tag, vec![Element::Drawing(path)]);
        }
        self.y = self.y.max(qr_bottom);
        self.gap(24.0);
    }

    fn details(&mut self, receipt: &Receipt) {
        let documents = self.shortened(&receipt.documents);
        let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
        let rows: [(&str, &[&str]); 7] = [
            ("Diajukan", &[receipt.submitted]),
            ("Keterangan Permohonan", &[receipt.category]),
            ("Nama lengkap", &[receipt.name]),
            ("NIK", &[receipt.nik]),
            ("Kelurahan", &[receipt.kelurahan]),
            ("Nomor ponsel", &[receipt.phone]),
            ("Dokumen diterima", &documents),
        ];
        let mut table = Vec::new();
        for (label, values) in rows {
            self.rule(HAIR);
            self.gap(5.5);
            let top = self.y;
            let label = self.text(Weight::Regular, label, LABEL, LEFT, LABELS - 8.0);
            let label_bottom = self.y;
            self.y = top;
            let mut cells = Vec::new();
            for value in values {
                let value = self.text(Weight::Regular, value, BODY, LEFT + LABELS, RIGHT - LEFT - LABELS);
                cells.push(Element::Group(Tag::P.into(), value));
            }
            self.y = self.y.max(label_bottom);
            self.gap(5.5);
            table.push(Element::Group(
                Tag::TR.into(),
                vec![Element::Group(Tag::TH(TableHeaderScope::Row).into(), label), Element::Group(Tag::TD.into(), cells)],
            ));
        }
        self.rule(HAIR);
        self.push(Tag::Table, table);
        self.gap(24.0);
    }

    fn pickup(&mut self, receipt: &Receipt) {
        const INSET: f32 = 14.0;
        let top = self.y;
        let width = RIGHT - LEFT - 2.0 * INSET;
        self.gap(11.0);
        self.heading("Pengambilan", LEFT + INSET);
        self.gap(2.0);
        let (first, second) = match &receipt.pickup {
            Ok(Pickup { counter, address, date, hour }) => {
                let place = address.map_or_else(|| (*counter).to_owned(), |address| format!("{counter}, {address}"));
                // The hour stays in one piece.
                (format!("{date}, {}", hour.replace(' ', "\u{a0}")), place)
            }
            Err(NoPickup { status, why }) => (format!("{status}."), (*why).to_owned()),
        };
        let first = self.text(Weight::Bold, &first, DATE, LEFT + INSET, width);
        self.push(Tag::P, first);
        self.gap(2.0);
        let second = self.text(Weight::Regular, &second, BODY, LEFT + INSET, width);
        self.push(Tag::P, second);
        self.gap(11.0);
        self.adorn(rounded(LEFT, top, RIGHT, self.y), Ink::Outlined { grey: BLACK, width: 1.0 });
        self.gap(22.0);
    }

    fn bring(&mut self, receipt: &Receipt) {
        const INDENT: f32 = 13.0;
        if receipt.bring.is_empty() {
            return;
        }
        self.heading("Yang dibawa", LEFT);
        self.gap(2.0);
        let mut list = Vec::new();
        for item in self.shortened(&receipt.bring) {
            let top = self.y;
            let bullet = self.text(Weight::Regular, "•", BODY, LEFT + 1.0, INDENT);
            self.y = top;
            let item = self.text(Weight::Regular, &item, BODY, LEFT + INDENT, RIGHT - LEFT - INDENT);
            list.push(Element::Group(
                Tag::LI.into(),
                vec![Element::Group(Tag::Lbl.into(), bullet), Element::Group(Tag::LBody.into(), item)],
            ));
        }
        self.push(Tag::L(ListNumbering::Disc), list);
        self.gap(16.0);
    }

    fn collectors(&mut self, receipt: &Receipt) {
        let Some(collectors) = &receipt.collectors else { return };
        self.heading("Yang boleh mengambil", LEFT);
        self.gap(2.0);
        let who = self.text(Weight::Regular, collectors, BODY, LEFT, RIGHT - LEFT);
        self.push(Tag::P, who);
    }

    /// What every citizen should know, standing at the bottom of the page.
    fn foot(&mut self, receipt: &Receipt) {
        let free = self.wrap(
            &[
                (Weight::Bold, "Layanan ini gratis. "),
                (Weight::Regular, "Petugas tidak pernah meminta kata sandi, kode, atau uang."),
            ],
            BODY,
            RIGHT - LEFT,
        );
        let no_card = self.small("Keterangan ini bukan pengganti KTP-el dan bukan tanda pengenal.");
        let made = self.small(&format!("Untuk memeriksa keasliannya, pindai kode QR. Lembar ini dibuat {}.", receipt.made_at));
        let height = self.scaled(9.0 + 4.0) + self.height(&free, BODY) + self.height(&no_card, SMALL) + self.height(&made, SMALL);

        self.gap(18.0);
        self.y = self.y.max(BOTTOM - height);
        self.rule(HAIR);
        self.gap(9.0);
        let free = self.lay(free, BODY, LEFT);
        self.push(Tag::P, free);
        self.gap(4.0);
        for lines in [no_card, made] {
            let lines = self.lay(lines, SMALL, LEFT);
            self.push(Tag::P, lines);
        }
    }

    fn small(&self, text: &str) -> Vec<Line> {
        self.wrap(&[(Weight::Regular, text)], SMALL, RIGHT - LEFT)
    }

    fn heading(&mut self, heading: &str, x: f32) {
        let lines = self.text(Weight::Bold, heading, HEADING, x, RIGHT - x);
        let level = NonZeroU16::MIN.saturating_add(1);
        self.push(Tag::Hn(level, Some(heading.to_owned())), lines);
    }

    /// The entries that are shown; what is left out is said.
    fn shortened(&self, items: &[String]) -> Vec<String> {
        let mut shown: Vec<String> = items.iter().take(self.fit.items).cloned().collect();
        let left_out = items.len() - shown.len();
        if left_out > 0 {
            shown.push(format!("dan {left_out} lainnya"));
        }
        shown
    }
}
