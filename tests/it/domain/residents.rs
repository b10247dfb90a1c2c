//! Age, and the right to a card and to an account.

use alpukat::domain::resident::{Ended, Hindrance, MaritalStatus, Resident};
use proptest::prelude::*;
use time::{Date, Month, macros::date};

use super::lists;

const EVER_MARRIED: [MaritalStatus; 3] = [MaritalStatus::Kawin, MaritalStatus::CeraiHidup, MaritalStatus::CeraiMati];

fn born(day: Date) -> Resident {
    let mut resident = lists::resident();
    resident.civil.birth_date = day;
    resident
}

fn may_hold_card(birth_date: Date, today: Date) -> bool {
    born(birth_date).civil.may_hold_card(today)
}

fn day() -> impl Strategy<Value = Date> {
    (date!(1920 - 01 - 01).to_julian_day()..date!(2040 - 01 - 01).to_julian_day())
        .prop_map(|day| Date::from_julian_day(day).unwrap())
}

/// The day on which somebody turns 17; who was born on 29 February turns so on 1 March of other years.
fn seventeenth_birthday(born: Date) -> Date {
    born.replace_year(born.year() + 17).unwrap_or_else(|_| Date::from_calendar_date(born.year() + 17, Month::March, 1).unwrap())
}

proptest! {
    #[test]
    fn the_right_begins_on_the_17th_birthday_and_stays(birth_date in day(), today in day()) {
        let birthday = seventeenth_birthday(birth_date);
        prop_assert!(may_hold_card(birth_date, birthday));
        prop_assert!(!may_hold_card(birth_date, birthday.previous_day().unwrap()));
        prop_assert_eq!(may_hold_card(birth_date, today), today >= birthday);
    }

    #[test]
    fn whoever_was_ever_married_has_it_at_any_age(birth_date in day(), today in day(), status in prop::sample::select(EVER_MARRIED.to_vec())) {
        let mut resident = born(birth_date);
        resident.civil.marital_status = status;
        prop_assert!(resident.civil.may_hold_card(today) && resident.civil.may_have_account(today));
    }

    #[test]
    fn one_who_died_or_moved_away_can_neither_apply_nor_log_in(birth_date in day(), today in day(), died in any::<bool>()) {
        let mut resident = born(birth_date);
        resident.civil.ended = Some(if died { Ended::Meninggal } else { Ended::PindahKeluar });
        prop_assert!(!resident.civil.may_have_account(today));
        prop_assert_eq!(resident.hindrance(today), Some(Hindrance::Ended));
    }

    #[test]
    fn an_account_needs_the_age_and_no_card(birth_date in day(), today in day(), recorded in any::<bool>()) {
        let mut resident = born(birth_date);
        resident.civil.recorded_on = recorded.then_some(birth_date);
        resident.civil.card_issued_on = None;
        prop_assert_eq!(resident.civil.may_have_account(today), today >= seventeenth_birthday(birth_date));
    }

    #[test]
    fn the_last_card_is_the_later_one(issued in prop::option::of(day()), handed_over in prop::option::of(day())) {
        let mut resident = lists::resident();
        resident.civil.card_issued_on = issued;
        resident.handed_over_on = handed_over;
        prop_assert_eq!(resident.last_card_on(), [issued, handed_over].into_iter().flatten().max());
    }
}

#[test]
fn somebody_born_on_29_february_turns_17_on_1_march() {
    let birth_date = date!(2008 - 02 - 29);
    assert!(!may_hold_card(birth_date, date!(2025 - 02 - 28)));
    assert!(may_hold_card(birth_date, date!(2025 - 03 - 01)));
}

#[test]
fn each_hindrance_is_named() {
    let today = date!(2026 - 11 - 22);
    assert_eq!(lists::resident().hindrance(today), None);
    assert_eq!(born(date!(2009 - 11 - 22)).hindrance(today), None);
    assert_eq!(born(date!(2009 - 11 - 23)).hindrance(today), Some(Hindrance::Under17));

    let mut unrecorded = lists::resident();
    unrecorded.civil.recorded_on = None;
    unrecorded.civil.card_issued_on = None;
    assert_eq!(unrecorded.hindrance(today), Some(Hindrance::Unrecorded));
}

#[test]
fn what_names_a_person_is_not_printed() {
    let mut resident = lists::resident();
    resident.civil.address = "Jalan Melati 12".to_owned();
    let printed = format!("{resident:?} {:?}", resident.civil);
    for secret in ["3171014508900001", "3171010101010001", "Siti", "1990-08-05", "Melati"] {
        assert!(!printed.contains(secret), "{secret} is printed");
    }
}
