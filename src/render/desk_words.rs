//! Sentences of the desk.

mod decisions;

use time::{Date, OffsetDateTime};

pub use decisions::{
    Onward, PRINT_SOON, UNDO_FILED, UNDO_LATE, decided, decided_in_short, held, held_again, late, released, undo_followed, undone,
};

use super::{Given, dates};
use crate::domain::{
    card::{Because, Check, Handover},
    category::Category,
    receipt::ReceiptNumber,
    resident::{MaritalStatus, Sex},
    status::{Actor, Status},
};

/// An officer's log-in does not match, whatever of it.
pub const LOGIN_WRONG: &str = "Nama pengguna, kata sandi, atau kode tidak cocok.";
/// Somebody has left the desk.
pub const LEFT: &str = "Anda sudah keluar. Halaman ini aman ditutup.";
/// A session of the desk was not used for 15 minutes, or had lasted 10 hours.
pub const SESSION_IDLE: &str = "Sesi Anda berakhir: 15 menit tidak dipakai, atau sudah 10 jam. Masuk lagi untuk melanjutkan.";
/// Somebody else's hand was at the officer's account.
pub const SESSION_CHANGED: &str =
    "Anda dikeluarkan karena kata sandi atau kode masuk akun Anda diganti. Masuk lagi untuk melanjutkan.";
/// The officer's account was shut.
pub const ACCOUNT_SHUT: &str = "Akun petugas Anda sudah ditutup. Tanyakan kepada penyelia atau admin dinas.";
/// The user name is missing.
pub const NAME_EMPTY: &str = "Isi nama pengguna.";
/// A code of the second factor does not match; mostly the phone's clock is wrong, or the code is an old one.
pub const CODE_WRONG: &str = "Kode tidak cocok. Atur tanggal dan jam ponsel secara otomatis, lalu isi kode yang baru.";
/// The code of the second factor is missing.
pub const CODE_EMPTY: &str = "Isi 6 angka dari aplikasi autentikator.";
/// Nothing was typed into the search.
pub const SEARCH_EMPTY: &str = "Tulis nomor permohonan, NIK, atau nama.";
/// The address of a search is good no longer, or is another session's.
pub const SEARCH_OVER: &str = "Hasil pencarian ini sudah ditutup. Tulis lagi yang Anda cari.";
/// A file of a case was sent for another family, in a line of the queue.
pub const HINT_TWIN: &str = "Berkas sama dengan KK lain";

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

