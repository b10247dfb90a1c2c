//! An appointment as a calendar file (iCalendar, RFC 5545), for the calendar of a phone. It names nobody.

use std::fmt::Write;

use time::OffsetDateTime;

use crate::domain::{calendar::SLOT, ids::ApplicationId, receipt::ReceiptNumber, region::Counter};

/// Longest line in bytes before it is folded (RFC 5545, 3.1).
const LINE: usize = 75;

/// What a calendar is told.
#[derive(Debug)]
pub struct Appointment<'a> {
    /// Which case; the same event when it is moved.
    pub application: ApplicationId,
    /// Its number.
    pub number: ReceiptNumber,
    /// Where.
    pub counter: &'a Counter,
    /// When its half hour begins.
    pub starts_at: OffsetDateTime,
    /// What to bring, in words.
    pub bring: &'a str,
    /// How often the case has changed: of two files about it, calendars keep the one with the higher number.
    pub sequence: i64,
    /// When the file was made.
    pub made_at: OffsetDateTime,
}

/// The file.
#[must_use]
pub fn file(appointment: &Appointment<'_>) -> String {
    let counter = appointment.counter;
    let place = match &counter.address {
        Some(address) => format!("{}, {address}", counter.name()),
        None => counter.name(),
    };
    let words = format!("Bawa: {}. Datang setelah menerima SMS siap diambil. Gratis.", appointment.bring);
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Alpukat//Pengambilan KTP-el//ID".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@alpukat", appointment.application),
        format!("DTSTAMP:{}", utc(appointment.made_at)),
        format!("SEQUENCE:{}", appointment.sequence),
        format!("DTSTART:{}", utc(appointment.starts_at)),
        format!("DTEND:{}", utc(appointment.starts_at + SLOT)),
        format!("SUMMARY:{}", text(&format!("Ambil KTP-el {}", appointment.number))),
        format!("LOCATION:{}", text(&place)),
        format!("DESCRIPTION:{}", text(&words)),
        "BEGIN:VALARM".to_owned(),
        "ACTION:DISPLAY".to_owned(),
        "TRIGGER:-PT2H".to_owned(),
        format!("DESCRIPTION:{}", text(&format!("Ambil KTP-el {}", appointment.number))),
        "END:VALARM".to_owned(),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line)).collect()
}

fn utc(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let (date, hour) = (at.date(), at.time());
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        hour.hour(),
        hour.minute(),
        hour.second()
    )
}

fn text(words: &str) -> String {
    words.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// A line with its end; a long one goes on behind a blank.
fn folded(line: &str) -> String {
    let (mut out, mut length) = (String::new(), 0);
    for sign in line.chars() {
        if length + sign.len_utf8() > LINE {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(sign);
        length += sign.len_utf8();
    }
    let _ = write!(out, "\r\n");
    out
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::region::RegionCode;

    #[test]
    fn a_calendar_reads_hour_place_and_number() {
        let counter = Counter {
            code: RegionCode::parse("31.71.01.1001").unwrap(),
            region: "Gambir".to_owned(),
            address: Some("Jalan Contoh; Nomor 7, di belakang pasar yang ramai sekali setiap pagi".to_owned()),
            whatsapp: None,
            places: 3,
        };
        let appointment = Appointment {
            application: ApplicationId::random(),
            number: ReceiptNumber::parse("K7M3-9QXF").unwrap(),
            counter: &counter,
            starts_at: datetime!(2026-12-31 07:30 +7),
            bring: "KTP-el lama, dan KK",
            sequence: 2,
            made_at: datetime!(2026-11-20 09:00 +7),
        };
        let file = file(&appointment);
        assert!(file.lines().all(|line| line.len() <= LINE), "{file}");
        assert!(file.split("\r\n").all(|line| !line.contains('\n')), "every line ends with both signs");
        let whole = file.replace("\r\n ", "");
        for line in [
            "SEQUENCE:2",
            "DTSTART:20261231T003000Z",
            "DTEND:20261231T010000Z",
            "SUMMARY:Ambil KTP-el K7M3-9QXF",
            "LOCATION:Kelurahan Gambir\\, Jalan Contoh\\; Nomor 7\\, di belakang pasar yang ramai sekali setiap pagi",
            "DESCRIPTION:Bawa: KTP-el lama\\, dan KK. Datang setelah menerima SMS siap diambil. Gratis.",
        ] {
            assert!(whole.lines().any(|known| known == line), "{line} is missing in {whole}");
        }
    }
}
