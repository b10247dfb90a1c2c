//! Dates and hours as people in Jakarta read them, always WIB. Arguments come as values or, from
//! templates, as references.

use time::{Date, Month, OffsetDateTime, Weekday};

use super::Given;
use crate::domain::calendar::{SLOT, WIB};

/// `25 November 2026`.
#[must_use]
pub fn date(date: impl Given<Date>) -> String {
    let date = date.given();
    format!("{} {} {}", date.day(), month(date.month()), date.year())
}

/// `Rabu, 25 November 2026`.
#[must_use]
pub fn full_date(day: impl Given<Date>) -> String {
    let day = day.given();
    format!("{}, {}", weekday(day.weekday()), date(day))
}

/// `Rabu, 25 November`, where the year goes without saying.
#[must_use]
pub fn short_date(day: impl Given<Date>) -> String {
    let day = day.given();
    format!("{}, {} {}", weekday(day.weekday()), day.day(), month(day.month()))
}

/// `November 2026`.
#[must_use]
pub fn month_of(day: impl Given<Date>) -> String {
    let day = day.given();
    format!("{} {}", month(day.month()), day.year())
}

/// `Kam, 19/11`, for dense tables of the desk.
#[must_use]
pub fn dense_day(moment: impl Given<OffsetDateTime>) -> String {
    let here = moment.given().to_offset(WIB);
    let weekday: String = weekday(here.weekday()).chars().take(3).collect();
    format!("{weekday}, {}/{}", here.day(), u8::from(here.month()))
}

/// `05-08-1990`, as dates are typed.
#[must_use]
pub fn typed_date(date: Date) -> String {
    format!("{:02}-{:02}-{}", date.day(), u8::from(date.month()), date.year())
}

/// `09.00`, without the zone.
#[must_use]
pub fn hour(moment: OffsetDateTime) -> String {
    let here = moment.to_offset(WIB);
    format!("{:02}.{:02}", here.hour(), here.minute())
}

/// `14.25 WIB`.
#[must_use]
pub fn hour_wib(moment: impl Given<OffsetDateTime>) -> String {
    let moment = moment.given();
    format!("{}\u{a0}WIB", hour(moment))
}

/// `14.25.07`, for what ends within a minute.
#[must_use]
pub fn to_the_second(moment: impl Given<OffsetDateTime>) -> String {
    let here = moment.given().to_offset(WIB);
    format!("{}.{:02}", hour(here), here.second())
}

/// The first full minute at or after a moment, so that nobody is told to come a few seconds early.
#[must_use]
pub fn next_minute_wib(moment: OffsetDateTime) -> String {
    let ahead = time::Duration::seconds(59) + time::Duration::nanoseconds(999_999_999);
    hour_wib(moment + ahead)
}

/// `09.00–09.30`, the half hour that begins then.
#[must_use]
pub fn half_hour(starts_at: impl Given<OffsetDateTime>) -> String {
    let starts_at = starts_at.given();
    format!("{}–{}", hour(starts_at), hour(starts_at + SLOT))
}

/// `Rabu, 25 November 2026`, the day of a moment in Jakarta.
#[must_use]
pub fn day(moment: impl Given<OffsetDateTime>) -> String {
    full_date(moment.given().to_offset(WIB).date())
}

/// `Rabu, 25 November 2026, 09.00–09.30 WIB`.
#[must_use]
pub fn appointment(starts_at: impl Given<OffsetDateTime>) -> String {
    let starts_at = starts_at.given();
    format!("{}, {}\u{a0}WIB", day(starts_at), half_hour(starts_at))
}

/// `Kamis, 19 November 2026, 10.48 WIB`.
#[must_use]
pub fn full(moment: impl Given<OffsetDateTime>) -> String {
    let moment = moment.given();
    format!("{}, {}", full_date(moment.to_offset(WIB).date()), hour_wib(moment))
}

/// `2026-11-19T10:48+07:00`, for machines.
#[must_use]
pub fn machine(moment: impl Given<OffsetDateTime>) -> String {
    let moment = moment.given();
    let here = moment.to_offset(WIB);
    format!("{}T{:02}:{:02}+07:00", here.date(), here.hour(), here.minute())
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Senin",
        Weekday::Tuesday => "Selasa",
        Weekday::Wednesday => "Rabu",
        Weekday::Thursday => "Kamis",
        Weekday::Friday => "Jumat",
        Weekday::Saturday => "Sabtu",
        Weekday::Sunday => "Minggu",
    }
}

fn month(month: Month) -> &'static str {
    match month {
        Month::January => "Januari",
        Month::February => "Februari",
        Month::March => "Maret",
        Month::April => "April",
        Month::May => "Mei",
        Month::June => "Juni",
        Month::July => "Juli",
        Month::August => "Agustus",
        Month::September => "September",
        Month::October => "Oktober",
        Month::November => "November",
        Month::December => "Desember",
    }
}
