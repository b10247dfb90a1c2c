//! Notices files that a PDF carries along.

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Dict, Name, Object, Stream};

use super::parts::nested;

/// The names under which a file specification keeps its file for one system or another.
const SYSTEMS: [&str; 5] = ["F", "UF", "DOS", "Mac", "Unix"];

/// Whether any file is attached. Lists that could name one but are empty do no harm.
pub(super) fn are_in(pdf: &Pdf) -> bool {
    pdf.objects().into_iter().any(holds_a_file)
}

/// Whether an object is or names an attached file. Objects it refers to are asked on their own.
fn holds_a_file(object: Object<'_>) -> bool {
    let mut left = vec![object];
    while let Some(object) = left.pop() {
        match &object {
            Object::Stream(stream) if is_embedded(stream.dict()) => return true,
            Object::Dict(dict) if names_a_file(dict) => return true,
            _ => nested(&object, |part| left.extend(part.ok())),
        }
    }
    false
}

fn is_embedded(stream: &Dict<'_>) -> bool {
    stream.get::<Name<'_>>("Type").is_some_and(|kind| kind.as_ref() == b"EmbeddedFile")
}

/// A font or a picture may be called `EF` as well, but only a file specification has files there.
fn names_a_file(dict: &Dict<'_>) -> bool {
    let Some(files) = dict.get::<Dict<'_>>("EF") else { return false };
    SYSTEMS.iter().any(|system| files.get::<Stream<'_>>(system).is_some())
}
