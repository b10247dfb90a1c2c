//! Whether everything that the pages show is there, and whole.
//!
//! A reader takes what is missing for nothing and shows what it got out of damaged data, so both would pass for a page
//! with less on it. A file whose end mark is missing has perhaps lost no more than that: then all parts that the pages
//! name must be in it. With the end mark in place a part may be missing, as programs leave names of what they removed.

use std::collections::HashSet;

use flate2::{Decompress, FlushDecompress, Status};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};

use super::super::{contains, jpeg};

/// Whether what the pages of a PDF show is whole; `ends` tells if its end mark stands where it should.
pub(super) fn are_whole(pdf: &Pdf, file: &[u8], ends: bool) -> bool {
    let Some(catalogue) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else { return ends };
    let Some(tree) = catalogue.get::<Object<'_>>("Pages") else { return ends };
    let counted = tree.clone().into_dict().and_then(|tree| tree.get::<usize>("Count"));
    if !ends && (counted != Some(pdf.pages().len()) || lost_its_key(pdf, file)) {
        return false;
    }
    let mut seen: HashSet<ObjectIdentifier> = HashSet::new();
    let mut left = vec![tree];
    let mut whole = true;
    while let Some(object) = left.pop() {
        whole &= is_whole(&object);
        nested(&object, |part| match part {
            Ok(object) => left.push(object),
            Err(id) if seen.insert(id) => match pdf.xref().get::<Object<'_>>(id) {
                Some(object) => left.push(object),
                None => whole &= ends,
            },
            Err(_) => {}
        });
        if !whole {
            return false;
        }
    }
    true
}

/// What an object is made of: other objects, or where they are.
pub(super) fn nested<'a>(object: &Object<'a>, mut see: impl FnMut(Result<Object<'a>, ObjectIdentifier>)) {
    let mut take = |part: MaybeRef<Object<'a>>| match part {
        MaybeRef::Ref(id) => see(Err(id.into())),
        MaybeRef::NotRef(object) => see(Ok(object)),
    };
    let dict = match object {
        Object::Array(array) => return array.raw_iter().for_each(take),
        Object::Dict(dict) => dict,
        Object::Stream(stream) => stream.dict(),
        _ => return,
    };
    dict.entries().for_each(|(_, part)| take(part));
}

/// Whether a file was locked but has lost the part that says so: what is in it would then be read as it lies.
fn lost_its_key(pdf: &Pdf, file: &[u8]) -> bool {
    let is_lock =
        |object: Object<'_>| object.into_dict().is_some_and(|dict| ["O", "U", "P", "R"].iter().all(|key| dict.contains_key(key)));
    !contains(file, b"/Encrypt") && pdf.objects().into_iter().any(is_lock)
}

/// Whether the data of a stream comes out even. Kinds that nothing is known of here are taken as they are.
fn is_whole(object: &Object<'_>) -> bool {
    let Object::Stream(stream) = object else { return true };
    let first = stream.dict().get::<Object<'_>>("Filter").and_then(|filter| match filter {
        Object::Array(filters) => filters.iter::<Name<'_>>().next(),
        filter => filter.into_name(),
    });
    match first.as_deref() {
        Some(b"FlateDecode" | b"Fl") => inflates(&stream.raw_data()),
        Some(b"DCTDecode" | b"DCT") => is_whole_jpeg(stream),
        _ => true,
    }
}

/// Whether packed data goes on to its own end. Its check sum is often missing or wrong, and no reader looks at it.
fn inflates(data: &[u8]) -> bool {
    const PIECE: usize = 64 * 1024;
    if data.is_empty() {
        return true;
    }
    let packed = match data {
        [method, flags, rest @ ..] if method & 15 == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0 => rest,
        _ => data,
    };
    let (mut inflater, mut thrown_away) = (Decompress::new(false), vec![0; PIECE]);
    loop {
        let done = (inflater.total_in(), inflater.total_out());
        let rest = usize::try_from(done.0).ok().and_then(|done| packed.get(done..)).unwrap_or_default();
        match inflater.decompress(rest, &mut thrown_away, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return true,
            Ok(_) if done != (inflater.total_in(), inflater.total_out()) => {}
            _ => return false,
        }
    }
}

/// Some programs write another size into a JPEG than it has; readers go by the page's, and nothing can be told of it.
fn is_whole_jpeg(stream: &Stream<'_>) -> bool {
    let data = stream.raw_data();
    let side = |name: &str| stream.dict().get::<u32>(name);
    let agrees = side("Width").zip(side("Height")).is_none_or(|sides| jpeg::size(&data) == Some(sides));
    !agrees || jpeg::end(&data).is_ok()
}
