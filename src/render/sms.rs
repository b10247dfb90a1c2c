//! The wording of every SMS. The page that shows one beforehand and the deed that sends it use the same
//! function. No NIK, no name of a person, no link; plain letters, so that one part holds 160 of them.

use time::OffsetDateTime;

use crate::domain::{
    calendar::{SLOT, WIB, day_of},
    category::{Category, DocumentKind},
    code::Code,
    event::{Explanation, Fault},
    message::MessageKind,
    receipt::ReceiptNumber,
    region::{Counter, RegionLevel},
};

/// A fact that a citizen is told, with what its words need.
#[derive(Clone, Debug)]
pub enum Notice<'a> {
    /// Sent, or sent in again.
    Submitted,
    /// Returned; to be mended by the end of that day.
    Returned(&'a Explanation, time::Date),
    /// Approved.
    Approved(&'a Counter),
    /// Waits for blank cards.
    Waiting,
    /// To be fetched.
    Ready(&'a Counter, OffsetDateTime, Category),
    /// The appointment is another; with the category when the card lies at the counter already.
    Moved(&'a Counter, OffsetDateTime, Option<Category>),
    /// The day before.
    Reminder(&'a Counter, OffsetDateTime, Category),
    /// Nobody came.
    NotCollected(&'a Counter),
    /// Nobody came for a week.
    StillThere(&'a Counter),
    /// Handed over then.
    Collected(&'a Counter, OffsetDateTime),
    /// Refused.
    Refused(&'a Explanation),
    /// Cancelled then.
    Cancelled(OffsetDateTime),
    /// Not mended in time.
    Expired,
}

impl Notice<'_> {
    /// The kind of message.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Submitted => MessageKind::Diajukan,
            Self::Returned(..) => MessageKind::PerluPerbaikan,
            Self::Approved(_) => MessageKind::Disetujui,
            Self::Waiting => MessageKind::MenungguBlangko,
            Self::Ready(..) => MessageKind::SiapDiambil,
            Self::Moved(..) => MessageKind::Dipindah,
            Self::Reminder(..) | Self::StillThere(_) => MessageKind::Pengingat,
            Self::NotCollected(_) => MessageKind::TidakDiambil,
            Self::Collected(..) => MessageKind::Selesai,
            Self::Refused(_) => MessageKind::Ditolak,
            Self::Cancelled(_) => MessageKind::Dibatalkan,
            Self::Expired => MessageKind::Kedaluwarsa,
        }
    }
}

/// The words.
#[must_use]
pub fn text(number: ReceiptNumber, notice: &Notice<'_>) -> String {
    let words = match notice {
        Notice::Submitted => format!(
            "Permohonan cetak KTP-el {number} diterima. Hasil pemeriksaan dikirim lewat SMS paling lambat 1 hari kerja. Gratis."
        ),
        Notice::Returned(why, until) => {
            format!("{number} perlu diperbaiki: {}. Unggah ulang paling lambat {} lewat akun Anda.", faults(why), day(*until))
        }
        Notice::Approved(counter) => format!(
            "{number} disetujui dan masuk antrean cetak di {}. Jangan datang dulu, tunggu SMS siap diambil.",
            short(counter)
        ),
        Notice::Waiting => {
            format!("{number} menunggu blangko KTP-el. Antrean Anda tetap. Jangan datang dulu, tunggu SMS berikutnya.")
        }
        Notice::Ready(counter, at, category) => {
            format!("KTP-el {number} siap diambil di {}, {}. Bawa {}. Gratis.", short(counter), slot(*at), bring(*category))
        }
        Notice::Moved(counter, at, ready) => {
            let then = ready.map_or_else(
                || "Tunggu SMS siap diambil sebelum datang.".to_owned(),
                |category| format!("Bawa {}. Gratis.", bring(category)),
            );
            format!("Jadwal ambil KTP-el {number} pindah ke {} di {}. {then}", slot(*at), short(counter))
        }
        Notice::Reminder(counter, at, category) => {
            format!("Besok {}, ambil KTP-el {number} di {}. Bawa {}. Gratis.", slot(*at), short(counter), bring(*category))
        }
        Notice::NotCollected(counter) => {
            format!("KTP-el {number} belum diambil di {}. Pilih jam baru lewat akun Anda. Gratis.", short(counter))
        }
        Notice::StillThere(counter) => {
            format!("KTP-el {number} masih tersimpan di {}. Pilih jam baru lewat akun Anda, lalu ambil. Gratis.", short(counter))
        }
        Notice::Collected(counter, at) => format!(
            "KTP-el {number} diserahkan {} {}. Bukan Anda atau keluarga? Segera lapor ke {}.",
            day(day_of(*at)),
            hour(*at),
            short(counter)
        ),
        Notice::Refused(why) => {
            format!("{number} ditolak: {}. Alasan lengkap dan langkah berikutnya ada di akun Anda.", faults(why))
        }
        Notice::Cancelled(at) => {
            format!("{number} dibatalkan {} {}. Bukan Anda? Segera ganti kata sandi.", day(day_of(*at)), hour(*at))
        }
        Notice::Expired => {
            format!("{number} kedaluwarsa karena perbaikan belum diterima. Anda boleh mengajukan lagi. Gratis.")
        }
    };
    format!("DUKCAPIL DKI: {words}")
}

/// How a message about a move reads while the new half hour is not known yet.
#[must_use]
pub fn moved_sample(number: ReceiptNumber, counter: &Counter, ready: Option<Category>) -> String {
    let any = OffsetDateTime::UNIX_EPOCH;
    text(number, &Notice::Moved(counter, any, ready)).replace(&slot(any), "(hari dan jam yang baru)")
}

/// The words of a message about an account, to the number it had. Anything else is no such message, and says nothing.
#[must_use]
pub fn account_text(kind: MessageKind, at: &Counter, now: OffsetDateTime) -> String {
    let (place, day, hour) = (short(at), day(day_of(now)), hour(now));
    let words = match kind {
        MessageKind::AkunDilepas => format!("Akun dengan nomor ponsel ini ditutup di {place} {day} {hour}."),
        MessageKind::PonselDiganti => format!("Nomor ponsel akun Anda diganti di {place} {day} {hour}."),
        _ => return String::new(),
    };
    format!("DUKCAPIL DKI: {words} Bukan Anda yang meminta? Segera hubungi kelurahan.")
}

/// The words of a message with a code.
#[must_use]
pub fn code_text(code: &Code) -> String {
    format!(
        "DUKCAPIL DKI: Kode Anda {}, berlaku 10 menit. Jangan beri tahu siapa pun; petugas tidak pernah memintanya.",
        code.digits()
    )
}

/// The words of a message with a code that is read out at a counter.
#[must_use]
pub fn counter_code_text(code: &Code, at: &Counter) -> String {
    format!(
        "DUKCAPIL DKI: Kode Anda {}, berlaku 10 menit. Sebutkan hanya kepada petugas di depan Anda di {}. Tidak di sana? Abaikan.",
        code.digits(),
        short(at)
    )
}

/// The words of a message to an account's owner about what was done with it, not at a counter. Anything else is no such
/// message, and says nothing.
#[must_use]
pub fn owner_text(kind: MessageKind, now: OffsetDateTime) -> String {
    let at = format!("{} {}", day(day_of(now)), hour(now));
    let words = match kind {
        MessageKind::UpayaDaftar => format!(
            "Seseorang mendaftar dengan NIK Anda {at}. Akun Anda tetap. Lupa kata sandi? Pilih Lupa kata sandi di halaman Masuk."
        ),
        MessageKind::SandiDiganti => format!("Kata sandi akun Anda diganti {at}. Bukan Anda? Segera hubungi kelurahan."),
        MessageKind::PonselDiganti => format!("Nomor ponsel akun Anda diganti {at}. Bukan Anda? Segera hubungi kelurahan."),
        _ => return String::new(),
    };
    format!("DUKCAPIL DKI: {words}")
}

/// The first fault, and how many documents more.
fn faults(why: &Explanation) -> String {
    let mut faults = why.faults.iter().map(|(kind, fault)| format!("{} {}", document(*kind), short_fault(*fault)));
    let first = faults.next().unwrap_or_default();
    match faults.count() {
        0 => first,
        more => format!("{first} dan {more} dokumen lain"),
    }
}

fn document(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::SuratKehilangan => "surat kehilangan",
        DocumentKind::Kk => "KK",
        DocumentKind::KtpRusak => "foto KTP rusak",
        DocumentKind::SuratPindah => "surat pindah",
        DocumentKind::KtpLama => "KTP lama",
        DocumentKind::BuktiPerekaman => "bukti perekaman",
    }
}

fn short_fault(fault: Fault) -> &'static str {
    match fault {
        Fault::TidakTerbaca => "tidak terbaca",
        Fault::TepiTerpotong => "terpotong",
        Fault::BukanDokumennya => "bukan yang diminta",
        Fault::Fotokopi => "fotokopi",
        Fault::OrangLain => "atas nama orang lain",
        Fault::HalamanKurang => "kurang halaman",
    }
}

/// What is to be brought, in few letters.
fn bring(category: Category) -> &'static str {
    match category {
        Category::Hilang => "surat polisi asli",
        Category::Rusak => "KTP rusak",
        Category::Pindah => "KTP lama",
        Category::SetelahRekam => "KK",
    }
}

/// `Kel. Gambir`, `Kec. Gambir`, `Sudin Jakarta Pusat`.
fn short(counter: &Counter) -> String {
    match counter.code.level() {
        RegionLevel::Kelurahan => format!("Kel. {}", counter.region),
        RegionLevel::Kecamatan => format!("Kec. {}", counter.region),
        RegionLevel::Kota => {
            let place = counter.region.trim_start_matches("Kota ").trim_start_matches("Kabupaten ");
            format!("Sudin {}", place.trim_start_matches("Administrasi "))
        }
    }
}

fn day(day: time::Date) -> String {
    format!("{:02}/{:02}/{}", day.day(), u8::from(day.month()), day.year())
}

fn hour(at: OffsetDateTime) -> String {
    let here = at.to_offset(WIB);
    format!("{:02}.{:02}", here.hour(), here.minute())
}

fn slot(at: OffsetDateTime) -> String {
    format!("{} {}-{} WIB", day(day_of(at)), hour(at), hour(at + SLOT))
}

/// Letters that GSM 03.38 knows and our words use: each takes one place of a part.
const GSM: &str = "@ !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\n";

/// How many places a text takes in GSM 03.38's alphabet, or nothing when it has other letters.
#[must_use]
pub fn septets(text: &str) -> Option<usize> {
    text.chars().map(|sign| if GSM.contains(sign) { Some(1) } else { "^{}\\[~]|€".contains(sign).then_some(2) }).sum()
}

/// How many parts a text is sent in: one up to 160 places, then 153 each; by UCS-2 70, then 67.
#[must_use]
pub fn parts(text: &str) -> usize {
    match septets(text) {
        Some(length) if length <= 160 => 1,
        Some(length) => length.div_ceil(153),
        None if text.encode_utf16().count() <= 70 => 1,
        None => text.encode_utf16().count().div_ceil(67),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;
    use crate::domain::region::RegionCode;

    fn counter(code: &str, region: &str) -> Counter {
        Counter { code: RegionCode::parse(code).unwrap(), region: region.to_owned(), address: None, whatsapp: None, places: 3 }
    }

    /// The longest names there are.
    fn counters() -> [Counter; 3] {
        [
            counter("31.75.08.1004", "Kebayoran Lama Selatan"),
            counter("31.01.02", "Kepulauan Seribu Selatan"),
            counter("31.01", "Kabupaten Administrasi Kepulauan Seribu"),
        ]
    }

    #[test]
    fn every_text_fits_one_part_with_the_longest_names() {
        let number = ReceiptNumber::from_values([9; 7]);
        let at = datetime!(2026-11-25 09:00 +7);
        let mut longest = 0;
        for counter in &counters() {
            let mut notices = vec![Notice::Submitted, Notice::Waiting, Notice::Expired, Notice::Cancelled(at)];
            notices.extend([Notice::Approved(counter), Notice::NotCollected(counter), Notice::Collected(counter, at)]);
            notices.push(Notice::StillThere(counter));
            notices.push(Notice::Moved(counter, at, None));
            for category in Category::ALL.iter().copied() {
                notices.push(Notice::Ready(counter, at, category));
                notices.push(Notice::Moved(counter, at, Some(category)));
                notices.push(Notice::Reminder(counter, at, category));
            }
            let whys: Vec<Explanation> = DocumentKind::ALL
                .iter()
                .flat_map(|kind| Fault::ALL.iter().map(|fault| (*kind, *fault)))
                .flat_map(|fault| [vec![fault], vec![fault; 3]])
                .map(|faults| Explanation { faults, words: "ç".repeat(300) })
                .collect();
            notices.extend(whys.iter().flat_map(|why| [Notice::Returned(why, date!(2026 - 11 - 30)), Notice::Refused(why)]));
            let accounts = [MessageKind::AkunDilepas, MessageKind::PonselDiganti].map(|kind| account_text(kind, counter, at));
            for text in notices.iter().map(|notice| text(number, notice)).chain(accounts) {
                let length = septets(&text).unwrap_or_else(|| panic!("other letters: {text}"));
                assert!(length <= 160 && parts(&text) == 1, "{length}: {text}");
                longest = longest.max(length);
            }
        }
        assert!(longest > 140, "the longest names were in it: {longest}");
    }

    #[test]
    fn the_words_are_those_of_the_product() {
        let number = ReceiptNumber::parse("K7M3-9QXF").unwrap();
        let gambir = counter("31.71.01.1001", "Gambir");
        let ready = Notice::Ready(&gambir, datetime!(2026-11-25 09:00 +7), Category::Hilang);
        assert_eq!(
            text(number, &ready),
            "DUKCAPIL DKI: KTP-el K7M3-9QXF siap diambil di Kel. Gambir, 25/11/2026 09.00-09.30 WIB. Bawa surat polisi asli. Gratis."
        );
        assert_eq!(
            text(number, &Notice::Submitted),
            "DUKCAPIL DKI: Permohonan cetak KTP-el K7M3-9QXF diterima. Hasil pemeriksaan dikirim lewat SMS paling lambat 1 hari kerja. Gratis."
        );
        assert_eq!(counters().map(|counter| short(&counter))[2], "Sudin Kepulauan Seribu");
        assert_eq!(short(&counter("31.71", "Kota Administrasi Jakarta Pusat")), "Sudin Jakarta Pusat");
    }

    #[test]
    fn parts_are_counted_as_the_network_counts_them() {
        for (text, count) in
            [("a".repeat(160), 1), ("a".repeat(161), 2), ("a".repeat(307), 3), ("ł".repeat(70), 1), ("ł".repeat(71), 2)]
        {
            assert_eq!(parts(&text), count);
        }
        assert_eq!(septets("[a]"), Some(5));
        assert_eq!(septets("ł"), None);
    }
}
