//! Deciding a case in words: who holds it, what was decided, who was faster, and what was taken back.

use time::OffsetDateTime;

use crate::{
    domain::{person::FullName, receipt::ReceiptNumber, status::Status},
    render::{Given, dates},
};

/// Somebody else holds the case.
#[must_use]
pub fn held(name: &FullName, since: impl Given<OffsetDateTime>) -> String {
    format!("Sedang dibuka {} sejak {}.", name.as_str(), dates::hour_wib(since))
}

/// The officer had lost a case, and holds it again: their time had run out, or a supervisor had taken it from them.
#[must_use]
pub fn held_again(released: Option<&(FullName, OffsetDateTime)>) -> String {
    let lost = match released {
        Some((name, at)) => format!("{} melepaskan kasus ini dari Anda pada {}.", name.as_str(), dates::hour_wib(*at)),
        None => "Waktu memegang kasus ini habis.".to_owned(),
    };
    format!("{lost} Belum ada yang mengambilnya, jadi kini Anda pegang lagi: periksa, lalu tekan sekali lagi.")
}

/// A supervisor took a case from whoever held it, or nobody did.
#[must_use]
pub fn released(was_held: bool) -> &'static str {
    if was_held {
        "Kasus ini dilepaskan. Petugas lain kini dapat memeriksanya."
    } else {
        "Kasus ini sudah tidak dipegang siapa pun. Tidak ada yang berubah."
    }
}

/// A decision can no longer be taken back, because of a step that followed it.
#[must_use]
pub fn undo_followed(officer: Option<&FullName>, at: OffsetDateTime, status: Status) -> String {
    let who = officer.map(|name| format!(" oleh {}", name.as_str())).unwrap_or_default();
    format!(
        "Tidak dapat diurungkan, karena langkah terakhir kasus ini bukan putusan Anda: {}{who} pada {}.",
        status.label(),
        dates::hour_wib(at)
    )
}

/// Somebody was faster: who, when, what they did with the case, and where it stands now.
#[must_use]
pub fn late(officer: Option<&FullName>, (from, to): (Status, Status), at: OffsetDateTime) -> String {
    let who =
        officer.map_or_else(|| "Kasus ini berubah".to_owned(), |name| format!("{} sudah {}", name.as_str(), step(from, to)));
    format!("{who} pada {}: {}. Simpanan Anda tidak dipakai.", dates::hour_wib(at), to.label())
}

/// What an officer did who took a case from one status to another, behind "sudah".
fn step(from: Status, to: Status) -> &'static str {
    match (from, to) {
        (_, Status::Dicetak) => "memulai cetak",
        (_, Status::MenungguBlangko) => "menandai kartu ini menunggu blangko",
        (Status::Dicetak, Status::SiapDiambil) => "mencatat kartu ini baik",
        (Status::Dicetak, Status::Disetujui) => "mencatat kartu ini rusak",
        (Status::SiapDiambil | Status::TidakDiambil, Status::Disetujui) => "mengembalikan kartu ini ke antrean cetak",
        (_, Status::SiapDiambil) => "memilihkan jam baru",
        (_, Status::Selesai) => "menyerahkan kartu ini",
        (_, Status::Diajukan) => "mengurungkan putusan",
        _ => "memutuskan",
    }
}

/// A decision was taken back.
#[must_use]
pub fn undone(number: ReceiptNumber) -> String {
    format!("Putusan {number} diurungkan. SMS-nya tidak dikirim, dan kasus ini Anda pegang lagi.")
}

/// A decision can no longer be taken back: the minute is over.
pub const UNDO_LATE: &str = "Putusan ini tidak dapat diurungkan lagi, karena sudah lebih dari 1 menit dan SMS-nya dikirim. Bila \
    putusannya keliru, hubungi pemohon dan penyelia Anda.";
/// A decision can no longer be taken back: the resident has applied again.
pub const UNDO_FILED: &str =
    "Putusan ini tidak dapat diurungkan lagi, karena pemohon sudah mengajukan permohonan baru. Periksa permohonan barunya.";
/// Cards that were approved a moment ago.
pub const PRINT_SOON: &str =
    "Kartu yang baru disetujui dapat dicetak setelah 1 menit, karena persetujuannya masih dapat diurungkan.";

/// What an officer decided.
#[must_use]
pub fn decided_in_short(status: impl Given<Status>) -> &'static str {
    match status.given() {
        Status::Disetujui => "disetujui",
        Status::PerluPerbaikan => "dikembalikan",
        Status::Ditolak => "ditolak",
        other => other.label(),
    }
}

/// How the queue goes on after a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onward {
    /// The next case is open.
    Opened,
    /// Cases wait, but colleagues hold them, or they are of the officer's own family.
    NoneForThem,
    /// No case waits.
    Nothing,
}

/// What became of a case, and how the queue goes on.
#[must_use]
pub fn decided(number: ReceiptNumber, status: Status, onward: Onward) -> String {
    let deed = decided_in_short(status);
    let next = match onward {
        Onward::Opened => "Kasus berikutnya sudah terbuka.",
        Onward::NoneForThem => "Tidak ada lagi yang dapat Anda periksa.",
        Onward::Nothing => "Tidak ada lagi yang menunggu pemeriksaan.",
    };
    format!("{number} {deed}. {next}")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn who_was_faster_is_told_with_what_they_did() {
        let name = FullName::parse("Rini Contoh").unwrap();
        let at = datetime!(2026-11-20 09:17 +7);
        for (from, to, told) in [
            (Status::Diajukan, Status::Ditolak, "Rini Contoh sudah memutuskan pada 09.17\u{a0}WIB: Ditolak."),
            (Status::Disetujui, Status::Dicetak, "Rini Contoh sudah memulai cetak pada"),
            (Status::Disetujui, Status::MenungguBlangko, "Rini Contoh sudah menandai kartu ini menunggu blangko pada"),
            (Status::Dicetak, Status::SiapDiambil, "Rini Contoh sudah mencatat kartu ini baik pada"),
            (Status::Dicetak, Status::Disetujui, "Rini Contoh sudah mencatat kartu ini rusak pada"),
            (Status::SiapDiambil, Status::Disetujui, "Rini Contoh sudah mengembalikan kartu ini ke antrean cetak pada"),
            (Status::TidakDiambil, Status::SiapDiambil, "Rini Contoh sudah memilihkan jam baru pada"),
            (Status::SiapDiambil, Status::Selesai, "Rini Contoh sudah menyerahkan kartu ini pada 09.17\u{a0}WIB: Sudah diambil."),
        ] {
            let sentence = late(Some(&name), (from, to), at);
            assert!(sentence.starts_with(told), "{sentence}");
        }
        assert!(late(None, (Status::Diajukan, Status::Dibatalkan), at).starts_with("Kasus ini berubah pada"));
    }
}
