//! Half hours of a counter and their free places.

use std::collections::BTreeMap;

use alpukat::domain::calendar::{CounterCalendar, Exception, SLOT, Slot, moment, usual_hours};
use proptest::prelude::*;
use time::{
    Date, Duration, OffsetDateTime, Time, UtcOffset, Weekday,
    macros::{date, time},
};

/// A Monday.
const MONDAY: Date = date!(2026 - 11 - 23);

fn open_counter(places: u16) -> CounterCalendar {
    CounterCalendar { places, ..CounterCalendar::default() }
}

fn starts(slots: &[Slot]) -> Vec<Time> {
    slots.iter().map(|slot| slot.starts_at.time()).collect()
}

/// A counter with bookings in some half hours of two weeks, more than it has places in some of them.
fn booked_counter() -> impl Strategy<Value = CounterCalendar> {
    let bookings = prop::collection::hash_map((0..12i64, 0..17i64), 0..6u16, 0..150);
    (0..5u16, bookings).prop_map(|(places, bookings)| {
        let at = |day, half_hour| moment(MONDAY + Duration::days(day), time!(7:30)) + SLOT * i32::try_from(half_hour).unwrap();
        // The database answers in UTC.
        let taken =
            bookings.into_iter().map(|((day, half_hour), count)| (at(day, half_hour).to_offset(UtcOffset::UTC), count)).collect();
        CounterCalendar { places, exceptions: BTreeMap::new(), taken }
    })
}

/// Opening hours of a special day: intervals in order, to the minute.
fn hours() -> impl Strategy<Value = Vec<(Time, Time)>> {
    prop::collection::btree_set(0..1440u16, 0..6).prop_map(|minutes| {
        let times: Vec<Time> = minutes.into_iter().map(|minute| Time::MIDNIGHT + Duration::minutes(minute.into())).collect();
        times.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    })
}

fn working_days() -> Vec<Date> {
    (0..12).map(|day| MONDAY + Duration::days(day)).filter(|day| !usual_hours(day.weekday()).is_empty()).collect()
}

proptest! {
    #[test]
    fn free_places_are_those_not_taken_and_never_fewer_than_none(counter in booked_counter()) {
        for day in working_days() {
            let slots = counter.slots(day);
            for slot in &slots {
                let taken = counter.taken.get(&slot.starts_at).copied().unwrap_or_default();
                prop_assert_eq!(i32::from(slot.free), (i32::from(counter.places) - i32::from(taken)).max(0));
            }
            prop_assert_eq!(counter.free(day), slots.iter().map(|slot| u32::from(slot.free)).sum::<u32>());
        }
    }

    #[test]
    fn half_hours_lie_within_the_hours_and_fill_them(hours in hours()) {
        let mut counter = open_counter(3);
        counter.exceptions.insert(MONDAY, Exception { hours: hours.clone(), reason: "Jam khusus".to_owned() });
        let slots = counter.slots(MONDAY);
        for (opens, closes) in &hours {
            let (opens, closes) = (moment(MONDAY, *opens), moment(MONDAY, *closes));
            let within: Vec<OffsetDateTime> = slots.iter().map(|slot| slot.starts_at).filter(|start| (opens..closes).contains(start)).collect();
            prop_assert_eq!(within.len(), usize::try_from((closes - opens).whole_minutes() / 30).unwrap());
            prop_assert!(within.iter().all(|start| *start + SLOT <= closes && (*start - opens).whole_minutes() % 30 == 0));
        }
        prop_assert!(slots.is_sorted_by(|slot, next| slot.starts_at + SLOT <= next.starts_at), "in order, none across another");
        let total: i64 = hours.iter().map(|(opens, closes)| (*closes - *opens).whole_minutes() / 30).sum();
        prop_assert_eq!(slots.len(), usize::try_from(total).unwrap());
    }

    #[test]
    fn the_nearest_are_free_no_farther_than_the_others_and_in_order(counter in booked_counter(), minute in 0..20_000i64, count in 0..6usize) {
        let wish = moment(MONDAY, Time::MIDNIGHT) + Duration::minutes(minute);
        let days = working_days();
        let nearest = counter.nearest(wish, &days, count);
        let (free, distance) = (days.iter().flat_map(|day| counter.slots(*day)).filter(|slot| slot.free > 0), |slot: &Slot| (slot.starts_at - wish).abs());
        let (chosen, others): (Vec<Slot>, Vec<Slot>) = free.partition(|slot| nearest.contains(slot));
        prop_assert_eq!(&nearest, &chosen, "free, and in the order of the calendar");
        prop_assert!(nearest.len() == count || others.is_empty());
        if let (Some(farthest), Some(closest)) = (chosen.iter().map(distance).max(), others.iter().map(distance).min()) {
            prop_assert!(farthest <= closest);
        }
    }

    #[test]
    fn nothing_is_offered_on_days_that_were_not_asked_for(counter in booked_counter()) {
        let days = [MONDAY + Duration::days(2)];
        let nearest = counter.nearest(moment(MONDAY, time!(9:00)), &days, 5);
        prop_assert!(nearest.iter().all(|slot| slot.starts_at.date() == days[0]));
        prop_assert_eq!(counter.nearest(moment(MONDAY, time!(9:00)), &[], 5), vec![]);
    }
}

