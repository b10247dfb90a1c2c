//! Working days, and the days on which a card may be fetched.

use std::collections::BTreeSet;

use alpukat::domain::calendar::{CounterCalendar, Exception, Holidays, WIB, day_of, decision_day, moment};
use proptest::prelude::*;
use time::{
    Date, Duration, OffsetDateTime, Time, Weekday,
    macros::{date, datetime, time},
};

use super::lists;

/// Days around which the shared list has holidays, and the year ends between them.
fn day() -> impl Strategy<Value = Date> {
    (date!(2025 - 12 - 01).to_julian_day()..date!(2028 - 02 - 01).to_julian_day())
        .prop_map(|day| Date::from_julian_day(day).unwrap())
}

/// Holidays strewn over the weeks after a day, as many as ever come together.
fn day_and_holidays() -> impl Strategy<Value = (Date, BTreeSet<Date>)> {
    (day(), prop::collection::btree_set(0..60i64, 0..12))
        .prop_map(|(day, holidays)| (day, holidays.into_iter().map(|after| day + Duration::days(after)).collect()))
}

fn calendar(days: &BTreeSet<Date>) -> Holidays {
    days.iter().map(|day| (*day, "Libur".to_owned())).collect()
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Counted on the fingers: how many working days lie after `from`, up to and with `day`.
fn distance(holidays: &BTreeSet<Date>, from: Date, day: Date) -> usize {
    let days = std::iter::successors(from.next_day(), |day| day.next_day()).take_while(|next| *next <= day);
    days.filter(|day| !is_weekend(*day) && !holidays.contains(day)).count()
}

proptest! {
    #[test]
    fn a_working_day_is_no_weekend_and_no_holiday((day, holidays) in day_and_holidays()) {
        prop_assert_eq!(calendar(&holidays).is_working_day(day), !is_weekend(day) && !holidays.contains(&day));
    }

    #[test]
    fn working_days_come_one_after_the_other_and_none_is_left_out((from, holidays) in day_and_holidays()) {
        let calendar = calendar(&holidays);
        for (count, day) in calendar.working_days_after(from).take(25).enumerate() {
            prop_assert!(calendar.is_working_day(day));
            prop_assert_eq!(distance(&holidays, from, day), count + 1);
        }
    }

    #[test]
    fn a_card_may_be_fetched_from_the_3rd_to_the_17th_working_day((from, holidays) in day_and_holidays()) {
        let days = calendar(&holidays).pickup_days(from, false);
        let distances: Vec<usize> = days.iter().map(|day| distance(&holidays, from, *day)).collect();
        prop_assert_eq!(distances, (3..=17).collect::<Vec<_>>());
        prop_assert!(days.iter().all(|day| calendar(&holidays).is_working_day(*day)));
    }

    #[test]
    fn a_printed_card_may_be_fetched_from_the_next_working_day((from, holidays) in day_and_holidays()) {
        let days = calendar(&holidays).pickup_days(from, true);
        let distances: Vec<usize> = days.iter().map(|day| distance(&holidays, from, *day)).collect();
        prop_assert_eq!(distances, (1..=17).collect::<Vec<_>>());
    }

    #[test]
    fn filing_on_a_day_off_is_filing_on_the_working_day_before((from, holidays) in day_and_holidays()) {
        let calendar = calendar(&holidays);
        let next = from.next_day().unwrap();
        if !calendar.is_working_day(next) {
            prop_assert_eq!(calendar.pickup_days(from, false), calendar.pickup_days(next, false));
        }
    }

    #[test]
    fn the_days_never_run_out_among_the_holidays_of_the_decree(from in day(), is_printed in any::<bool>()) {
        let days = lists::holidays().pickup_days(from, is_printed);
        prop_assert_eq!(days.len(), if is_printed { 17 } else { 15 });
        prop_assert!(days.iter().all(|day| lists::holidays().name(*day).is_none()));
    }

    #[test]
    fn a_decision_is_promised_for_the_next_working_day((day, holidays) in day_and_holidays(), minute in 0..1440i64) {
        let sent_at = moment(day, Time::MIDNIGHT) + Duration::minutes(minute);
        prop_assert_eq!(distance(&holidays, day, decision_day(sent_at, &calendar(&holidays))), 1);
    }

    #[test]
    fn the_day_is_jakartas_whatever_the_offset(day in day(), minute in 0..1440i64, hours in -12..=12i8) {
        let there = (moment(day, Time::MIDNIGHT) + Duration::minutes(minute)).to_offset(time::UtcOffset::from_hms(hours, 0, 0).unwrap());
        prop_assert_eq!(day_of(there), day);
    }
}

/// First and last day of pick-up for what is filed on a day.
fn window(from: Date) -> (Date, Date) {
    let days = lists::holidays().pickup_days(from, false);
    assert_eq!(days.len(), 15);
    (days[0], days[14])
}

#[test]
fn the_days_of_the_examples() {
    for filed_on in [date!(2026 - 11 - 20), date!(2026 - 11 - 21), date!(2026 - 11 - 22)] {
        assert_eq!(window(filed_on), (date!(2026 - 11 - 25), date!(2026 - 12 - 15)), "{filed_on}");
    }
    assert_eq!(window(date!(2026 - 12 - 23)), (date!(2026 - 12 - 30), date!(2027 - 01 - 21)));
}

#[test]
fn christmas_new_year_and_isra_mikraj_are_counted_over() {
    let days = lists::holidays().pickup_days(date!(2026 - 12 - 23), false);
    for day in [date!(2026 - 12 - 31), date!(2027 - 01 - 04), date!(2027 - 01 - 06)] {
        assert!(days.contains(&day), "{day}");
    }
    for day in [date!(2027 - 01 - 01), date!(2027 - 01 - 05), date!(2027 - 01 - 02)] {
        assert!(!days.contains(&day), "{day}");
    }
    assert_eq!(lists::holidays().name(date!(2026 - 12 - 24)), Some("Cuti Bersama Hari Raya Natal"));
}

#[test]
fn idul_fitri_is_counted_over() {
    // 18 to 24 March 2026 are holidays or weekend.
    let next: Vec<Date> = lists::holidays().working_days_after(date!(2026 - 03 - 17)).take(2).collect();
    assert_eq!(next, [date!(2026 - 03 - 25), date!(2026 - 03 - 26)]);
}

#[test]
fn printed_cards_are_given_out_from_the_next_working_day() {
    let first = |from| lists::holidays().pickup_days(from, true)[0];
    assert_eq!(first(date!(2026 - 11 - 20)), date!(2026 - 11 - 23));
    assert_eq!(first(date!(2026 - 12 - 23)), date!(2026 - 12 - 28));
    assert_eq!(first(date!(2026 - 12 - 31)), date!(2027 - 01 - 04));
}

#[test]
fn a_day_when_only_the_counter_is_closed_counts_but_is_not_offered() {
    let closed_on = date!(2026 - 11 - 26);
    let mut counter = CounterCalendar { places: 3, ..CounterCalendar::default() };
    counter.exceptions.insert(closed_on, Exception { hours: Vec::new(), reason: "Pemeliharaan".to_owned() });

    let days = lists::holidays().pickup_days(date!(2026 - 11 - 20), false);
    assert_eq!(days.last(), Some(&date!(2026 - 12 - 15)), "the window is no longer for it");
    let offered: Vec<Date> = days.into_iter().filter(|day| counter.free(*day) > 0).collect();
    assert_eq!(offered.len(), 14);
    assert!(!offered.contains(&closed_on));
}

#[test]
fn the_day_begins_at_midnight_in_jakarta() {
    assert_eq!(day_of(datetime!(2026-11-22 16:59:59 UTC)), date!(2026 - 11 - 22));
    assert_eq!(day_of(datetime!(2026-11-22 17:00 UTC)), date!(2026 - 11 - 23));
    let start: OffsetDateTime = moment(date!(2026 - 11 - 23), time!(0:00));
    assert_eq!((start, start.offset()), (datetime!(2026-11-22 17:00 UTC), WIB));
}

#[test]
fn a_case_sent_in_on_friday_night_is_decided_on_monday() {
    let decided = |sent_at| decision_day(sent_at, &lists::holidays());
    assert_eq!(decided(datetime!(2026-11-20 23:59 +7)), date!(2026 - 11 - 23));
    assert_eq!(decided(datetime!(2026-11-20 17:00 UTC)), date!(2026 - 11 - 23));
    assert_eq!(decided(datetime!(2026-11-22 17:00 UTC)), date!(2026 - 11 - 24), "it is Monday in Jakarta");
    assert_eq!(decided(datetime!(2026-12-23 08:00 +7)), date!(2026 - 12 - 28));
}
