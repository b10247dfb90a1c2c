//! Jakarta's calendar: working days, the days on which a card may be fetched, and half hours.

use std::collections::{BTreeMap, HashMap};

use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset, Weekday, macros::offset};

/// Western Indonesian Time, which knows no summer time.
pub const WIB: UtcOffset = offset!(+7);

/// Length of one slot.
pub const SLOT: Duration = Duration::minutes(30);

/// First and last working day of pick-up, counted from the day of submission.
const PICKUP_DAYS: std::ops::RangeInclusive<usize> = 3..=17;

/// How long a slot's window may reach in calendar days: 17 working days among the longest holidays.
const SEARCH_DAYS: usize = 90;

/// The calendar day in Jakarta at this moment.
#[must_use]
pub fn day_of(moment: OffsetDateTime) -> Date {
    // In the last hours of the year 9999 there is no such day; what somebody typed may ask for one.
    moment.checked_to_offset(WIB).unwrap_or(moment).date()
}

/// The moment at which a clock in Jakarta shows this date and time.
#[must_use]
pub fn moment(date: Date, time: Time) -> OffsetDateTime {
    PrimitiveDateTime::new(date, time).assume_offset(WIB)
}

/// National holidays and cuti bersama, by date, with their names.
#[derive(Clone, Debug, Default)]
pub struct Holidays(BTreeMap<Date, String>);

impl FromIterator<(Date, String)> for Holidays {
    fn from_iter<I: IntoIterator<Item = (Date, String)>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

impl Holidays {
    /// The holiday's name, if the day is one.
    #[must_use]
    pub fn name(&self, day: Date) -> Option<&str> {
        self.0.get(&day).map(String::as_str)
    }

    /// Neither weekend nor holiday.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.0.contains_key(&day)
    }

    /// The working days after a day, without end but the calendar's.
    pub fn working_days_after(&self, day: Date) -> impl Iterator<Item = Date> + '_ {
        std::iter::successors(day.next_day(), |day| day.next_day()).filter(|day| self.is_working_day(*day))
    }

    /// The working days before a day, newest first.
    pub fn working_days_before(&self, day: Date) -> impl Iterator<Item = Date> + '_ {
        std::iter::successors(day.previous_day(), |day| day.previous_day()).filter(|day| self.is_working_day(*day))
    }

    /// The days on which a card may be fetched: the 3rd to the 17th working day after `from`, or
    /// already the next one when the card lies at the counter.
    #[must_use]
    pub fn pickup_days(&self, from: Date, is_printed: bool) -> Vec<Date> {
        let first = if is_printed { 1 } else { *PICKUP_DAYS.start() };
        let within = std::iter::successors(from.next_day(), |day| day.next_day()).take(SEARCH_DAYS);
        within.filter(|day| self.is_working_day(*day)).take(*PICKUP_DAYS.end()).skip(first - 1).collect()
    }
}

/// Opening hours of one day: from … to, in order. None means closed.
pub type Hours = Vec<(Time, Time)>;

/// A day on which a counter differs from its usual hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The hours of that day; none when closed.
    pub hours: Hours,
    /// Why, in words for the page.
    pub reason: String,
}

/// The usual hours of every counter on a working day.
#[must_use]
pub fn usual_hours(day: Weekday) -> Hours {
    use time::macros::time;
    match day {
        Weekday::Saturday | Weekday::Sunday => Vec::new(),
        Weekday::Friday => vec![(time!(7:30), time!(11:30)), (time!(13:00), time!(16:00))],
        _ => vec![(time!(7:30), time!(12:00)), (time!(13:00), time!(16:00))],
    }
}

/// A half hour and how many people it can still receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// When it begins.
    pub starts_at: OffsetDateTime,
    /// Free places.
    pub free: u16,
}

/// Everything needed to compute a counter's free places.
#[derive(Clone, Debug, Default)]
pub struct CounterCalendar {
    /// Places of each half hour.
    pub places: u16,
    /// Days that differ, by date.
    pub exceptions: BTreeMap<Date, Exception>,
    /// Live bookings by the moment at which their half hour begins.
    pub taken: HashMap<OffsetDateTime, u16>,
}

