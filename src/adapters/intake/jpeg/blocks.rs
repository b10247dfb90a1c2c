//! The blocks of a picture, and how much of them the scans have brought so far.

use crate::domain::upload::UploadRefusal;

/// A coefficient that no scan has brought.
const MISSING: u8 = u8::MAX;

pub(super) struct Frame {
    /// Written in several passes, each of which brings some coefficients of each block, or one more bit of them.
    pub(super) progressive: bool,
    /// The blocks of eight by eight pixels that one unit has at most, across and down.
    most: (usize, usize),
    size: (usize, usize),
    pub(super) components: Vec<Component>,
}

/// One colour.
pub(super) struct Component {
    pub(super) id: u8,
    /// The blocks that one unit has, across and down.
    across: usize,
    down: usize,
    /// Which table has the steps its numbers are written in.
    pub(super) steps: usize,
    /// Its blocks across the picture, and down.
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// The lowest bit that has come of each coefficient; a picture is complete when all are 0.
    pub(super) lowest: [u8; 64],
    /// Of each block, which coefficients are not zero. Only progressive pictures need it.
    pub(super) nonzero: Vec<u64>,
}

impl Frame {
    /// Reads what a picture declares.
    ///
    /// # Errors
    /// [`UploadRefusal::Type`] for codings that no decoder here knows, [`UploadRefusal::Cut`] for impossible ones.
    pub(super) fn new(marker: u8, data: &[u8]) -> Result<Self, UploadRefusal> {
        let [precision, rest @ ..] = data else { return Err(UploadRefusal::Cut) };
        if !matches!(marker, 0xC0..=0xC2) || *precision != 8 {
            return Err(UploadRefusal::Type);
        }
        let frame = Self::parse(marker == 0xC2, rest).ok_or(UploadRefusal::Cut)?;
        // The decoder takes the first colour for the finest one, and smears the others if it is not.
        let first = frame.components.first().map(|component| (component.across, component.down));
        if first == Some(frame.most) { Ok(frame) } else { Err(UploadRefusal::Type) }
    }

    fn parse(progressive: bool, data: &[u8]) -> Option<Self> {
        let (height, rest) = data.split_first_chunk()?;
        let (width, rest) = rest.split_first_chunk()?;
        let (count, rest) = rest.split_first()?;
        let size = (usize::from(u16::from_be_bytes(*width)), usize::from(u16::from_be_bytes(*height)));
        let (listed, _) = rest.split_at_checked(3 * usize::from(*count))?;
        let mut components: Vec<_> = listed.as_chunks().0.iter().copied().map(Component::new).collect::<Option<_>>()?;
        let most = |side: fn(&Component) -> usize| components.iter().map(side).max();
        let most = (most(|component| component.across)?, most(|component| component.down)?);
        for component in &mut components {
            component.columns = (size.0 * component.across).div_ceil(8 * most.0);
            component.rows = (size.1 * component.down).div_ceil(8 * most.1);
            if progressive {
                component.nonzero = vec![0; component.columns * component.rows];
            }
        }
        Some(Self { progressive, most, size, components })
    }

    /// How many units a scan of several components has.
    pub(super) fn units(&self) -> usize {
        self.size.0.div_ceil(8 * self.most.0) * self.size.1.div_ceil(8 * self.most.1)
    }

    /// How many rows of blocks a unit has at most.
    pub(super) fn rows_of_unit(&self) -> usize {
        self.most.1
    }

    /// Whether the scans have brought every bit of every coefficient.
    pub(super) fn is_complete(&self) -> bool {
        self.components.iter().all(|component| component.lowest == [0; 64])
    }
}

impl Component {
    fn new([id, sides, steps]: [u8; 3]) -> Option<Self> {
        let (across, down) = (usize::from(sides >> 4), usize::from(sides & 15));
        ((1..=4).contains(&across) && (1..=4).contains(&down)).then(|| Self {
            id,
            across,
            down,
            steps: steps.into(),
            columns: 0,
            rows: 0,
            lowest: [MISSING; 64],
            nonzero: Vec::new(),
        })
    }

    /// The blocks that one unit has.
    pub(super) fn blocks_of_unit(&self) -> usize {
        self.across * self.down
    }
}
