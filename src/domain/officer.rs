//! Who works at the desk, and whose cases they see.

use std::{fmt, str::FromStr};

use super::{
    category::codes,
    ids::OfficerId,
    person::FullName,
    region::{Counter, RegionCode, RegionLevel},
};

/// What somebody may do at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Works at one counter: checks, prints, hands over.
    Petugas,
    /// Watches the counters of a kecamatan or kota; decides only cases of officers' own families.
    Penyelia,
    /// Runs the service; decides no case.
    Admin,
}

codes!(Role {
    Petugas = "petugas", "petugas";
    Penyelia = "penyelia", "penyelia";
    Admin = "admin", "admin dinas";
});

impl FromStr for Role {
    type Err = &'static str;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::parse(code).ok_or("one of petugas, penyelia, admin")
    }
}

/// The name an officer logs in with: 3 to 32 small letters, digits, dots, dashes and underscores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Reads a user name; capitals and blanks around it do not count.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let name = typed.trim().to_lowercase();
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = (3..=32).contains(&name.len())
            && name.bytes().next().is_some_and(is_plain)
            && name.bytes().all(|byte| is_plain(byte) || b"._-".contains(&byte));
        fits.then_some(Self(name))
    }

    /// The name as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = &'static str;

    fn from_str(typed: &str) -> Result<Self, Self::Err> {
        Self::parse(typed).ok_or("3 to 32 letters, digits, dots, dashes or underscores, beginning with a letter or digit")
    }
}

impl fmt::Display for Username {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Whose cases somebody sees. Everything else does not exist for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of one counter.
    Counter(RegionCode),
    /// Those of all counters of a kecamatan or kota.
    Area(RegionCode),
    /// All.
    Everything,
}

impl Scope {
    /// Whether a counter's cases are in it.
    #[must_use]
    pub fn covers(&self, counter: &RegionCode) -> bool {
        match self {
            Self::Counter(own) => own == counter,
            Self::Area(area) => counter.counters().contains(area),
            Self::Everything => true,
        }
    }
}

/// Why somebody cannot have a role at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// An officer and a supervisor need one.
    #[error("a petugas needs a counter, a penyelia a kecamatan or kota: give --counter CODE")]
    Missing,
    /// A supervisor watches more than one kelurahan.
    #[error("a penyelia takes the code of a kecamatan or kota")]
    TooNarrow,
    /// An administrator has none.
    #[error("an admin has no counter")]
    NotNeeded,
}

impl Role {
    /// Whether the role goes with this counter.
    ///
    /// # Errors
    /// [`PostError`].
    pub fn fits(self, counter: Option<&RegionCode>) -> Result<(), PostError> {
        match (self, counter) {
            (Self::Admin, Some(_)) => Err(PostError::NotNeeded),
            (Self::Admin, None) => Ok(()),
            (_, None) => Err(PostError::Missing),
            (Self::Penyelia, Some(code)) if code.level() == RegionLevel::Kelurahan => Err(PostError::TooNarrow),
            (Self::Petugas | Self::Penyelia, Some(_)) => Ok(()),
        }
    }
}

/// Somebody who works at the desk, as they stand now.
#[derive(Clone, Debug)]
pub struct Officer {
    /// Their identifier.
    pub id: OfficerId,
    /// What they log in with.
    pub username: Username,
    /// Their name, for colleagues.
    pub name: FullName,
    /// What they may do.
    pub role: Role,
    /// Their counter; of a supervisor the kecamatan or kota; nothing for an administrator.
    pub counter: Option<Counter>,
}

impl Officer {
    /// Whose cases they see.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match (self.role, &self.counter) {
            (Role::Petugas, Some(counter)) => Scope::Counter(counter.code.clone()),
            (Role::Penyelia, Some(area)) => Scope::Area(area.code.clone()),
            _ => Scope::Everything,
        }
    }

    /// The counter where they serve people themselves: an officer's, nobody else's.
    #[must_use]
    pub fn workplace(&self) -> Option<&Counter> {
        self.counter.as_ref().filter(|_| self.role == Role::Petugas)
    }

    /// Where they work, in words: `Kelurahan Petojo Selatan`, `Kecamatan Gambir`, `Dinas`.
    #[must_use]
    pub fn office(&self) -> String {
        self.counter.as_ref().map_or_else(|| "Dinas".to_owned(), Counter::name)
    }

    /// Whether they work at this counter themselves.
    #[must_use]
    pub fn works_at(&self, counter: &RegionCode) -> bool {
        self.workplace().is_some_and(|own| own.code == *counter)
    }

    /// Who decides a case: the officers of its counter, and for the family of one of them the
    /// supervisor above, who decides nothing else.
    #[must_use]
    pub fn may_decide(&self, counter: &RegionCode, family: Family) -> bool {
        match self.role {
            Role::Petugas => self.works_at(counter) && family != Family::TheirOwn,
            Role::Penyelia => self.scope().covers(counter) && family == Family::AnOfficers,
            Role::Admin => false,
        }
    }
}

/// Whether the person a case is about stands on the family card of somebody at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// On the card of whoever looks.
    TheirOwn,
    /// On the card of an officer of the case's counter, and not of whoever looks.
    AnOfficers,
    /// On none of them.
    Nobodys,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    #[test]
    fn a_scope_covers_its_counters_and_no_others() {
        let kelurahan = code("31.71.01.1004");
        for (scope, covered) in [
            (Scope::Counter(code("31.71.01.1004")), true),
            (Scope::Counter(code("31.71.01")), false),
            (Scope::Area(code("31.71.01")), true),
            (Scope::Area(code("31.71")), true),
            (Scope::Area(code("31.72")), false),
            (Scope::Area(code("31.71.02")), false),
            (Scope::Everything, true),
        ] {
            assert_eq!(scope.covers(&kelurahan), covered, "{scope:?}");
        }
        assert!(Scope::Area(code("31.71.01")).covers(&code("31.71.01")), "the counter of the kecamatan itself");
        assert!(!Scope::Area(code("31.71.01")).covers(&code("31.71")), "not the one above");
    }

    #[test]
    fn user_names_are_plain() {
        assert_eq!(Username::parse(" Rini.C ").unwrap().as_str(), "rini.c");
        for wrong in ["", "ab", "-rini", "rini c", "riñi", "r/i", &"r".repeat(33)] {
            assert_eq!(Username::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_post_fits_its_role() {
        let (kelurahan, kecamatan) = (code("31.71.01.1004"), code("31.71.01"));
        assert_eq!(Role::Petugas.fits(Some(&kelurahan)), Ok(()));
        assert_eq!(Role::Petugas.fits(Some(&kecamatan)), Ok(()));
        assert_eq!(Role::Petugas.fits(None), Err(PostError::Missing));
        assert_eq!(Role::Penyelia.fits(Some(&kecamatan)), Ok(()));
        assert_eq!(Role::Penyelia.fits(Some(&kelurahan)), Err(PostError::TooNarrow));
        assert_eq!(Role::Admin.fits(None), Ok(()));
        assert_eq!(Role::Admin.fits(Some(&kecamatan)), Err(PostError::NotNeeded));
    }
}
