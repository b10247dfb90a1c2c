//! Walks through a picture's own structure, without decoding it: how large it says it is, and whether its end is there.
//! What cameras put after the end (a second picture, a film) is left alone.

/// The declared width and height of a JPEG, or nothing if it breaks off.
pub(super) fn jpeg(file: &[u8]) -> Option<(u32, u32)> {
    const END: u8 = 0xD9;
    let mut size = None;
    let mut rest = file.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let (marker, after) = next_marker(rest)?;
        rest = match marker {
            END => return size,
            // These stand alone: restarts between pixels, and the start of a picture, which is harmless twice.
            0x01 | 0xD0..=0xD8 => after,
            // Thumbnails, with ends of their own, lie inside segments and are passed over with them.
            _ => {
                let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
                let segment = after.get(2..length)?;
                if size.is_none() && is_frame(marker) {
                    size = frame_size(segment);
                }
                after.get(length..)?
            }
        };
    }
}

/// The declared width and height of a PNG, or nothing if it breaks off.
pub(super) fn png(file: &[u8]) -> Option<(u32, u32)> {
    let mut size = None;
    let mut rest = file.strip_prefix(b"\x89PNG\r\n\x1A\n")?;
    loop {
        let (length, after) = rest.split_first_chunk()?;
        let (name, after) = after.split_first_chunk::<4>()?;
        let (data, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        let (_checksum, after) = after.split_first_chunk::<4>()?;
        match name {
            b"IHDR" => {
                let (width, data) = data.split_first_chunk()?;
                size = Some((u32::from_be_bytes(*width), u32::from_be_bytes(*data.first_chunk()?)));
            }
            b"IEND" => return size,
            _ => {}
        }
        rest = after;
    }
}

/// The next marker and what follows it. Pixels lie before it at most: a byte FF among them is followed by 00.
fn next_marker(data: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = data;
    loop {
        let at = rest.iter().position(|byte| *byte == 0xFF)?;
        rest = rest.get(at + 1..)?;
        match rest.split_first()? {
            (0x00, after) => rest = after,
            (0xFF, _) => {}
            (marker, after) => return Some((*marker, after)),
        }
    }
}

/// Whether a segment begins a picture; the three exceptions in the range are tables.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Precision, height, width.
fn frame_size(segment: &[u8]) -> Option<(u32, u32)> {
    let (height, rest) = segment.get(1..)?.split_first_chunk()?;
    Some((u16::from_be_bytes(*rest.first_chunk()?).into(), u16::from_be_bytes(*height).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two scans with a stuffed byte and a restart in the first, and a thumbnail with an end of its own before them.
    const JPEG: &[u8] = b"\xFF\xD8\xFF\xE1\0\x06\xFF\xD8\xFF\xD9\xFF\xFF\xC2\0\x07\x08\0\x28\0\x3C\
        \xFF\xDA\0\x02ab\xFF\0\xFF\xD0cd\xFF\xDA\0\x02ef\xFF\xD9";

    #[test]
    fn a_jpeg_ends_with_its_own_end() {
        assert_eq!(jpeg(JPEG), Some((60, 40)));
        for cut in 0..JPEG.len() {
            assert_eq!(jpeg(&JPEG[..cut]), None, "cut at {cut}");
        }
        assert_eq!(jpeg(&[JPEG, b"and a film"].concat()), Some((60, 40)));
    }

    #[test]
    fn a_png_ends_with_its_last_chunk() {
        let png_file = [
            b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x3C\0\0\0\x28\x08\0\0\0\0cccc".as_slice(),
            b"\0\0\0\x02IDATxxcccc\0\0\0\0IENDcccc",
        ]
        .concat();
        assert_eq!(png(&png_file), Some((60, 40)));
        for cut in 0..png_file.len() {
            assert_eq!(png(&png_file[..cut]), None, "cut at {cut}");
        }
    }
}
