//! Notices what somebody filled in that is not on the page: a form keeps its answers apart from how they look, and a
//! reader with no such program at hand would show an empty or an old form.

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::content::UntypedIter;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Rect, Stream};

/// Annotations that people write and draw with. Others, such as links, have nothing to show.
const MARKS: [&[u8]; 8] = [b"FreeText", b"Ink", b"Stamp", b"Line", b"Square", b"Circle", b"Polygon", b"PolyLine"];

/// Hidden, or not for the screen.
const UNSEEN: u32 = 1 << 1 | 1 << 5;

/// A button that only does something.
const PUSH_BUTTON: u32 = 1 << 16;

/// Fields inherit from one another; so far up, and no further.
const DEEPEST: usize = 32;

/// Whether any page has answers or marks that are not drawn on it.
pub(super) fn are_unprinted(pdf: &Pdf) -> bool {
    let catalogue = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap_or_default();
    let form = catalogue.get::<Dict<'_>>("AcroForm").unwrap_or_default();
    let redraw = form.get::<bool>("NeedAppearances").unwrap_or(false);
    is_xfa(&form)
        || pdf.pages().iter().any(|page| {
            let annotations = page.raw().get::<Array<'_>>("Annots");
            annotations.is_some_and(|annotations| annotations.iter::<Dict<'_>>().any(|one| is_unprinted(&one, redraw)))
        })
}

/// A form that only the program it was made with can draw: all others see a page that says so.
fn is_xfa(form: &Dict<'_>) -> bool {
    match form.get::<Object<'_>>("XFA") {
        Some(Object::Stream(_)) => true,
        Some(Object::Array(parts)) => parts.raw_iter().next().is_some(),
        _ => false,
    }
}

/// `redraw` tells that the form declares how its fields look as out of date.
fn is_unprinted(annotation: &Dict<'_>, redraw: bool) -> bool {
    let unseen = annotation.get::<u32>("F").unwrap_or(0) & UNSEEN != 0;
    let area = annotation.get::<Rect>("Rect").map_or(0.0, |rect| rect.width() * rect.height());
    if unseen || area == 0.0 {
        return false;
    }
    match annotation.get::<Name<'_>>("Subtype").as_deref() {
        Some(b"Widget") => match inherited(annotation, "FT").and_then(Object::into_name).as_deref() {
            Some(b"Tx" | b"Ch") => {
                let printed = normal(annotation).is_some_and(|look| shows_something(&look));
                is_filled(inherited(annotation, "V").as_ref()) && (redraw || !printed)
            }
            Some(b"Btn") => is_pressed_otherwise(annotation),
            _ => false,
        },
        Some(kind) if MARKS.contains(&kind) => normal(annotation).is_none(),
        _ => false,
    }
}

/// An entry of a field, or of the one it belongs to.
fn inherited<'a>(field: &Dict<'a>, key: &str) -> Option<Object<'a>> {
    let mut field = field.clone();
    for _ in 0..DEEPEST {
        if let Some(value) = field.get::<Object<'_>>(key) {
            return Some(value);
        }
        field = field.get::<Dict<'_>>("Parent")?;
    }
    None
}

/// Whether a field has an answer other than blanks. Texts may begin with a mark of their encoding and hold zero bytes.
fn is_filled(value: Option<&Object<'_>>) -> bool {
    let is_sign = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, 0 | 0xFE | 0xFF);
    match value {
        Some(Object::String(text)) => text.iter().any(is_sign),
        Some(Object::Name(text)) => text.iter().any(is_sign),
        Some(Object::Array(values)) => values.iter::<Object<'_>>().any(|value| is_filled(Some(&value))),
        Some(Object::Stream(text)) => text.decoded_data().is_ok_and(|text| text.iter().any(is_sign)),
        _ => false,
    }
}

/// How an annotation looks; of a button, in its present state.
fn normal<'a>(annotation: &Dict<'a>) -> Option<Stream<'a>> {
    match annotation.get::<Dict<'_>>("AP")?.get::<Object<'_>>("N")? {
        Object::Stream(look) => Some(look),
        Object::Dict(states) => states.get::<Stream<'_>>(annotation.get::<Name<'_>>("AS")?),
        _ => None,
    }
}

/// Whether a drawing has any letters, or a picture of them.
fn shows_something(look: &Stream<'_>) -> bool {
    let Ok(content) = look.decoded_data() else { return false };
    let mut instructions = UntypedIter::new(&content);
    while let Some(instruction) = instructions.next() {
        match &**instruction.operator {
            b"Do" => return true,
            b"Tj" | b"TJ" | b"'" | b"\"" if instruction.operands().any(|operand| is_filled(Some(operand))) => return true,
            _ => {}
        }
    }
    false
}

/// Whether a button is drawn in another state than the one that was chosen.
fn is_pressed_otherwise(button: &Dict<'_>) -> bool {
    let flags = inherited(button, "Ff").and_then(Object::into_i32).unwrap_or(0);
    if flags.cast_unsigned() & PUSH_BUTTON != 0 {
        return false;
    }
    // Without a choice there is nothing to compare with.
    let Some(chosen) = inherited(button, "V").and_then(Object::into_name) else { return false };
    let drawn = button.get::<Name<'_>>("AS");
    let drawn = drawn.as_deref().unwrap_or(b"Off");
    let states = button.get::<Dict<'_>>("AP").and_then(|looks| looks.get::<Object<'_>>("N"));
    match states {
        Some(Object::Dict(states)) if &*chosen != b"Off" && states.contains_key(&*chosen) => {
            drawn != &*chosen || states.get::<Stream<'_>>(&*chosen).is_none()
        }
        Some(Object::Dict(_)) => drawn != b"Off",
        Some(Object::Stream(_)) => false,
        // Nothing is drawn, though a state of its own is on.
        _ => &*chosen != b"Off" && (drawn != b"Off" || !button.contains_key("AS")),
    }
}
