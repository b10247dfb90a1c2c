//! Words on the page of a case at the desk: who filed it, what the registry says otherwise now, and what officers did about its
//! messages.

use time::{Date, OffsetDateTime};

use super::{Given, dates, desk_words};
use crate::domain::{
    message::MessageKind,
    phone::Phone,
    resident::{CivilRecord, Ended, Resident},
};

/// Who filed a case: whose card it is, somebody on the same family card, or somebody who no longer stands on it.
#[must_use]
pub fn filed_by(filer: &Resident, about: &Resident) -> String {
    let name = filer.civil.name.as_str();
    if filer.id == about.id {
        format!("{name}, pemilik NIK ini")
    } else if filer.civil.kk_number == about.civil.kk_number {
        format!("{name}, anggota KK yang sama")
    } else {
        format!("{name}, yang kini terdaftar di KK lain")
    }
}

/// The registry says something else than when the case was sent: every field with its old and new words. A kelurahan comes as its
/// name, old and new; numbers are in full for whoever had them shown.
#[must_use]
pub fn changed(old: &CivilRecord, new: &CivilRecord, kelurahan: (&str, &str), in_full: bool) -> String {
    let kk = |civil: &CivilRecord| if in_full { civil.kk_number.grouped() } else { civil.kk_number.masked_grouped() };
    let day = |day: Option<Date>| day.map_or_else(|| "belum ada".to_owned(), dates::date);
    let fields = [
        (old.kk_number != new.kk_number, "nomor KK", kk(old), kk(new)),
        (old.name != new.name, "nama", old.name.as_str().to_owned(), new.name.as_str().to_owned()),
        (old.birth_date != new.birth_date, "tanggal lahir", dates::date(old.birth_date), dates::date(new.birth_date)),
        (old.sex != new.sex, "jenis kelamin", desk_words::sex(old.sex).to_owned(), desk_words::sex(new.sex).to_owned()),
        (
            old.marital_status != new.marital_status,
            "status kawin",
            desk_words::marital_status(old.marital_status).to_owned(),
            desk_words::marital_status(new.marital_status).to_owned(),
        ),
        (old.address != new.address, "alamat", old.address.clone(), new.address.clone()),
        (old.kelurahan != new.kelurahan, "kelurahan", kelurahan.0.to_owned(), kelurahan.1.to_owned()),
        (old.recorded_on != new.recorded_on, "perekaman", day(old.recorded_on), day(new.recorded_on)),
        (old.card_issued_on != new.card_issued_on, "kartu terakhir", day(old.card_issued_on), day(new.card_issued_on)),
        (old.ended != new.ended, "status penduduk", ended(old.ended).to_owned(), ended(new.ended).to_owned()),
    ];
    let changes = fields.into_iter().filter(|(is_other, ..)| *is_other);
    let changes: Vec<String> = changes.map(|(_, field, old, new)| format!("{field} “{old}” menjadi “{new}”")).collect();
    format!("Data kependudukan berubah sejak permohonan dikirim: {}.", changes.join("; "))
}

fn ended(ended: Option<Ended>) -> &'static str {
    match ended {
        None => "tercatat",
        Some(Ended::Meninggal) => "meninggal",
        Some(Ended::PindahKeluar) => "pindah keluar Jakarta",
    }
}

/// A message was sent again, as a case's history tells it; of which kind is not known of the oldest.
#[must_use]
pub fn sent_again(kind: Option<MessageKind>) -> String {
    format!("SMS{} dikirim ulang", quoted(kind))
}

/// Somebody was telephoned in place of a message.
#[must_use]
pub fn telephoned(kind: Option<MessageKind>) -> String {
    format!("Pemohon ditelepon sebagai ganti SMS{}", quoted(kind))
}

fn quoted(kind: Option<MessageKind>) -> String {
    kind.map(|kind| format!(" “{}”", kind.label())).unwrap_or_default()
}

/// "Kirim ulang" was pressed, and where the message goes.
#[must_use]
pub fn sends_again(kind: MessageKind, phone: &Phone) -> String {
    format!("SMS “{}” dikirim ulang ke {}.", kind.label(), phone.masked())
}

