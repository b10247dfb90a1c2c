//! The paper: one A4 page of placed text and drawings, written as an accessible PDF (PDF/UA-1).
//! What is read stands in a tree of tags in reading order; ornaments stand outside it.

use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{Path, Point};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Node, SpanTag, TagGroup, TagKind, TagTree};
use krilla::{Document, num::NormalizedF32};

use super::typeset::{Line, Typeface};

/// Width of A4 in points.
pub const WIDTH: f32 = 595.28;
/// Height of A4 in points.
pub const HEIGHT: f32 = 841.89;

const LANGUAGE: &str = "id-ID";

/// Something to be read, at its place on the page.
pub enum Element {
    /// Elements that belong together, with what they are.
    Group(TagKind, Vec<Element>),
    /// A line of text; `x` is its left end, `y` its baseline, `size` the size of its letters.
    Text { x: f32, y: f32, size: f32, grey: u8, line: Line },
    /// A drawing in black.
    Drawing(Path),
}

/// Something to be seen only.
pub struct Ornament {
    pub path: Path,
    pub ink: Ink,
}

/// How a path is drawn; grey runs from 0, black, to 255, white.
#[derive(Clone, Copy)]
pub enum Ink {
    Filled { grey: u8 },
    Outlined { grey: u8, width: f32 },
}

/// Writes the page. The same page always gives the same bytes.
pub fn write(title: &str, typeface: &Typeface, elements: Vec<Element>, ornaments: &[Ornament]) -> Result<Vec<u8>, KrillaError> {
    let mut document = Document::new_with(settings());
    document.set_metadata(Metadata::new().title(title.to_owned()).language(LANGUAGE.to_owned()).creator("Alpukat".to_owned()));

    let mut page = document.start_page_with(a4());
    let mut surface = page.surface();
    for ornament in ornaments {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        draw(&mut surface, &ornament.path, ornament.ink);
        surface.end_tagged();
    }
    let nodes: Vec<Node> = elements.into_iter().map(|element| place(&mut surface, typeface, element)).collect();
    surface.finish();
    page.finish();

    document.set_tag_tree(TagTree::from(nodes).with_lang(Some(LANGUAGE.to_owned())));
    // PDF/UA asks for bookmarks even where there is little to jump to.
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(title.to_owned(), XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    document.set_outline(outline);
    document.finish()
}

fn settings() -> SerializeSettings {
    SerializeSettings {
        configuration: ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish().unwrap_or_default(),
        ..SerializeSettings::default()
    }
}

fn a4() -> PageSettings {
    PageSettings::from_wh(WIDTH, HEIGHT).unwrap_or_default()
}

fn place(surface: &mut Surface, typeface: &Typeface, element: Element) -> Node {
    match element {
        Element::Group(tag, children) => {
            TagGroup::with_children(tag, children.into_iter().map(|child| place(surface, typeface, child)).collect()).into()
        }
        Element::Text { mut x, y, size, grey, line } => {
            let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            surface.set_fill(Some(fill(grey)));
            surface.set_stroke(None);
            for segment in line {
                surface.draw_glyphs(
                    Point::from_xy(x, y),
                    &segment.glyphs,
                    typeface.font(segment.weight),
                    &segment.text,
                    size,
                    false,
                );
                x += segment.width * size;
            }
            surface.end_tagged();
            id.into()
        }
        Element::Drawing(path) => {
            let id = surface.start_tagged(ContentTag::Other);
            draw(surface, &path, Ink::Filled { grey: 0 });
            surface.end_tagged();
            id.into()
        }
    }
}

fn draw(surface: &mut Surface, path: &Path, ink: Ink) {
    let (fill, stroke) = match ink {
        Ink::Filled { grey } => (Some(fill(grey)), None),
        Ink::Outlined { grey, width } => {
            (None, Some(Stroke { paint: luma::Color::new(grey).into(), width, ..Stroke::default() }))
        }
    };
    surface.set_fill(fill);
    surface.set_stroke(stroke);
    surface.draw_path(path);
}

fn fill(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}