/// A category, short enough for a line of the queue.
#[must_use]
pub fn short_category(category: impl Given<Category>) -> &'static str {
    match category.given() {
        Category::Hilang => "Hilang",
        Category::Rusak => "Rusak",
        Category::Pindah => "Pindah",
        Category::SetelahRekam => "Setelah perekaman",
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

/// The same, in a line of the queue.
#[must_use]
pub fn hint_phone(families: i64) -> String {
    format!("Ponsel di {families} KK")
}

/// No card is chosen for a run.
pub const PRINT_EMPTY: &str = "Centang kartu yang akan dicetak.";
/// No card of a run is marked.
pub const RESULTS_EMPTY: &str = "Tandai kartu yang sudah dicetak: baik atau rusak.";
/// A spoilt card without what is wrong with it.
pub const SPOILT_REASON: &str = "Pilih alasan kartu rusak.";
/// A reason, and no mark that the card is spoilt.
pub const SPOILT_MARK: &str = "Tandai “Rusak”, atau kosongkan alasannya.";
/// Results are stored.
pub const RESULTS_STORED: &str =
    "Hasil cetak tersimpan. Kartu yang baik dikabarkan lewat SMS; yang rusak kembali ke antrean cetak.";
/// No number of blanks.
pub const BLANKS_EMPTY: &str = "Isi jumlah blangko dengan angka, misalnya 50 atau -2.";
/// What a scanner sent cannot be read.
pub const SCAN_UNREADABLE: &str = "Hasil pindaian tidak terbaca. Matikan Caps Lock dan pilih bahasa papan ketik Inggris (AS), lalu \
    pindai lagi; atau ketik nomor permohonan.";
/// A number that is none of this counter's.
pub const NOT_HERE: &str = "Tidak ada permohonan dengan nomor itu di loket ini.";
/// Nobody is chosen.
pub const COLLECTOR_EMPTY: &str = "Pilih siapa yang mengambil kartu.";
/// Somebody else came, and no word why.
pub const INSTEAD_EMPTY: &str = "Tulis alasan kartu tidak diambil pemiliknya.";
/// Too many words why.
pub const INSTEAD_LONG: &str = "Alasan paling panjang 200 huruf. Persingkat alasannya.";
/// A resident who is not of this counter's area, or nobody.
pub const RESIDENT_NOT_HERE: &str = "Tidak ada penduduk dengan NIK itu di wilayah loket ini.";
/// Identity was not checked.
pub const IDENTITY_UNCHECKED: &str = "Cocokkan identitasnya dulu, lalu centang.";
/// An account was freed.
pub const ACCOUNT_FREED: &str =
    "Akun dilepas. Pemiliknya kini membuat kata sandi lewat “Lupa kata sandi?”; nomor lama diberi tahu lewat SMS.";
/// Somebody without an account who may open one.
pub const MAY_REGISTER: &str = "belum ada; warga dapat mendaftar sendiri";
/// Somebody without an account who may open none.
pub const MAY_NOT_REGISTER: &str = "belum ada, dan belum dapat mendaftar sendiri";
/// A card of the officer's own family.
pub const OWN_FAMILY_CARD: &str = "Ini keluarga Anda sendiri. Kartunya diserahkan rekan atau penyelia.";
/// An account of the officer's own family.
pub const OWN_FAMILY_ACCOUNT: &str = "Ini keluarga Anda sendiri. Mintalah rekan Anda mengerjakannya.";
/// A phone was changed.
pub const PHONE_CHANGED: &str = "Nomor ponsel diganti. Nomor lama diberi tahu lewat SMS.";
/// The phone that was typed is the account's already.
pub const PHONE_SAME: &str = "Nomor ini sudah menjadi nomor akun ini.";
/// Somebody did something with an account since its page was opened.
pub const ACCOUNT_CHANGED: &str = "Akun ini berubah sejak halaman ini dibuka. Periksa lagi sebelum melepasnya.";
/// Somebody booked or cancelled since the page was shown.
pub const CLOSE_CHANGED: &str = "Jumlah janji berubah sejak halaman ini dibuka. Periksa lagi sebelum menutup.";
/// There are not enough free places.
pub const CLOSE_NO_PLACE: &str = "Tempat kosong di hari-hari berikutnya tidak cukup. Hubungi dinas sebelum menutup hari ini.";

/// Somebody was telephoned.
pub const TELEPHONED: &str = "Ditandai sudah ditelepon.";

/// How many of the oldest may be printed at once.
#[must_use]
pub fn oldest_count(most: usize) -> String {
    format!("Isi angka 1 sampai {most}.")
}

/// Too many cards for a run.
#[must_use]
pub fn print_many(most: usize) -> String {
    format!("Satu daftar cetak paling banyak {most} kartu.")
}

/// Blanks were entered.
#[must_use]
pub fn blanks_entered(change: i32) -> String {
    let direction = if change > 0 { "masuk" } else { "keluar" };
    format!("{} blangko dicatat {direction}.", change.unsigned_abs())
}

/// More blanks would go than there are.
#[must_use]
pub fn blanks_below_zero(left: i32) -> String {
    format!("Blangko yang tercatat hanya {left}, jadi tidak dapat dikurangi sebanyak itu.")
}

/// What is still to be done before a card is handed over.
#[must_use]
pub fn unchecked(open: &[Check]) -> String {
    let words = open.iter().map(|check| match check {
        Check::Identitas => "identitas dicocokkan",
        Check::KtpDitarik => "KTP-el lama ditarik",
        Check::SuratDilihat => "surat asli dilihat",
    });
    format!("Centang dulu: {}.", words.collect::<Vec<_>>().join(", "))
}

/// A card was handed over.
#[must_use]
pub fn handed_over(number: ReceiptNumber, handover: &Handover, at: OffsetDateTime) -> String {
    format!("Kartu {number} diserahkan kepada {} pukul {}.", handover.collector.as_str(), dates::hour_wib(at))
}

/// Another half hour was given.
#[must_use]
pub fn offered(number: ReceiptNumber, at: OffsetDateTime) -> String {
    format!("Jadwal kartu {number} pindah ke {}. SMS dikirim.", dates::appointment(at))
}

/// Why a day is closed is missing or too long.
#[must_use]
pub fn close_reason(most: usize) -> String {
    format!("Tulis sebab loket tutup, paling panjang {most} huruf. Warga membacanya.")
}

/// A day was opened again.
pub const DAY_OPENED: &str = "Loket dibuka kembali pada hari itu.";
/// A day was closed.
#[must_use]
pub fn day_closed(moved: usize) -> String {
    match moved {
        0 => "Loket ditutup pada hari itu. Tidak ada janji yang perlu dipindah.".to_owned(),
        _ => format!("Loket ditutup pada hari itu. {moved} janji dipindah, dan semuanya diberi tahu lewat SMS."),
    }
}

/// What somebody is asked for at the counter, in few words.
#[must_use]
pub fn asked_for(category: impl Given<Category>) -> &'static str {
    match category.given() {
        Category::Hilang => "Surat polisi asli",
        Category::Rusak => "KTP-el rusak",
        Category::Pindah => "KTP-el lama",
        Category::SetelahRekam => "–",
    }
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

/// Why a step was taken: of a return or refusal a line for each document and the officer's own words; the flaw of a
/// card; who took it.
#[must_use]
pub fn because(why: &Because) -> Vec<String> {
    match why {
        Because::Faults(why) => {
            let faults = why.faults.iter().map(|(kind, fault)| format!("{}: {}", kind.label(), fault.label().to_lowercase()));
            faults.chain(Some(why.words.clone()).filter(|words| !words.is_empty())).collect()
        }
        Because::Spoilt(flaw) => vec![format!("Kartu rusak: {}", flaw.label().to_lowercase())],
        Because::HandedTo(handover) => {
            let who = match &handover.instead {
                None => "pemilik kartu".to_owned(),
                Some(reason) => format!("anggota KK; {reason}"),
            };
            let taken = format!("Diambil {}, {who}", handover.collector.as_str());
            std::iter::once(taken).chain(handover.checks.iter().map(|check| check.label().to_owned())).collect()
        }
    }
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