/// A message that does not tell how the case stands any more.
pub const MESSAGE_OUTDATED: &str = "Pesan ini sudah tidak sesuai dengan keadaan permohonan sekarang, jadi tidak dikirim ulang. \
    Hanya SMS terbaru yang dapat dikirim ulang.";

/// A message that was sent a moment ago.
#[must_use]
pub fn message_too_soon(then: impl Given<OffsetDateTime>) -> String {
    format!("SMS ini baru saja dikirim. Bila belum sampai, kirim ulang mulai pukul {}.", dates::next_minute_wib(then.given()))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::domain::{
        ids::ResidentId,
        nik::{KkNumber, Nik},
        person::FullName,
        region::RegionCode,
        resident::{MaritalStatus, Sex},
    };

    fn civil() -> CivilRecord {
        CivilRecord {
            nik: Nik::parse("3171010508900001").unwrap(),
            kk_number: KkNumber::parse("3171010101200001").unwrap(),
            name: FullName::parse("Umpama Contoh").unwrap(),
            birth_date: date!(1990 - 08 - 05),
            sex: Sex::Male,
            marital_status: MaritalStatus::BelumKawin,
            address: "Jalan Lama 1".to_owned(),
            kelurahan: RegionCode::parse("31.71.01.1004").unwrap(),
            recorded_on: Some(date!(2015 - 01 - 05)),
            card_issued_on: None,
            ended: None,
        }
    }

    #[test]
    fn every_field_that_changed_is_named_with_what_it_was_and_is() {
        let old = civil();
        let new = CivilRecord {
            kk_number: KkNumber::parse("3174090101260002").unwrap(),
            name: FullName::parse("Umpama Misal").unwrap(),
            birth_date: date!(1990 - 08 - 06),
            sex: Sex::Female,
            marital_status: MaritalStatus::Kawin,
            address: "Jalan Baru 2".to_owned(),
            kelurahan: RegionCode::parse("31.71.01.1002").unwrap(),
            recorded_on: None,
            card_issued_on: Some(date!(2026 - 11 - 01)),
            ended: Some(Ended::Meninggal),
            ..civil()
        };
        let told = changed(&old, &new, ("Petojo Selatan", "Cideng"), false);
        for words in [
            "nomor KK “3171 01** **** 0001” menjadi “3174 09** **** 0002”",
            "nama “Umpama Contoh” menjadi “Umpama Misal”",
            "tanggal lahir “5 Agustus 1990” menjadi “6 Agustus 1990”",
            "jenis kelamin “laki-laki” menjadi “perempuan”",
            "status kawin “belum kawin” menjadi “kawin”",
            "alamat “Jalan Lama 1” menjadi “Jalan Baru 2”",
            "kelurahan “Petojo Selatan” menjadi “Cideng”",
            "perekaman “5 Januari 2015” menjadi “belum ada”",
            "kartu terakhir “belum ada” menjadi “1 November 2026”",
            "status penduduk “tercatat” menjadi “meninggal”.",
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert!(changed(&old, &new, ("", ""), true).contains("“3171 0101 0120 0001” menjadi “3174 0901 0126 0002”"));
        let moved = CivilRecord { address: "Jalan Baru 2".to_owned(), ..civil() };
        assert_eq!(
            changed(&old, &moved, ("", ""), false),
            "Data kependudukan berubah sejak permohonan dikirim: alamat “Jalan Lama 1” menjadi “Jalan Baru 2”."
        );
    }

    #[test]
    fn who_filed_is_named_with_what_they_are_to_the_card() {
        let about = Resident { id: ResidentId::random(), civil: civil(), handed_over_on: None };
        let other = |kk: &str| {
            let civil = CivilRecord { kk_number: KkNumber::parse(kk).unwrap(), ..civil() };
            Resident { id: ResidentId::random(), civil, handed_over_on: None }
        };
        assert_eq!(filed_by(&about, &about), "Umpama Contoh, pemilik NIK ini");
        assert_eq!(filed_by(&other("3171010101200001"), &about), "Umpama Contoh, anggota KK yang sama");
        assert_eq!(filed_by(&other("3174090101260002"), &about), "Umpama Contoh, yang kini terdaftar di KK lain");
    }
}
