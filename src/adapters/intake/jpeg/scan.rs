//! Reads one scan: the codes of all its blocks, in order.

use super::bits::Bits;
use super::blocks::Frame;
use super::huffman::Table;
use super::{Tables, is_filling};

/// A block's mean, times eight, lies within 1,024 of zero. Some encoders overshoot by a quarter to save bytes; damage
/// that lets the means drift is seen when it has gone this far.
const FARTHEST_MEAN: i64 = 1_536;

/// What one pass brings.
pub(super) struct Scan {
    parts: Vec<Part>,
    /// The first and last coefficient.
    first: u32,
    last: u32,
    /// The lowest bit that came before, if any did, and the one that comes now.
    refining: bool,
    low: u8,
    /// Blocks ahead in which nothing new comes.
    idle: u32,
}

/// One component of a scan.
struct Part {
    component: usize,
    dc: usize,
    ac: usize,
    /// The blocks of one unit, and the blocks a line if the component comes alone.
    blocks: usize,
    steps: usize,
    mean: i64,
}

impl Scan {
    /// Reads what a scan declares, and notes in the frame what it will have brought.
    pub(super) fn begin(data: &[u8], frame: &mut Frame) -> Option<Self> {
        let (count, rest) = data.split_first()?;
        let (listed, rest) = rest.split_at_checked(2 * usize::from(*count))?;
        let [first, last, bits, ..] = *rest else { return None };
        // Pictures of one pass mean all of it, whatever they write here.
        let (first, last, bits) = if frame.progressive { (first, last, bits) } else { (0, 63, 0) };
        let alone = listed.len() == 2;
        if first > last || last > 63 || (frame.progressive && (first == 0) != (last == 0)) || (first > 0 && !alone) {
            return None;
        }
        let mut parts = Vec::new();
        for [id, tables] in listed.as_chunks().0 {
            let component = frame.components.iter().position(|component| component.id == *id)?;
            let found = frame.components.get_mut(component)?;
            found.lowest.get_mut(first.into()..=last.into())?.fill(bits & 15);
            let blocks = if alone { 1 } else { found.blocks_of_unit() };
            parts.push(Part {
                component,
                dc: usize::from(tables >> 4),
                ac: usize::from(tables & 15),
                blocks,
                steps: found.steps,
                mean: 0,
            });
        }
        (!parts.is_empty()).then_some(Self {
            parts,
            first: first.into(),
            last: last.into(),
            refining: bits >> 4 != 0,
            low: bits & 15,
            idle: 0,
        })
    }

    /// How many components it brings.
    pub(super) fn components(&self) -> usize {
        self.parts.len()
    }

    /// Reads the scan whose codes begin here; tells where they end, or nothing if they are damaged.
    pub(super) fn read(mut self, file: &[u8], at: usize, frame: &mut Frame, tables: &Tables) -> Option<usize> {
        let units = match self.parts.as_slice() {
            [part] => frame.components.get(part.component).map(|component| component.columns * component.rows)?,
            _ => frame.units(),
        };
        let mut bits = Bits::new(file, at);
        for unit in 0..units {
            if tables.restart > 0 && unit > 0 && unit % tables.restart == 0 {
                bits = self.restart(file, &bits, unit / tables.restart - 1)?;
            }
            self.unit(unit, &mut bits, frame, tables)?;
        }
        Some(bits.end())
    }

    /// Passes over the restart marker that must stand here, the number so and so.
    fn restart<'a>(&mut self, file: &'a [u8], bits: &Bits<'_>, number: usize) -> Option<Bits<'a>> {
        let end = bits.end();
        let (filling, marker) = super::behind(file, end);
        if usize::from(marker?) != 0xD0 + number % 8 || !is_filling(file, end, filling) {
            return None;
        }
        self.idle = 0;
        self.parts.iter_mut().for_each(|part| part.mean = 0);
        let (_, after) = super::next_marker(file, end)?;
        Some(Bits::new(file, after))
    }

