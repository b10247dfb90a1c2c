//! The sheet of a day at a counter: who was to come when, and what became of it.
//!
//! It is read as the day left it, so that nothing later changes it:
//! * Whoever had a half hour of the day when the day began stands on it for ever, in that half hour. Whoever was moved, or whose
//!   case ended without a card, before the day began is not on it.
//! * What stands beside them is what had become of them by the end of that day: a card that was handed over (also before its half
//!   hour, or before its day), another half hour, or that nobody came.
//! * Cards that were handed over on the day and had a half hour of another one stand below, so that all hand-overs are on it.
//!
//! A day that is not over is read at this moment by the same rules.

use time::{Date, OffsetDateTime};

use super::{
    calendar::{SLOT, day_of},
    category::Category,
    ids::ApplicationId,
    person::FullName,
    receipt::ReceiptNumber,
    status::Status,
};

/// What became of somebody who had a half hour of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The card was handed over, then.
    Collected(OffsetDateTime),
    /// Another half hour was given since the day began; nothing where there is none yet.
    Moved(Option<OffsetDateTime>),
    /// The card lay there, and nobody came in the half hour.
    Missed,
    /// The case stands there: it is waited for, or has ended otherwise.
    Stands(Status),
}

impl Fate {
    /// What became of a half hour, read at a moment of its day or at the end of it, from the last step until then.
    #[must_use]
    pub fn of(starts_at: OffsetDateTime, (status, since): (Status, OffsetDateTime), read_at: OffsetDateTime) -> Self {
        match status {
            Status::Selesai => Self::Collected(since),
            Status::TidakDiambil => Self::Missed,
            Status::SiapDiambil if starts_at + SLOT <= read_at => Self::Missed,
            other => Self::Stands(other),
        }
    }
}

/// Somebody on the sheet.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which case.
    pub id: ApplicationId,
    /// The number on its receipt.
    pub number: ReceiptNumber,
    /// Whose card.
    pub name: FullName,
    /// The case's category.
    pub category: Category,
    /// The half hour.
    pub starts_at: OffsetDateTime,
    /// What became of it.
    pub fate: Fate,
}

impl Line {
    /// Whether the place in the half hour was given back: the card was fetched before, or another half hour was given.
    #[must_use]
    pub fn gave_up_place(&self) -> bool {
        match self.fate {
            Fate::Collected(at) => at < self.starts_at,
            Fate::Moved(_) => true,
            Fate::Missed => false,
            Fate::Stands(status) => !status.is_open(),
        }
    }
}

/// A sheet.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Whoever had a half hour of the day, in the order of the half hours.
    pub lines: Vec<Line>,
    /// Whose card was handed over on the day, and whose half hour was of another one.
    pub others: Vec<Line>,
}

/// How a day goes, or went, in numbers. All of the day are one of the four others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Whoever had a half hour of the day.
    pub all: usize,
    /// Cards that were handed over.
    pub collected: usize,
    /// Nobody came.
    pub missed: usize,
    /// Moved, or ended without a card.
    pub gone: usize,
    /// Still to come; on a day that is over: whose card was not ready.
    pub waited: usize,
    /// Cards that were handed over besides.
    pub others: usize,
}

impl Sheet {
    /// The sheet in numbers.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally { all: self.lines.len(), others: self.others.len(), ..Tally::default() };
        for line in &self.lines {
            match line.fate {
                Fate::Collected(_) => tally.collected += 1,
                Fate::Missed => tally.missed += 1,
                Fate::Moved(_) => tally.gone += 1,
                Fate::Stands(status) if !status.is_open() => tally.gone += 1,
                Fate::Stands(_) => tally.waited += 1,
            }
        }
        tally
    }
}

/// Whether a day is over, so that its sheet stands for ever.
#[must_use]
pub fn is_over(day: Date, now: OffsetDateTime) -> bool {
    day < day_of(now)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn nobody_has_missed_a_half_hour_that_is_not_over() {
        let starts_at = datetime!(2026-11-25 09:30 +7);
        let ready = (Status::SiapDiambil, datetime!(2026-11-23 10:00 +7));
        assert_eq!(Fate::of(starts_at, ready, datetime!(2026-11-25 09:59 +7)), Fate::Stands(Status::SiapDiambil));
        assert_eq!(Fate::of(starts_at, ready, datetime!(2026-11-25 10:00 +7)), Fate::Missed);
        let printing = (Status::Dicetak, datetime!(2026-11-23 10:00 +7));
        assert_eq!(Fate::of(starts_at, printing, datetime!(2026-11-26 00:00 +7)), Fate::Stands(Status::Dicetak));
        let fetched = (Status::Selesai, datetime!(2026-11-25 08:10 +7));
        assert_eq!(Fate::of(starts_at, fetched, datetime!(2026-11-26 00:00 +7)), Fate::Collected(fetched.1));
    }
}
