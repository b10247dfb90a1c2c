//! Reads the codes of a scan bit by bit.

/// A place in a scan. A byte FF of the codes is followed by 00, which is none of them; FF and anything else is a marker,
/// which is never passed over.
pub(super) struct Bits<'a> {
    file: &'a [u8],
    at: usize,
    /// The bits ahead, the next one highest among the lowest `count`.
    ahead: u32,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(file: &'a [u8], at: usize) -> Self {
        Self { file, at, ahead: 0, count: 0 }
    }

    /// The next 16 bits, with zeros behind the last one.
    pub(super) fn peek(&mut self) -> usize {
        if self.count < 16 {
            self.fill();
        }
        let bits = if self.count < 16 { self.ahead << (16 - self.count) } else { self.ahead >> (self.count - 16) };
        usize::try_from(bits & 0xFFFF).unwrap_or_default()
    }

    /// Passes over so many bits (16 at most); nothing if there are fewer.
    pub(super) fn skip(&mut self, count: u32) -> Option<()> {
        if self.count < count {
            self.fill();
        }
        self.count = self.count.checked_sub(count)?;
        Some(())
    }

    /// The next bits as a number.
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        self.skip(count)?;
        Some((self.ahead >> self.count) & ((1 << count) - 1))
    }

    /// Where the byte behind the last one that was begun lies.
    pub(super) fn end(&self) -> usize {
        let mut at = self.at;
        for _ in 0..self.count / 8 {
            let pair = at.checked_sub(2).and_then(|start| self.file.get(start..at));
            at -= if pair == Some(&[0xFF, 0x00]) { 2 } else { 1 };
        }
        at
    }

    fn fill(&mut self) {
        while self.count <= 24 {
            let Some(byte) = self.file.get(self.at) else { break };
            if *byte == 0xFF {
                if self.file.get(self.at + 1) != Some(&0) {
                    break;
                }
                self.at += 1;
            }
            self.at += 1;
            self.ahead = self.ahead << 8 | u32::from(*byte);
            self.count += 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_order_up_to_the_marker() {
        let file = b"..\xA5\xFF\x00\x0F\xFF\xD9";
        let mut bits = Bits::new(file, 2);
        assert_eq!(bits.end(), 2);
        assert_eq!(bits.take(4), Some(0xA));
        assert_eq!(bits.end(), 3, "a byte that was begun counts");
        assert_eq!(bits.peek(), 0x5FF0);
        assert_eq!(bits.end(), 3, "what was looked at does not");
        assert_eq!(bits.take(12), Some(0x5FF));
        assert_eq!(bits.end(), 5, "a stuffed byte goes with its FF");
        assert_eq!(bits.take(9), None);
        let mut bits = Bits::new(file, 5);
        assert_eq!(bits.take(8), Some(0x0F));
        assert_eq!((bits.peek(), bits.take(1), bits.end()), (0, None, 6));
    }
}
