//! The codes of a scan.

use super::bits::Bits;

/// For each 16 bits the length of the code they begin with, and what it stands for.
pub(super) struct Table(Vec<(u8, u8)>);

impl Table {
    /// A table as it stands in the file, and what follows it; nothing if its codes are too many for their lengths.
    pub(super) fn read(data: &[u8]) -> Option<(Self, &[u8])> {
        let (counts, mut rest) = data.split_first_chunk::<16>()?;
        let mut meanings = Vec::with_capacity(1 << 16);
        for (length, count) in (1_u8..).zip(counts) {
            let (symbols, after) = rest.split_at_checked(usize::from(*count))?;
            for symbol in symbols {
                meanings.resize(meanings.len() + (1 << (16 - length)), (length, *symbol));
            }
            rest = after;
        }
        if meanings.len() > 1 << 16 {
            return None;
        }
        // No code is of these bits.
        meanings.resize(1 << 16, (0, 0));
        Some((Self(meanings), rest))
    }

    /// What the next code stands for; nothing if there is no such code.
    pub(super) fn next(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let (length, symbol) = *self.0.get(bits.peek())?;
        if length == 0 {
            return None;
        }
        bits.skip(length.into())?;
        Some(symbol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_counted_up_within_a_length() {
        let mut counts = [0; 16];
        counts[..3].copy_from_slice(&[1, 1, 1]);
        let data = [&counts[..], b"abc+"].concat();
        let (table, rest) = Table::read(&data).unwrap();
        assert_eq!(rest, b"+");
        // 0, 10, 110, and then 111, which is none.
        let mut bits = Bits::new(&[0b0101_1011, 0b1000_0000], 0);
        let read: Vec<_> = (0..4).map(|_| table.next(&mut bits)).collect();
        assert_eq!(read, [Some(b'a'), Some(b'b'), Some(b'c'), None]);
    }

    #[test]
    fn more_codes_than_fit_are_no_table() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Table::read(&[&counts[..], b"abc"].concat()).is_none());
        assert!(Table::read(&counts).is_none());
    }
}
