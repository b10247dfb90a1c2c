//! Kemendagri region codes and what they are called. A counter is the code of the region it serves.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::phone::Phone;

/// How wide a region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegionLevel {
    /// A city or regency, `31.71`.
    Kota,
    /// A district, `31.71.01`.
    Kecamatan,
    /// A village or ward, `31.71.01.1001`.
    Kelurahan,
}

/// The code of a kelurahan, kecamatan or kota/kabupaten.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegionCode(String);

impl RegionCode {
    /// Reads a code of two to four dotted groups of digits (2.2.2.4).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lengths: Vec<usize> = text.split('.').map(str::len).collect();
        let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let shaped = matches!(lengths.as_slice(), [2, 2] | [2, 2, 2] | [2, 2, 2, 4]);
        (digits && shaped).then(|| Self(text.to_owned()))
    }

    /// The code as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How wide the region is, by the number of groups.
    #[must_use]
    pub fn level(&self) -> RegionLevel {
        match self.0.matches('.').count() {
            1 => RegionLevel::Kota,
            2 => RegionLevel::Kecamatan,
            _ => RegionLevel::Kelurahan,
        }
    }

    /// The counters where somebody of this region may fetch a card: its own and those above it.
    #[must_use]
    pub fn counters(&self) -> Vec<Self> {
        let mut codes = vec![self.clone()];
        while let Some((above, _)) =
            codes.last().and_then(|code| code.0.rsplit_once('.')).filter(|(above, _)| above.contains('.'))
        {
            codes.push(Self(above.to_owned()));
        }
        codes
    }
}

impl TryFrom<String> for RegionCode {
    type Error = &'static str;

    fn try_from(value: String) -> Result<Self, Self::Error> {
        Self::parse(&value).ok_or("not a region code")
    }
}

impl From<RegionCode> for String {
    fn from(value: RegionCode) -> Self {
        value.0
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A place where cards are handed over ("service point"): what people need to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The region it serves.
    pub code: RegionCode,
    /// The region's name in the government's list: `Petojo Selatan`, `Kota Administrasi Jakarta Pusat`.
    pub region: String,
    /// Street address, where known.
    pub address: Option<String>,
    /// WhatsApp number, where known.
    pub whatsapp: Option<Phone>,
    /// How many people it receives in each half hour.
    pub places: u16,
}

impl Counter {
    /// What the counter is called on a page: `Kelurahan Petojo Selatan`, `Kota Jakarta Pusat`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.code.level() {
            RegionLevel::Kelurahan => format!("Kelurahan {}", self.region),
            RegionLevel::Kecamatan => format!("Kecamatan {}", self.region),
            RegionLevel::Kota => self.region.replace("Administrasi ", ""),
        }
    }
}
