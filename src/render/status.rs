//! Where an application stands, in words: whose turn it is, what happens next, by when.

use time::OffsetDateTime;

use super::{Given, dates, words};
use crate::domain::{
    application::Application,
    calendar::{self, Holidays, WIB, day_of},
    event::HistoryEntry,
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
pub fn next(application: &Application, holidays: &Holidays, now: OffsetDateTime) -> String {
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
            let by = calendar::decision_day(application.sent_at(), holidays);
            if day_of(now) > by {
                return format!(
                    "pemeriksaan terlambat dari janji kami, {}. Antrean Anda tetap; SMS dikirim begitu selesai.",
                    dates::full_date(by)
                );
            }
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

/// Every step that was taken and not taken back, what the case waits for now, and what is expected to follow. A step is over once it is taken,
/// but for the last one where it begins something that lasts: "Sedang dicetak".
#[must_use]
pub fn timeline(application: &Application) -> Vec<TimelineStep> {
    let waits = waits(application);
    let last_is_over = waits.is_some() || application.status == Status::Selesai;
    let steps = application.standing_steps();
    let last = steps.len().saturating_sub(1);
    let step = |(place, entry): (usize, &&HistoryEntry)| TimelineStep {
        label: happened(entry),
        at: Some(entry.at.to_offset(WIB)),
        mark: if place == last && !last_is_over { Mark::Current } else { Mark::Done },
    };
    let taken = steps.iter().enumerate().map(step);
    let now = waits.map(|label| TimelineStep { label, at: None, mark: Mark::Current });
    let next = expected(application.status).iter().map(|label| TimelineStep { label, at: None, mark: Mark::Next });
    taken.chain(now).chain(next).collect()
}

/// What a case waits for, where its last step is over and nothing has begun yet.
fn waits(application: &Application) -> Option<&'static str> {
    match application.status {
        Status::Draf => Some("Draf"),
        Status::Diajukan => Some(label(application)),
        Status::PerluPerbaikan => Some("Menunggu perbaikan"),
        Status::Disetujui => Some("Antre cetak"),
        _ => None,
    }
}

/// What a step is called when it has happened.
#[must_use]
pub fn happened(entry: &HistoryEntry) -> &'static str {
    match (entry.from, entry.to) {
        _ if entry.is_undoing() => "Putusan diurungkan",
        (Status::Draf, Status::Diajukan) => "Diajukan",
        (_, Status::Diajukan) => "Diperbaiki dan diajukan lagi",
        (_, Status::PerluPerbaikan) => "Diperiksa: perlu perbaikan",
        (Status::Diajukan, Status::Disetujui) => "Diperiksa dan disetujui",
        (_, Status::Disetujui) => "Kembali ke antrean cetak",
        (_, other) => other.label(),
    }
}

/// What an officer did who took a case from one status to another, as its citizen reads it among all that was done with their data.
#[must_use]
pub fn deed(from: Status, to: Status) -> &'static str {
    match (from, to) {
        (_, Status::Diajukan) => "Mengurungkan putusannya",
        (_, Status::PerluPerbaikan) => "Memeriksa dan meminta perbaikan",
        (Status::Diajukan, Status::Disetujui) => "Memeriksa dan menyetujui",
        (_, Status::Disetujui) => "Mengembalikan kartu ke antrean cetak",
        (_, Status::Ditolak) => "Memeriksa dan menolak",
        (_, Status::MenungguBlangko) => "Menandai menunggu blangko",
        (_, Status::Dicetak) => "Mulai mencetak kartu",
        (Status::TidakDiambil, Status::SiapDiambil) => "Memilih jam baru untuk kartu",
        (_, Status::SiapDiambil) => "Menandai kartu siap diambil",
        (_, Status::Selesai) => "Menyerahkan kartu",
        (_, other) => other.label(),
    }
}

/// Why a sent case without a half hour to fetch its card in has none, and what to do.
#[must_use]
pub fn no_pickup(application: &Application) -> String {
    let counter = application.appointment.as_ref().map(|place| place.counter.name()).unwrap_or_default();
    match application.status {
        Status::Selesai => {
            let on = application.history.last().map_or(application.answered_at, |entry| entry.at);
            format!("Kartu diserahkan pada {}.", dates::full_date(day_of(on)))
        }
        Status::TidakDiambil => format!("Jadwal sudah lewat. Kartu tersimpan di {counter}; pilih jam baru."),
        status if status.is_open() => "Jadwal lama sudah dilepas; pilih jadwal baru.".into(),
        _ => "Permohonan ini sudah berakhir, jadi tidak ada kartu yang diambil.".into(),
    }
}

/// What to do about the phone's calendar when the half hour of a case is given up; nothing where it stands, or went by.
#[must_use]
pub fn stale_calendar(application: &Application) -> Option<&'static str> {
    let went_by = matches!(application.status, Status::Draf | Status::Selesai | Status::TidakDiambil);
    let was_given_up = application.pickup().is_none() && application.appointment.is_some() && !went_by;
    was_given_up.then_some("Pernah menyimpan jadwalnya ke kalender ponsel? Hapus dari sana: jadwal itu tidak berlaku lagi.")
}

fn expected(status: Status) -> &'static [&'static str] {
    match status {
        Status::Draf => &["Diajukan", "Diperiksa", "Dicetak", "Siap diambil", "Sudah diambil"],
        Status::PerluPerbaikan => &["Diperiksa", "Dicetak", "Siap diambil", "Sudah diambil"],
        Status::Diajukan | Status::MenungguBlangko => &["Dicetak", "Siap diambil", "Sudah diambil"],
        Status::Disetujui | Status::Dicetak => &["Siap diambil", "Sudah diambil"],
        Status::SiapDiambil | Status::TidakDiambil => &["Sudah diambil"],
        Status::Selesai | Status::Ditolak | Status::Dibatalkan | Status::Kedaluwarsa => &[],
    }
}