impl CounterCalendar {
    /// The half hours of a working day in order, full ones too; none when the counter is closed.
    #[must_use]
    pub fn slots(&self, day: Date) -> Vec<Slot> {
        let hours = self.exceptions.get(&day).map_or_else(|| usual_hours(day.weekday()), |exception| exception.hours.clone());
        hours.into_iter().flat_map(|(opens, closes)| self.half_hours(moment(day, opens), moment(day, closes))).collect()
    }

    /// Free places of a whole day.
    #[must_use]
    pub fn free(&self, day: Date) -> u32 {
        self.slots(day).iter().map(|slot| u32::from(slot.free)).sum()
    }

    /// The free half hours among these days that are nearest to a wish, earliest first.
    #[must_use]
    pub fn nearest(&self, wish: OffsetDateTime, days: &[Date], count: usize) -> Vec<Slot> {
        let mut free: Vec<Slot> = days.iter().flat_map(|day| self.slots(*day)).filter(|slot| slot.free > 0).collect();
        free.sort_by_key(|slot| ((slot.starts_at - wish).abs(), slot.starts_at));
        free.truncate(count);
        free.sort_by_key(|slot| slot.starts_at);
        free
    }

    fn half_hours(&self, opens: OffsetDateTime, closes: OffsetDateTime) -> impl Iterator<Item = Slot> + '_ {
        let starts = std::iter::successors(Some(opens), |start| start.checked_add(SLOT));
        starts.take_while(move |start| *start + SLOT <= closes).map(|starts_at| {
            let taken = self.taken.get(&starts_at).copied().unwrap_or_default();
            Slot { starts_at, free: self.places.saturating_sub(taken) }
        })
    }
}

/// At this hour of the working day before an appointment it is seen whether the card will be there.
const LATE_HOUR: Time = time::macros::time!(12:00);

/// Appointments before this moment are too near for a card that is not printed: from 12.00 of the working day before.
#[must_use]
pub fn too_near_before(now: OffsetDateTime, holidays: &Holidays) -> OffsetDateTime {
    let today = day_of(now);
    let is_noon = holidays.is_working_day(today) && moment(today, LATE_HOUR) <= now;
    let seen = if is_noon { Some(today) } else { holidays.working_days_before(today).next() };
    let next = holidays.working_days_after(seen.unwrap_or(today)).next().unwrap_or(today);
    moment(next, Time::MIDNIGHT) + Duration::days(1)
}

/// The first day that is offered in place of an appointment for which the card was not ready: the 2nd working day after
/// it, or after today if that is later.
#[must_use]
pub fn day_after_late(appointment: OffsetDateTime, now: OffsetDateTime, holidays: &Holidays) -> Date {
    let base = day_of(appointment).max(day_of(now));
    holidays.working_days_after(base).nth(1).unwrap_or(base)
}

/// When the desk closes on a working day.
#[must_use]
pub fn closing(day: Date) -> OffsetDateTime {
    let last = usual_hours(day.weekday()).last().map(|(_, closes)| *closes);
    moment(day, last.unwrap_or(Time::MIDNIGHT))
}

/// By when a decision is promised: closing time of the next working day after it was sent in.
#[must_use]
pub fn promise(sent_at: OffsetDateTime, holidays: &Holidays) -> OffsetDateTime {
    closing(decision_day(sent_at, holidays))
}

/// What was sent in before this moment and is not decided is late: the beginning of the last working day
/// whose desk has closed.
#[must_use]
pub fn late_before(now: OffsetDateTime, holidays: &Holidays) -> OffsetDateTime {
    let today = day_of(now);
    let days = std::iter::successors(Some(today), |day| day.previous_day()).take(SEARCH_DAYS);
    let closed = days.into_iter().find(|day| holidays.is_working_day(*day) && closing(*day) <= now);
    moment(closed.unwrap_or(today), Time::MIDNIGHT)
}

/// The day by whose end a decision is promised: the next working day after it was sent in.
#[must_use]
pub fn decision_day(sent_at: OffsetDateTime, holidays: &Holidays) -> Date {
    let day = day_of(sent_at);
    holidays.working_days_after(day).next().unwrap_or(day)
}
