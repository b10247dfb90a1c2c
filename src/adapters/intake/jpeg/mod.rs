//! Tells whether a JPEG is whole, without drawing it, and where its picture ends.
//!
//! Decoders go on over damage and paint grey or a smear. A scan has no check sum, but it has to come out even: its codes
//! must yield every block of the picture, not one more or less, and leave off right before the next marker. Damaged
//! codes yield another number of blocks. So the codes are read through once and the blocks are counted; what lies behind
//! the last one (an end mark, a trailer, a second picture, nothing at all) is of no matter.

mod bits;
mod blocks;
mod huffman;
mod scan;

use self::blocks::Frame;
use self::huffman::Table;
use self::scan::Scan;
use crate::domain::upload::UploadRefusal;

/// A decoder gives up after so many passes over a picture, too; usual are ten.
const MOST_SCANS: usize = 100;

const END: u8 = 0xD9;

/// What has been read on the way to the next scan.
#[derive(Default)]
struct Tables {
    /// The steps in which the mean of a block is written.
    steps: [Option<u16>; 4],
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    /// Units between two restart markers; none if zero.
    restart: usize,
}

/// The declared width and height, or nothing if the file breaks off before it declares them.
pub(super) fn size(file: &[u8]) -> Option<(u32, u32)> {
    let mut at = START_LENGTH;
    loop {
        let segment = next_segment(file, at)?;
        if is_frame(segment.marker) {
            let (height, rest) = segment.data.get(1..)?.split_first_chunk()?;
            return Some((u16::from_be_bytes(*rest.first_chunk()?).into(), u16::from_be_bytes(*height).into()));
        }
        at = segment.end;
    }
}

/// How many bytes of the file its picture takes.
///
/// # Errors
/// [`UploadRefusal::Cut`] if the picture is not whole, [`UploadRefusal::Type`] if it is coded as nobody's camera does.
pub(super) fn end(file: &[u8]) -> Result<usize, UploadRefusal> {
    let mut tables = Tables::default();
    let mut frame: Option<Frame> = None;
    let mut at = START_LENGTH;
    let mut scans = 0;
    while scans < MOST_SCANS {
        let segment = next_segment(file, at).ok_or(UploadRefusal::Cut)?;
        at = segment.end;
        match segment.marker {
            END => return Err(UploadRefusal::Cut),
            0xDA => {
                scans += 1;
                let frame = frame.as_mut().ok_or(UploadRefusal::Cut)?;
                let scan = Scan::begin(segment.data, frame).ok_or(UploadRefusal::Cut)?;
                let mixed_up = is_mixed_up(frame, scan.components(), &tables);
                let picture = scan.read(file, at, frame, &tables).ok_or(UploadRefusal::Cut)?;
                if mixed_up {
                    return Err(UploadRefusal::Type);
                }
                let (filling, marker) = behind(file, picture);
                let tidy = is_filling(file, picture, filling);
                if frame.is_complete() && (tidy || !is_of_scans(marker)) {
                    return Ok(picture);
                }
                if !tidy {
                    return Err(UploadRefusal::Cut);
                }
                at = picture;
            }
            marker if is_frame(marker) => {
                if frame.is_some() {
                    return Err(UploadRefusal::Cut);
                }
                frame = Some(Frame::new(marker, segment.data)?);
            }
            marker => tables.take(marker, segment.data).ok_or(UploadRefusal::Cut)?,
        }
    }
    Err(UploadRefusal::Cut)
}

/// The file's first two bytes.
const START_LENGTH: usize = 2;

struct Segment<'a> {
    marker: u8,
    data: &'a [u8],
    /// Where the next one may begin.
    end: usize,
}

/// The next marker from here on, with its data. Thumbnails, with ends of their own, lie inside segments and are passed
/// over with them.
fn next_segment(file: &[u8], from: usize) -> Option<Segment<'_>> {
    let (marker, at) = next_marker(file, from)?;
    // These stand alone.
    if matches!(marker, 0x01 | 0xD0..=END) {
        return Some(Segment { marker, data: &[], end: at });
    }
    let rest = file.get(at..)?;
    let length = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
    Some(Segment { marker, data: rest.get(2..length)?, end: at + length })
}

/// The next marker and where what follows it begins. A byte FF that is followed by 00 is none, and many FF are as one.
fn next_marker(file: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from;
    loop {
        at += file.get(at..)?.iter().position(|byte| *byte == 0xFF)? + 1;
        match *file.get(at)? {
            0x00 | 0xFF => {}
            marker => return Some((marker, at + 1)),
        }
    }
}

/// Whether the decoder would mix up the rows: of a picture in one pass whose colours come one after the other, if there
/// are several rows of blocks in a unit, or restart markers. No camera writes such pictures.
fn is_mixed_up(frame: &Frame, components: usize, tables: &Tables) -> bool {
    let divided = !frame.progressive && components < frame.components.len();
    divided && (components > 1 || frame.rows_of_unit() > 1 || tables.restart > 0)
}

/// What lies between the end of a scan and the next marker, and that marker, if there is one.
fn behind(file: &[u8], end: usize) -> (&[u8], Option<u8>) {
    match next_marker(file, end) {
        Some((marker, after)) => (file.get(end..after - 2).unwrap_or_default(), Some(marker)),
        None => (file.get(end..).unwrap_or_default(), None),
    }
}

/// Whether bytes behind the last block are harmless: a byte or two too many, as some cameras write them, or a run of one
/// byte that begins there. A scan that was overwritten with such a run is in the middle of it when its blocks are full.
fn is_filling(file: &[u8], end: usize, bytes: &[u8]) -> bool {
    const STRAY: usize = 2;
    const RUN: usize = 4;
    let Some(first) = bytes.first().filter(|_| bytes.len() > STRAY) else { return true };
    let before = file.get(end.saturating_sub(RUN)..end).unwrap_or_default();
    bytes.iter().all(|byte| byte == first) && !before.iter().all(|byte| byte == first)
}

/// Whether a marker ends or divides the codes of a scan. Behind a whole picture any other one belongs to what a phone
/// has put there instead of an end mark.
fn is_of_scans(marker: Option<u8>) -> bool {
    matches!(marker, Some(END | 0xD0..=0xD7))
}

/// Whether a segment begins a picture; the three exceptions in the range are tables.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

impl Tables {
    /// Takes in what a segment says; nothing if that is impossible.
    fn take(&mut self, marker: u8, data: &[u8]) -> Option<()> {
        match marker {
            0xC4 => self.codes(data),
            0xDB => self.steps(data),
            0xDD => {
                self.restart = u16::from_be_bytes(*data.first_chunk()?).into();
                Some(())
            }
            _ => Some(()),
        }
    }

    fn codes(&mut self, mut data: &[u8]) -> Option<()> {
        while let Some((place, rest)) = data.split_first() {
            let tables = if place >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            let (table, rest) = Table::read(rest)?;
            *tables.get_mut(usize::from(place & 15))? = Some(table);
            data = rest;
        }
        Some(())
    }

    fn steps(&mut self, mut data: &[u8]) -> Option<()> {
        while let Some((place, rest)) = data.split_first() {
            let wide = place >> 4 != 0;
            let (table, rest) = rest.split_at_checked(if wide { 128 } else { 64 })?;
            let first = if wide { u16::from_be_bytes(*table.first_chunk()?) } else { u16::from(*table.first()?) };
            *self.steps.get_mut(usize::from(place & 15))? = Some(first);
            data = rest;
        }
        Some(())
    }
}
