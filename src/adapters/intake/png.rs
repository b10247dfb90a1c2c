//! Walks through the chunks of a PNG, without decoding it: how large it says it is, and whether its end is there. What
//! is put after the end is left alone.

/// The declared width and height, or nothing if the file breaks off.
pub(super) fn size(file: &[u8]) -> Option<(u32, u32)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_ends_with_its_last_chunk() {
        let file = [
            b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x3C\0\0\0\x28\x08\0\0\0\0cccc".as_slice(),
            b"\0\0\0\x02IDATxxcccc\0\0\0\0IENDcccc",
        ]
        .concat();
        assert_eq!(size(&file), Some((60, 40)));
        for cut in 0..file.len() {
            assert_eq!(size(&file[..cut]), None, "cut at {cut}");
        }
        assert_eq!(size(&[&file[..], b"and a film"].concat()), Some((60, 40)));
    }
}
