//! The pen: it keeps the place on the page, sets text there in a style, and collects what it draws.
//! Lengths are points before the fit shrinks them.

use krilla::geom::{Path, PathBuilder, Rect};
use krilla::tagging::TagKind;

use super::sheet::{Element, HEIGHT, Ink, Ornament, WIDTH};
use super::typeset::{Line, Typeface, Weight};
use crate::render::qr::Qr;

/// The margins: 2 cm at the sides.
pub const LEFT: f32 = 56.7;
pub const RIGHT: f32 = WIDTH - LEFT;
pub const BOTTOM: f32 = HEIGHT - 48.0;
const TOP: f32 = 44.0;

pub const BLACK: u8 = 0;
pub const HAIR: Ink = Ink::Outlined { grey: 150, width: 0.5 };

/// How tightly a receipt is set.
#[derive(Clone, Copy)]
pub struct Fit {
    scale: f32,
    /// Most lines a value may take.
    lines: usize,
    /// Most entries of a list that are shown.
    pub items: usize,
}

/// Size of the letters, height of a line, and grey.
#[derive(Clone, Copy)]
pub struct Style {
    pub size: f32,
    pub line: f32,
    pub grey: u8,
}

/// Where writing goes on, and what is written so far.
pub struct Pen {
    typeface: &'static Typeface,
    pub fit: Fit,
    /// How far down the page.
    pub y: f32,
    pub elements: Vec<Element>,
    pub ornaments: Vec<Ornament>,
}

impl Fit {
    pub const fn new(scale: f32, lines: usize, items: usize) -> Self {
        Self { scale, lines, items }
    }
}

impl Style {
    pub const fn new(size: f32, line: f32, grey: u8) -> Self {
        Self { size, line, grey }
    }
}

impl Pen {
    pub fn new(typeface: &'static Typeface, fit: Fit) -> Self {
        Self { typeface, fit, y: TOP, elements: Vec::new(), ornaments: Vec::new() }
    }

    /// Sets text, broken to the width, and moves down below it.
    pub fn text(&mut self, weight: Weight, text: &str, style: Style, x: f32, width: f32) -> Vec<Element> {
        let lines = self.wrap(&[(weight, text)], style, width);
        self.lay(lines, style, x)
    }

    /// Text as the lines it would take.
    pub fn wrap(&self, runs: &[(Weight, &str)], style: Style, width: f32) -> Vec<Line> {
        self.typeface.wrap(runs, width / self.scaled(style.size), self.fit.lines)
    }

    /// Sets lines one below the other. The baseline depends on their height alone, so that styles of one height align.
    pub fn lay(&mut self, lines: Vec<Line>, style: Style, x: f32) -> Vec<Element> {
        let (size, height) = (self.scaled(style.size), self.scaled(style.line));
        let mut placed = Vec::new();
        for line in lines {
            placed.push(Element::Text { x, y: self.y + 0.75 * height, size, grey: style.grey, line });
            self.y += height;
        }
        placed
    }

    pub fn height(&self, lines: &[Line], style: Style) -> f32 {
        lines.iter().map(|_| self.scaled(style.line)).sum()
    }

    pub fn scaled(&self, length: f32) -> f32 {
        length * self.fit.scale
    }

    pub fn gap(&mut self, length: f32) {
        self.y += self.scaled(length);
    }

    /// A line across the page.
    pub fn rule(&mut self, ink: Ink) {
        let mut path = PathBuilder::new();
        path.move_to(LEFT, self.y);
        path.line_to(RIGHT, self.y);
        self.adorn(path.finish(), ink);
    }

    /// Draws what is only seen.
    pub fn adorn(&mut self, path: Option<Path>, ink: Ink) {
        self.ornaments.extend(path.map(|path| Ornament { path, ink }));
    }

    /// Adds what is read, with what it is.
    pub fn push(&mut self, tag: impl Into<TagKind>, children: Vec<Element>) {
        self.elements.push(Element::Group(tag.into(), children));
    }
}

/// Adds a closed shape.
pub fn polygon(path: &mut PathBuilder, corners: &[(f32, f32)]) {
    for (number, &(x, y)) in corners.iter().enumerate() {
        if number == 0 {
            path.move_to(x, y);
        } else {
            path.line_to(x, y);
        }
    }
    path.close();
}

/// A frame with round corners.
pub fn rounded(left: f32, top: f32, right: f32, bottom: f32) -> Option<Path> {
    const RADIUS: f32 = 4.0;
    let mut path = PathBuilder::new();
    path.move_to(left + RADIUS, top);
    path.line_to(right - RADIUS, top);
    path.quad_to(right, top, right, top + RADIUS);
    path.line_to(right, bottom - RADIUS);
    path.quad_to(right, bottom, right - RADIUS, bottom);
    path.line_to(left + RADIUS, bottom);
    path.quad_to(left, bottom, left, bottom - RADIUS);
    path.line_to(left, top + RADIUS);
    path.quad_to(left, top, left + RADIUS, top);
    path.close();
    path.finish()
}

/// The dark modules as one path, so that no seam shows between rows.
pub fn qr_path(qr: &Qr, left: f32, top: f32, side: f32) -> Option<Path> {
    let module = side / f32::from(u16::try_from(qr.size()).ok()?);
    let mut path = PathBuilder::new();
    for run in qr.runs() {
        path.push_rect(Rect::from_xywh(
            left + f32::from(run.x) * module,
            top + f32::from(run.y) * module,
            f32::from(run.length) * module,
            module,
        )?);
    }
    path.finish()
}
