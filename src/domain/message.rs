//! What citizens are told by SMS.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{category::codes, phone::Phone};

/// The kind of a message; each fact is reported once in each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// Sent, or sent in again.
    Diajukan,
    /// Returned for some documents.
    PerluPerbaikan,
    /// Approved.
    Disetujui,
    /// Approved, but there are no blank cards.
    MenungguBlangko,
    /// The card lies at the counter.
    SiapDiambil,
    /// The appointment was moved.
    Dipindah,
    /// The day before the appointment.
    Pengingat,
    /// Nobody came.
    TidakDiambil,
    /// Handed over.
    Selesai,
    /// Refused.
    Ditolak,
    /// Cancelled.
    Dibatalkan,
    /// Not mended in time.
    Kedaluwarsa,
    /// The account of this number was freed by an officer.
    AkunDilepas,
    /// Another number was put in place of this one.
    PonselDiganti,
}

codes!(MessageKind {
    Diajukan = "diajukan", "diterima";
    PerluPerbaikan = "perlu_perbaikan", "perlu perbaikan";
    Disetujui = "disetujui", "disetujui";
    MenungguBlangko = "menunggu_blangko", "menunggu blangko";
    SiapDiambil = "siap_diambil", "siap diambil";
    Dipindah = "dipindah", "jadwal pindah";
    Pengingat = "pengingat", "pengingat";
    TidakDiambil = "tidak_diambil", "belum diambil";
    Selesai = "selesai", "sudah diambil";
    Ditolak = "ditolak", "ditolak";
    Dibatalkan = "dibatalkan", "dibatalkan";
    Kedaluwarsa = "kedaluwarsa", "kedaluwarsa";
    AkunDilepas = "akun_dilepas", "akun dilepas";
    PonselDiganti = "ponsel_diganti", "ponsel diganti";
});

/// A message as it is sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sms {
    /// To whom.
    pub phone: Phone,
    /// The words.
    pub text: String,
}

/// A message of a case, and how far it has come.
#[derive(Clone, Debug)]
pub struct Message {
    /// What about.
    pub kind: MessageKind,
    /// To whom, and the words.
    pub sms: Sms,
    /// When the fact happened.
    pub created_at: OffsetDateTime,
    /// When it was handed to whoever delivers it.
    pub sent_at: Option<OffsetDateTime>,
}
