//! Sentences about cards: the blanks they take, what is seen at the counter, and how a day goes.

use time::OffsetDateTime;

use super::{Given, dates, desk, status};
use crate::domain::{
    calendar::day_of,
    receipt::ReceiptNumber,
    sheet::{Fate, Line, Tally},
    status::Status,
};

/// No card of that name, or about that person, is ready.
pub const NONE_READY: &str =
    "Tidak ada kartu yang siap diambil atas nama itu di loket ini. Periksa ketikannya, atau cari nomornya.";
/// A NIK of nobody with a case here.
pub const NIK_NOT_HERE: &str = "Tidak ada permohonan untuk NIK itu di loket ini.";

/// Blanks that are left, held against the cards that wait for the printer; what will be left of them lasts for so many days.
#[must_use]
pub fn stock(left: i32, waiting: i64, days: Option<i64>) -> String {
    let short = waiting - i64::from(left);
    let days = match days {
        Some(0) => Some("kurang dari 1 hari kerja".to_owned()),
        Some(days) => Some(format!("sekitar {days} hari kerja")),
        None => None,
    };
    match (waiting, days) {
        _ if short > 0 => format!("Kurang {short} untuk {waiting} kartu yang antre cetak."),
        (0, Some(days)) if left > 0 => format!("Cukup untuk {days}."),
        (0, _) => String::new(),
        (_, Some(days)) if short < 0 => format!("Cukup untuk {waiting} kartu yang antre cetak, lalu untuk {days}."),
        _ => format!("Cukup untuk {waiting} kartu yang antre cetak."),
    }
}

/// Who would wait for a blank, before it is done.
#[must_use]
pub fn who_waits(chosen: usize, left: i32, told: usize) -> String {
    let rest = format!("{told} permohonan ini akan menunggu blangko, dan pemohonnya diberi tahu lewat SMS:");
    match left {
        0 => format!("Blangko habis. {rest}"),
        _ => format!("{chosen} kartu dipilih, tetapi blangko tersisa {left}. {rest}"),
    }
}

/// Cases for which there was no blank, those whose citizens were told and those that had been before; none at all, or none for
/// these.
#[must_use]
pub fn waiting_for_blanks(told: usize, still: usize, all: bool) -> String {
    let mut sentences = vec![if all { "Blangko habis." } else { "Blangko tidak cukup." }.to_owned()];
    if told > 0 {
        sentences.push(format!("{told} permohonan kini “Menunggu blangko”, dan pemohonnya diberi tahu lewat SMS."));
    }
    if still > 0 {
        sentences.push(format!("{still} permohonan tetap menunggu blangko."));
    }
    sentences.join(" ")
}

/// A misprint was seen: what becomes of the appointment.
#[must_use]
pub fn back_to_print(number: ReceiptNumber, starts_at: OffsetDateTime, has_moved: bool, now: OffsetDateTime) -> String {
    let when = dates::appointment(starts_at);
    let then = if has_moved {
        format!("Jadwal ambilnya pindah ke {when}; SMS dikirim.")
    } else if starts_at > now {
        format!("Jadwal ambilnya tetap {when}.")
    } else {
        "Jadwal ambil yang baru belum ada tempatnya; pemohon diberi tahu lewat SMS.".to_owned()
    };
    format!("Kartu {number} kembali ke antrean cetak. {then}")
}

/// A day that is closed already is not closed again.
#[must_use]
pub fn closed_already(reason: &str) -> String {
    format!("Loket sudah ditutup pada hari itu, dengan sebab: {reason}. Tidak ada yang berubah.")
}

/// How a day goes, or went.
#[must_use]
pub fn day_summary(counter: &str, tally: Tally, is_over: bool) -> String {
    let Tally { all, collected, missed, gone, waited, others } = tally;
    let mut parts = vec![format!("{collected} sudah diambil")];
    if is_over {
        parts.push(format!("{missed} tidak datang"));
        if waited > 0 {
            parts.push(format!("{waited} kartunya belum siap"));
        }
    } else {
        parts.push(format!("{waited} ditunggu"));
        parts.push(format!("{missed} belum datang"));
    }
    if gone > 0 {
        parts.push(format!("{gone} pindah atau batal"));
    }
    let besides = if others > 0 { format!(" {others} kartu lain diambil di luar jadwalnya.") } else { String::new() };
    format!("{counter}. {all} orang: {}.{besides}", parts.join(", "))
}

