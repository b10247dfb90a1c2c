//! Sentences of the desk.

use time::{Date, OffsetDateTime};

use super::{Given, dates};
use crate::domain::{
    event::Explanation,
    person::FullName,
    receipt::ReceiptNumber,
    resident::{MaritalStatus, Sex},
    status::{Actor, Status},
};

/// An officer's log-in does not match, whatever of it.
pub const LOGIN_WRONG: &str = "Nama pengguna, kata sandi, atau kode tidak cocok.";
/// The user name is missing.
pub const NAME_EMPTY: &str = "Isi nama pengguna.";
/// The code of the second factor is missing.
pub const CODE_EMPTY: &str = "Isi 6 angka dari aplikasi autentikator.";
/// Nothing was typed into the search.
pub const SEARCH_EMPTY: &str = "Tulis nomor permohonan, NIK, atau nama.";

/// An officer's own family.
pub const OWN_FAMILY: &str = "Ini keluarga Anda sendiri. Kasus ini diputuskan rekan atau penyelia.";
/// A supervisor's own family.
pub const OWN_FAMILY_OF_SUPERVISOR: &str = "Ini keluarga Anda sendiri. Kasus ini diputuskan petugas loket.";
/// Somebody who decides no such case.
pub const ONLY_LOOKING: &str = "Anda dapat melihat kasus ini, tetapi tidak memutuskannya.";
/// The officer's time with a case has run out.
pub const LEASE_LAPSED: &str = "Waktu memegang kasus ini habis. Buka lagi untuk melanjutkan.";

/// No document is named, or one without what is wrong with it.
pub const REASON_EMPTY: &str = "Pilih dokumen dan satu alasan untuk tiap dokumen.";
/// The officer's own words are too long.
pub const WORDS_LONG: &str = "Pesan paling panjang 300 huruf. Persingkat pesannya.";
/// A refusal says more than a reason from the list.
pub const REFUSAL_WORDS_EMPTY: &str = "Tulis alasan penolakan dan apa yang dapat dilakukan pemohon.";

/// The registry says something else than when the case was sent.
pub const FLAG_CHANGED: &str = "Data kependudukan berubah sejak permohonan dikirim.";
/// The NIK tells another birth date or sex.
pub const FLAG_BIRTH: &str = "Tanggal lahir tidak sama dengan yang tertulis dalam NIK.";

/// A step of the queue, short enough for seven of them in a line.
#[must_use]
pub fn tab(status: Status) -> &'static str {
    match status {
        Status::Disetujui => "Antre cetak",
        other => other.label(),
    }
}

/// The police's letter is old.
#[must_use]
pub fn flag_letter(days: i64, date: Date) -> String {
    format!("Surat polisi berumur {days} hari ({}).", dates::date(date))
}

/// The card was lost often.
#[must_use]
pub fn flag_losses(count: i64) -> String {
    format!("Kehilangan ke-{count} dalam setahun.")
}

/// The phone stands for many families.
#[must_use]
pub fn flag_phone(families: i64) -> String {
    format!("Nomor ponsel ini dipakai untuk penduduk dari {families} KK.")
}

/// Somebody else holds the case.
#[must_use]
pub fn held(name: &FullName, since: impl Given<OffsetDateTime>) -> String {
    format!("Sedang dibuka {} sejak {}.", name.as_str(), dates::hour_wib(since))
}

/// Somebody was faster: who, when, and where the case stands now.
#[must_use]
pub fn late(officer: Option<&FullName>, at: OffsetDateTime, status: Status) -> String {
    let label = status.label();
    match officer {
        Some(name) => {
            format!("{} sudah memutuskan pada {}: {label}. Simpanan Anda tidak dipakai.", name.as_str(), dates::hour_wib(at))
        }
        None => format!("Kasus ini berubah pada {}: {label}. Simpanan Anda tidak dipakai.", dates::hour_wib(at)),
    }
}

/// What became of a case, and whether the next one is open.
#[must_use]
pub fn decided(number: ReceiptNumber, status: Status, has_next: bool) -> String {
    let deed = match status {
        Status::Disetujui => "disetujui",
        Status::PerluPerbaikan => "dikembalikan, SMS dikirim",
        Status::Ditolak => "ditolak, SMS dikirim",
        other => other.label(),
    };
    let next = if has_next { "Kasus berikutnya sudah terbuka." } else { "Tidak ada lagi yang menunggu pemeriksaan." };
    format!("{number} {deed}. {next}")
}

/// Who took a step, where no officer did.
#[must_use]
pub fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Warga => "pemohon",
        Actor::Petugas => "petugas",
        Actor::Jam => "otomatis",
    }
}

/// Why a case was returned or refused, a line for each document, and the officer's own words.
#[must_use]
pub fn explanation(why: &Explanation) -> Vec<String> {
    let faults = why.faults.iter().map(|(kind, fault)| format!("{}: {}", kind.label(), fault.label().to_lowercase()));
    faults.chain(Some(why.words.clone()).filter(|words| !words.is_empty())).collect()
}

/// Sex, as the family card writes it.
#[must_use]
pub fn sex(sex: impl Given<Sex>) -> &'static str {
    match sex.given() {
        Sex::Male => "laki-laki",
        Sex::Female => "perempuan",
    }
}

/// Marital status, as the family card writes it.
#[must_use]
pub fn marital_status(status: impl Given<MaritalStatus>) -> &'static str {
    match status.given() {
        MaritalStatus::BelumKawin => "belum kawin",
        MaritalStatus::Kawin => "kawin",
        MaritalStatus::CeraiHidup => "cerai hidup",
        MaritalStatus::CeraiMati => "cerai mati",
    }
}
