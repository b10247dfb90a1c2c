//! Where an application stands, in words: whose turn it is, what happens next, by when.

use time::OffsetDateTime;

use super::{Given, dates, words};
use crate::domain::{
    application::Application,
    calendar::{self, Holidays, WIB, day_of},
    limits,
    status::Status,
};

/// The tone in which a status is painted; a class of the stylesheet.
#[must_use]
pub fn tone(status: impl Given<Status>) -> &'static str {
    match status.given() {
        Status::Draf | Status::PerluPerbaikan | Status::TidakDiambil => "act",
        Status::SiapDiambil => "ready",
        Status::Selesai | Status::Dibatalkan => "done",
        Status::Ditolak | Status::Kedaluwarsa => "stop",
        Status::Diajukan | Status::Disetujui | Status::MenungguBlangko | Status::Dicetak => "",
    }
}

/// The tone of the message about a status: calm, but where the citizen must act or it ended badly.
#[must_use]
pub fn note_tone(status: impl Given<Status>) -> &'static str {
    match tone(status.given()) {
        loud @ ("act" | "stop") => loud,
        _ => "",
    }
}

/// What a case's status is called now: one that an officer holds is being checked.
#[must_use]
pub fn label(application: &Application) -> &'static str {
    match application.status {
        Status::Diajukan if application.leased_until.is_some() => "Sedang diperiksa",
        other => other.label(),
    }
}

/// Whose turn it is; the part in bold.
#[must_use]
pub fn turn(status: impl Given<Status>) -> Option<&'static str> {
    match status.given() {
        Status::Draf | Status::PerluPerbaikan | Status::SiapDiambil | Status::TidakDiambil => Some("Giliran Anda:"),
        Status::Diajukan | Status::Disetujui | Status::MenungguBlangko | Status::Dicetak => Some("Giliran kami:"),
        Status::Selesai | Status::Ditolak | Status::Dibatalkan | Status::Kedaluwarsa => None,
    }
}

/// What happens next, who must act and by when.
#[must_use]
pub fn next(application: &Application, holidays: &Holidays) -> String {
    let last_step = application.history.last().map_or(application.answered_at, |entry| entry.at);
    let on = dates::full_date(day_of(last_step));
    let place = application.appointment.as_ref();
    let counter = place.map(|place| place.counter.name()).unwrap_or_default();
    match application.status {
        Status::Draf if application.overtaken_since.is_some() => {
            let since = application.overtaken_since.unwrap_or(application.answered_at);
            words::overtaken(application.civil().name.as_str(), day_of(since))
        }
        Status::Draf => format!("lengkapi dan kirim paling lambat {}.", dates::full(application.answered_at + limits::DRAFT)),
        Status::Diajukan if application.leased_until.is_some() => "petugas sedang membuka dokumen Anda.".into(),
        Status::Diajukan => {
            let by = calendar::decision_day(sent_at(application), holidays);
            format!("petugas memeriksa paling lambat {}, lalu mengirim SMS.", dates::full_date(by))
        }
        Status::PerluPerbaikan => {
            let day = day_of(last_step) + time::Duration::days(limits::MENDING_DAYS);
            format!("perbaiki dokumen dan kirim paling lambat {}; antrean Anda tetap.", dates::full_date(day))
        }
        Status::Disetujui => "kartu menunggu dicetak. Jangan datang dulu; tunggu SMS.".into(),
        Status::MenungguBlangko => "kartu kosong di loket habis. Antrean Anda tetap; kami kirim SMS begitu tersedia.".into(),
        Status::Dicetak => "kartu dicetak dan dicek, lalu kami kirim SMS bila siap diambil.".into(),
        Status::SiapDiambil => {
            let when = place.map(|place| dates::appointment(place.starts_at)).unwrap_or_default();
            let bring = application.category.map(words::bring).unwrap_or_default();
            format!("ambil {when} di {counter}. Bawa: {bring}.")
        }
        Status::TidakDiambil => format!("kartu tersimpan di {counter}. Pilih jam baru."),
        Status::Selesai => format!("Sudah diambil pada {on}. Bukan Anda atau keluarga Anda? Segera hubungi kelurahan."),
        Status::Ditolak => "Permohonan tidak dapat disetujui. Anda boleh mengajukan lagi dengan dokumen yang sesuai.".into(),
        Status::Dibatalkan => format!("Dibatalkan pada {on}. Anda boleh mengajukan lagi."),
        Status::Kedaluwarsa => format!("Perbaikan belum kami terima sampai {on}. Anda boleh mengajukan lagi."),
    }
}

/// When the case was last sent in.
fn sent_at(application: &Application) -> OffsetDateTime {
    let sent = application.history.iter().rev().find(|entry| entry.to == Status::Diajukan);
    sent.map(|entry| entry.at).or(application.submitted_at).unwrap_or(application.answered_at)
}

/// How a line of the time line is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Over.
    Done,
    /// Where the case stands.
    Current,
    /// Still to come.
    Next,
}

/// A line of the time line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineStep {
    /// What happened or will happen.
    pub label: &'static str,
    /// When it happened.
    pub at: Option<OffsetDateTime>,
    /// How it is painted.
    pub mark: Mark,
}

/// Every step that was taken, and those that are expected to follow.
#[must_use]
pub fn timeline(application: &Application) -> Vec<TimelineStep> {
    let current = application.history.len().saturating_sub(1);
    let step = |(place, entry): (usize, &crate::domain::event::HistoryEntry)| TimelineStep {
        label: happened(entry.to, place == 0),
        at: Some(entry.at.to_offset(WIB)),
        mark: if place == current { Mark::Current } else { Mark::Done },
    };
    let taken = application.history.iter().enumerate().map(step);
    let next = expected(application.status).iter().map(|label| TimelineStep { label, at: None, mark: Mark::Next });
    taken.chain(next).collect()
}

/// What a step to a status is called when it has happened.
#[must_use]
pub fn happened(to: Status, is_first: bool) -> &'static str {
    match to {
        Status::Diajukan if is_first => "Diajukan",
        Status::Diajukan => "Diperbaiki dan diajukan lagi",
        Status::PerluPerbaikan => "Diperiksa: perlu perbaikan",
        Status::Disetujui => "Diperiksa dan disetujui",
        other => other.label(),
    }
}

fn expected(status: Status) -> &'static [&'static str] {
    match status {
        Status::Draf => &["Diajukan", "Diperiksa", "Dicetak", "Siap diambil", "Sudah diambil"],
        Status::Diajukan | Status::PerluPerbaikan => &["Diperiksa", "Dicetak", "Siap diambil", "Sudah diambil"],
        Status::Disetujui | Status::MenungguBlangko => &["Dicetak", "Siap diambil", "Sudah diambil"],
        Status::Dicetak => &["Siap diambil", "Sudah diambil"],
        Status::SiapDiambil | Status::TidakDiambil => &["Sudah diambil"],
        Status::Selesai | Status::Ditolak | Status::Dibatalkan | Status::Kedaluwarsa => &[],
    }
}