    fn unit(&mut self, unit: usize, bits: &mut Bits<'_>, frame: &mut Frame, tables: &Tables) -> Option<()> {
        let Self { parts, first, last, refining, low, idle } = self;
        for part in parts {
            for _ in 0..part.blocks {
                if *first == 0 && *refining {
                    bits.skip(1)?;
                } else if *first == 0 {
                    part.read_mean(bits, tables, *low)?;
                }
                if *last == 0 {
                    continue;
                }
                let codes = tables.ac.get(part.ac)?.as_ref()?;
                if !frame.progressive {
                    read_block(codes, bits)?;
                    continue;
                }
                let nonzero = frame.components.get_mut(part.component)?.nonzero.get_mut(unit)?;
                let read = if *refining { refine_band } else { read_band };
                read(codes, bits, (*first, *last), nonzero, idle)?;
            }
        }
        Some(())
    }
}

impl Part {
    /// The difference between a block's mean and that of the block before.
    fn read_mean(&mut self, bits: &mut Bits<'_>, tables: &Tables, low: u8) -> Option<()> {
        let size = tables.dc.get(self.dc)?.as_ref()?.next(bits)?;
        if size > 15 {
            return None;
        }
        let value = i64::from(bits.take(size.into())?);
        let half = (1 << size) >> 1;
        self.mean += if value < half { value - (1 << size) + 1 } else { value };
        let step = i64::from(tables.steps.get(self.steps)?.unwrap_or(1));
        ((self.mean << low).abs() * step <= FARTHEST_MEAN + step).then_some(())
    }
}

/// Everything but the mean of a block that comes in one pass.
fn read_block(codes: &Table, bits: &mut Bits<'_>) -> Option<()> {
    let mut at = 1;
    while at < 64 {
        let code = codes.next(bits)?;
        let (zeros, size) = (u32::from(code >> 4), u32::from(code & 15));
        if size == 0 {
            if zeros < 15 {
                break;
            }
        } else if at + zeros > 63 {
            return None;
        }
        bits.skip(size)?;
        at += zeros + 1;
    }
    Some(())
}

/// The first bits of some coefficients of a block.
fn read_band(codes: &Table, bits: &mut Bits<'_>, (first, last): (u32, u32), nonzero: &mut u64, idle: &mut u32) -> Option<()> {
    if *idle > 0 {
        *idle -= 1;
        return Some(());
    }
    let mut at = first;
    while at <= last {
        let code = codes.next(bits)?;
        let (zeros, size) = (u32::from(code >> 4), u32::from(code & 15));
        if size == 0 && zeros < 15 {
            *idle = (1 << zeros) - 1 + bits.take(zeros)?;
            break;
        }
        if size > 0 {
            if at + zeros > last {
                return None;
            }
            bits.skip(size)?;
            *nonzero |= 1 << (at + zeros);
        }
        at += zeros + 1;
    }
    Some(())
}

/// One more bit of some coefficients of a block: of each that is not zero, and which others become one now.
fn refine_band(codes: &Table, bits: &mut Bits<'_>, (first, last): (u32, u32), nonzero: &mut u64, idle: &mut u32) -> Option<()> {
    let mut at = first;
    while at <= last && *idle == 0 {
        let code = codes.next(bits)?;
        let (mut zeros, size) = (u32::from(code >> 4), code & 15);
        match size {
            0 if zeros < 15 => {
                *idle = (1 << zeros) + bits.take(zeros)?;
                break;
            }
            0 => {}
            1 => bits.skip(1)?,
            _ => return None,
        }
        while at <= last {
            if *nonzero >> at & 1 == 1 {
                bits.skip(1)?;
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            at += 1;
        }
        if size == 1 {
            if at > last {
                return None;
            }
            *nonzero |= 1 << at;
        }
        at += 1;
    }
    if *idle > 0 {
        let ahead = (*nonzero & u64::MAX >> (63 - last)).checked_shr(at).unwrap_or(0);
        for _ in 0..ahead.count_ones() {
            bits.skip(1)?;
        }
        *idle -= 1;
    }
    Some(())
}