/// How full a half hour is. A place that was given back is somebody else's, so that there may be more people than places; when a day
/// is over only people count.
#[must_use]
pub fn places(lines: &[Line], places: u16, is_over: bool) -> String {
    if is_over {
        return format!("{} orang", lines.len());
    }
    let early = lines.iter().filter(|line| line.gave_up_place() && matches!(line.fate, Fate::Collected(_))).count();
    let gone = lines.iter().filter(|line| line.gave_up_place()).count() - early;
    let mut parts = vec![format!("{} dari {places} tempat", lines.len() - early - gone)];
    parts.extend((early > 0).then(|| format!("{early} diambil lebih awal")));
    parts.extend((gone > 0).then(|| format!("{gone} pindah atau batal")));
    parts.join(", ")
}

/// What became of somebody on the sheet, with the time, and the day where that is another one.
#[must_use]
pub fn fate(line: &Line, is_over: bool) -> String {
    match line.fate {
        Fate::Collected(at) if day_of(at) == day_of(line.starts_at) => format!("Sudah diambil {}", dates::hour(at)),
        Fate::Collected(at) => format!("Sudah diambil {}", desk::stamp(at)),
        Fate::Moved(Some(to)) => format!("Pindah ke {}", desk::stamp(to)),
        Fate::Moved(None) => "Jadwal dilepas".to_owned(),
        Fate::Missed if is_over => "Tidak datang".to_owned(),
        Fate::Missed => "Belum datang".to_owned(),
        Fate::Stands(status) => status.label().to_owned(),
    }
}

/// The tone in which that is painted.
#[must_use]
pub fn fate_tone(fate: impl Given<Fate>) -> &'static str {
    match fate.given() {
        Fate::Collected(_) | Fate::Moved(_) => "done",
        Fate::Missed => "act",
        Fate::Stands(stands) => status::tone(stands),
    }
}

/// What a case waits for at the printer: whether its card was printed before.
#[must_use]
pub fn at_printer(status: impl Given<Status>, printed_before: bool) -> String {
    let label = status.given().label();
    if printed_before { format!("{label} (cetak ulang)") } else { label.to_owned() }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn blanks_are_held_against_the_cards_that_wait() {
        for (left, waiting, days, words) in [
            (10, 16, Some(0), "Kurang 6 untuk 16 kartu yang antre cetak."),
            (0, 0, Some(0), ""),
            (0, 3, None, "Kurang 3 untuk 3 kartu yang antre cetak."),
            (16, 16, Some(0), "Cukup untuk 16 kartu yang antre cetak."),
            (20, 16, Some(0), "Cukup untuk 16 kartu yang antre cetak, lalu untuk kurang dari 1 hari kerja."),
            (100, 16, Some(8), "Cukup untuk 16 kartu yang antre cetak, lalu untuk sekitar 8 hari kerja."),
            (100, 16, None, "Cukup untuk 16 kartu yang antre cetak."),
            (100, 0, Some(8), "Cukup untuk sekitar 8 hari kerja."),
            (100, 0, None, ""),
        ] {
            assert_eq!(stock(left, waiting, days), words, "{left} for {waiting}");
        }
    }

    #[test]
    fn a_day_in_numbers_adds_up() {
        let tally = Tally { all: 7, collected: 3, missed: 1, gone: 1, waited: 2, others: 1 };
        assert_eq!(
            day_summary("Kelurahan Gambir", tally, false),
            "Kelurahan Gambir. 7 orang: 3 sudah diambil, 2 ditunggu, 1 belum datang, 1 pindah atau batal. 1 kartu lain diambil di luar jadwalnya."
        );
        let tally = Tally { all: 4, collected: 3, missed: 1, ..Tally::default() };
        assert_eq!(day_summary("Kelurahan Gambir", tally, true), "Kelurahan Gambir. 4 orang: 3 sudah diambil, 1 tidak datang.");
    }

    #[test]
    fn whose_blank_is_missing_is_told_as_it_is() {
        assert_eq!(
            waiting_for_blanks(2, 1, false),
            "Blangko tidak cukup. 2 permohonan kini “Menunggu blangko”, dan pemohonnya diberi tahu lewat SMS. \
             1 permohonan tetap menunggu blangko."
        );
        assert_eq!(waiting_for_blanks(0, 3, true), "Blangko habis. 3 permohonan tetap menunggu blangko.");
    }

    #[test]
    fn a_misprint_says_what_becomes_of_the_appointment() {
        let number = ReceiptNumber::from_values([1; 7]);
        let (now, later) = (datetime!(2026-11-25 09:35 +7), datetime!(2026-11-27 07:30 +7));
        let words = |at, moved| back_to_print(number, at, moved, now);
        assert!(words(later, true).ends_with("pindah ke Jumat, 27 November 2026, 07.30–08.00\u{a0}WIB; SMS dikirim."));
        assert!(words(later, false).ends_with("tetap Jumat, 27 November 2026, 07.30–08.00\u{a0}WIB."));
        assert!(words(now, false).contains("belum ada tempatnya"));
    }
}