#[test]
fn a_day_has_15_half_hours_and_a_friday_14() {
    let counter = open_counter(3);
    let counts: Vec<usize> = (0..7).map(|day| counter.slots(MONDAY + Duration::days(day)).len()).collect();
    assert_eq!(counts, [15, 15, 15, 15, 14, 0, 0]);
    assert_eq!((counter.free(MONDAY), counter.free(MONDAY + Duration::days(4))), (45, 42));
}

#[test]
fn the_first_and_last_half_hours_of_morning_and_afternoon() {
    let counter = open_counter(3);
    let monday = starts(&counter.slots(MONDAY));
    assert_eq!((monday[0], monday[8], monday[9], monday[14]), (time!(7:30), time!(11:30), time!(13:00), time!(15:30)));
    let friday = starts(&counter.slots(MONDAY + Duration::days(4)));
    assert_eq!((friday[0], friday[7], friday[8], friday[13]), (time!(7:30), time!(11:00), time!(13:00), time!(15:30)));
}

#[test]
fn usual_hours_are_those_of_the_product() {
    let morning_and_afternoon = [(time!(7:30), time!(12:00)), (time!(13:00), time!(16:00))];
    for day in [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday] {
        assert_eq!(usual_hours(day), morning_and_afternoon);
    }
    assert_eq!(usual_hours(Weekday::Friday), [(time!(7:30), time!(11:30)), (time!(13:00), time!(16:00))]);
    assert!(usual_hours(Weekday::Saturday).is_empty() && usual_hours(Weekday::Sunday).is_empty());
}

#[test]
fn a_full_half_hour_is_shown_and_has_no_place() {
    let mut counter = open_counter(3);
    let full = moment(MONDAY, time!(9:00));
    counter.taken.insert(full.to_offset(UtcOffset::UTC), 3);
    let slot = counter.slots(MONDAY).into_iter().find(|slot| slot.starts_at == full).unwrap();
    assert_eq!(slot.free, 0);
    assert_eq!(counter.free(MONDAY), 42);
}

#[test]
fn who_finds_a_half_hour_full_is_shown_the_three_around_it() {
    let mut counter = open_counter(3);
    counter.taken.insert(moment(MONDAY, time!(9:00)), 3);
    let nearest = |wish| starts(&counter.nearest(moment(MONDAY, wish), &[MONDAY], 3));
    assert_eq!(nearest(time!(9:00)), [time!(8:00), time!(8:30), time!(9:30)], "of two equally near ones the earlier");
    assert_eq!(nearest(time!(7:30)), [time!(7:30), time!(8:00), time!(8:30)]);
    assert_eq!(nearest(time!(16:00)), [time!(14:30), time!(15:00), time!(15:30)]);
}
