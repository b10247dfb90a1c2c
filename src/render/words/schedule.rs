//! What is said about hours that cannot be had.

use time::{Date, OffsetDateTime};

use crate::{
    domain::calendar::{Slot, day_of},
    render::dates,
};

/// No half hour chosen.
pub const SLOT_EMPTY: &str = "Pilih jam kedatangan.";
/// The hours on the page are those of another day or counter than the lists above them show.
pub const SLOT_OF_ANOTHER_DAY: &str = "Tanggal atau loket sudah diganti. Ini jam untuk pilihan itu: pilih satu, lalu kirim.";
/// The form was shown for a draft, which another tab has sent meanwhile.
pub const SCHEDULE_SENT_MEANWHILE: &str =
    "Permohonan ini sudah terkirim dari halaman lain, dan jadwalnya tetap. Pilih jam lain hanya bila ingin mengubahnya.";
/// A returned application has given its place up.
pub const PLACE_GIVEN_UP: &str = "Jadwal lama sudah dilepas. Pilih jadwal baru, lalu kirim perbaikannya.";
/// An appointment was moved too often.
pub const SLOT_TOO_OFTEN: &str = "Jadwal sudah 10 kali diubah hari ini. Ubah lagi besok, atau hubungi kelurahan.";

/// A half hour was taken a moment ago.
#[must_use]
pub fn slot_full(wish: OffsetDateTime, nearest: &[Slot]) -> String {
    format!("Jam {} baru saja penuh.{}", dates::half_hour(wish), alternatives(wish, nearest))
}

/// "Ya" came after the hold ran out and others had taken every place.
#[must_use]
pub fn slot_lost(wish: OffsetDateTime, nearest: &[Slot]) -> String {
    format!(
        "Waktu 15 menit habis dan jam {} sudah terisi.{} Isian lain tetap tersimpan.",
        dates::half_hour(wish),
        alternatives(wish, nearest)
    )
}

/// "Ya" came when the half hour was too near, past, or its counter closed.
#[must_use]
pub fn slot_gone(wish: OffsetDateTime, nearest: &[Slot]) -> String {
    format!(
        "{}, {} tidak dapat dipilih lagi.{} Isian lain tetap tersimpan.",
        dates::full_date(day_of(wish)),
        dates::half_hour(wish),
        alternatives(wish, nearest)
    )
}

/// The nearest free half hours; the day is named where it is another than the wish's.
fn alternatives(wish: OffsetDateTime, nearest: &[Slot]) -> String {
    if nearest.is_empty() {
        return " Pilih hari atau loket lain.".into();
    }
    let name = |slot: &Slot| {
        let (day, hours) = (day_of(slot.starts_at), dates::half_hour(slot.starts_at));
        if day == day_of(wish) { hours } else { format!("{} {hours}", dates::short_date(day)) }
    };
    let named: Vec<String> = nearest.iter().map(name).collect();
    format!(" Yang terdekat dan masih kosong: {}.", named.join("; "))
}

/// The counter is closed that day.
#[must_use]
pub fn slot_closed(day: Date, reason: &str) -> String {
    format!("Loket tutup pada {}: {reason}. Pilih tanggal lain.", dates::full_date(day))
}

/// The day is not among those offered.
#[must_use]
pub fn slot_range(days: &[Date]) -> String {
    match (days.first(), days.last()) {
        (Some(first), Some(last)) => format!("Pilih tanggal antara {} dan {}.", dates::date(*first), dates::date(*last)),
        _ => "Belum ada tanggal yang dapat dipilih.".into(),
    }
}

/// Every half hour of a counter is full.
#[must_use]
pub fn counter_full(counter: &str, last: Date) -> String {
    format!("Semua jam di {counter} penuh sampai {}. Pilih loket lain.", dates::date(last))
}
