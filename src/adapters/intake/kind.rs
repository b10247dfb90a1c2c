//! Tells by the first bytes what an upload is; its name and what the browser says about it count for nothing.

use image::ImageFormat;

use crate::domain::upload::UploadRefusal;

/// How many of the first bytes are enough to tell.
pub(super) const HEAD: u64 = 4096;

/// What can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Picture(ImageFormat),
    Pdf,
}

pub(super) fn of(head: &[u8]) -> Result<Kind, UploadRefusal> {
    if head.is_empty() {
        return Err(UploadRefusal::Empty);
    }
    if is_heic(head) {
        return Err(UploadRefusal::Heic);
    }
    match infer::get(without_lead(head)).map(|found| found.mime_type()) {
        Some("application/pdf") => Ok(Kind::Pdf),
        // A picture has to begin with its very first byte.
        Some("image/jpeg") if head.starts_with(&[0xFF, 0xD8]) => Ok(Kind::Picture(ImageFormat::Jpeg)),
        Some("image/png") if head.starts_with(b"\x89PNG\r\n\x1A\n") => Ok(Kind::Picture(ImageFormat::Png)),
        _ => Err(UploadRefusal::Type),
    }
}

/// Mail gateways leave blanks or a byte order mark before `%PDF-`. Any other lead would be a second file in disguise.
fn without_lead(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start()
}

/// HEIC is an ISO media file that names an HEVC brand, at times only among the compatible ones (iPhones write both).
fn is_heic(head: &[u8]) -> bool {
    const BRANDS: [&[u8]; 8] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"];
    let Some((length, rest)) = head.split_first_chunk::<4>() else {
        return false;
    };
    let Some(brands) = rest.strip_prefix(b"ftyp") else {
        return false;
    };
    let declared = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX).saturating_sub(8);
    let brands = brands.get(..declared).unwrap_or(brands);
    // `mif1` is any still picture in this container; as the main brand without AVIF beside it, it is a phone's HEIC.
    let avif = brands.chunks(4).any(|brand| brand == b"avif" || brand == b"avis");
    brands.chunks(4).any(|brand| BRANDS.contains(&brand))
        || (!avif && (brands.starts_with(b"mif1") || brands.starts_with(b"msf1")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        assert_eq!(of(b""), Err(UploadRefusal::Empty));
        assert_eq!(of(b"\xFF\xD8\xFF\xE0...."), Ok(Kind::Picture(ImageFormat::Jpeg)));
        assert_eq!(of(b"\x89PNG\r\n\x1A\n...."), Ok(Kind::Picture(ImageFormat::Png)));
        assert_eq!(of(b"%PDF-1.7\n"), Ok(Kind::Pdf));
        assert_eq!(of(b"\xEF\xBB\xBF\r\n %PDF-1.7\n"), Ok(Kind::Pdf));
        for other in [&b"hello"[..], b"<html></html>", b"PK\x03\x04....", b" \xFF\xD8\xFF\xE0", b"MZ%PDF-1.7", b"GIF89a"] {
            assert_eq!(of(other), Err(UploadRefusal::Type));
        }
    }

    #[test]
    fn heic_is_told_from_its_cousins() {
        assert_eq!(of(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Err(UploadRefusal::Heic));
        assert_eq!(of(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"), Err(UploadRefusal::Heic));
        assert_eq!(of(b"\0\0\0\x14ftypmif1\0\0\0\0mif1"), Err(UploadRefusal::Heic));
        assert_eq!(of(b"\0\0\0\x18ftypavif\0\0\0\0avifmif1"), Err(UploadRefusal::Type));
        assert_eq!(of(b"\0\0\0\x18ftypisom\0\0\0\0isommp42"), Err(UploadRefusal::Type));
    }
}
