//! What citizens are told, by SMS and by e-mail.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{category::codes, ids::MessageId, person::Email, phone::Phone};

/// A message that waits for longer is worth a warning.
pub const WAITS_TOO_LONG: Duration = Duration::minutes(10);

/// Who sends every message, in its words and as the name beside an e-mail's address.
pub const SENDER: &str = "DUKCAPIL DKI";

/// On which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// To a phone, through the SMS gateway.
    Sms,
    /// To a mailbox, through the mail server.
    Email,
}

codes!(Channel {
    Sms = "sms", "SMS";
    Email = "email", "Email";
});

/// The kind of a message; each fact is reported once in each kind and on each channel.
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
    /// A code that proves a phone.
    Kode,
    /// Somebody registers with the NIK of an account.
    UpayaDaftar,
    /// A forgotten password was replaced.
    SandiDiganti,
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
    Kode = "kode", "kode";
    UpayaDaftar = "upaya_daftar", "upaya daftar";
    SandiDiganti = "sandi_diganti", "kata sandi diganti";
});

/// An SMS as it is sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sms {
    /// To whom.
    pub phone: Phone,
    /// The words.
    pub text: String,
}

/// An e-mail as it is sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// To whom.
    pub to: Email,
    /// Its subject, a line.
    pub subject: String,
    /// The words, in lines.
    pub text: String,
}

/// What is sent, on its channel.
#[derive(Clone, Debug)]
pub enum Content {
    /// An SMS.
    Sms(Sms),
    /// An e-mail.
    Mail(Mail),
}

impl Content {
    /// On which channel.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self {
            Self::Sms(_) => Channel::Sms,
            Self::Mail(_) => Channel::Email,
        }
    }

    /// To whom, as officers see it: a phone to be dialled, an e-mail address masked.
    #[must_use]
    pub fn recipient(&self) -> String {
        match self {
            Self::Sms(sms) => sms.phone.shown(),
            Self::Mail(mail) => mail.to.masked(),
        }
    }

    /// What it says in a line.
    #[must_use]
    pub fn line(&self) -> &str {
        match self {
            Self::Sms(sms) => &sms.text,
            Self::Mail(mail) => &mail.subject,
        }
    }
}

impl From<&Sms> for Content {
    fn from(sms: &Sms) -> Self {
        Self::Sms(sms.clone())
    }
}

impl From<&Mail> for Content {
    fn from(mail: &Mail) -> Self {
        Self::Mail(mail.clone())
    }
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// To be handed to the gateway.
    Menunggu,
    /// The gateway has it.
    Terkirim,
    /// The phone has it.
    Sampai,
    /// Given up: somebody should telephone.
    Gagal,
    /// Somebody did.
    Ditelepon,
}

codes!(MessageState {
    Menunggu = "menunggu", "menunggu dikirim";
    Terkirim = "terkirim", "dikirim";
    Sampai = "sampai", "sampai di ponsel";
    Gagal = "gagal", "gagal";
    Ditelepon = "ditelepon", "sudah ditelepon";
});

/// Why a message did not go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Nobody answers at the gateway's address.
    TidakTerhubung,
    /// The gateway did not answer in time; it may have the message.
    TanpaJawaban,
    /// The gateway cannot take it now.
    GatewaySibuk,
    /// The gateway will not take this message.
    DitolakGateway,
    /// The gateway will not take anything from us: wrong name, password or address, no credit, no way out.
    GatewayMenolak,
    /// The gateway answered something that is no "taken".
    JawabanAneh,
    /// The network did not reach the phone.
    TidakSampai,
    /// The network will not take it.
    DitolakJaringan,
    /// It came to be of no use before it could be sent.
    LewatWaktu,
    /// The e-mail address is not the account's any more.
    AlamatDiganti,
}

codes!(Cause {
    TidakTerhubung = "tidak_terhubung", "gateway tidak terhubung";
    TanpaJawaban = "tanpa_jawaban", "gateway tidak menjawab";
    GatewaySibuk = "gateway_sibuk", "gateway sibuk";
    DitolakGateway = "ditolak_gateway", "ditolak gateway";
    GatewayMenolak = "gateway_menolak", "gateway menolak layanan ini";
    JawabanAneh = "jawaban_aneh", "jawaban gateway tidak dikenal";
    TidakSampai = "tidak_sampai", "tidak sampai di ponsel";
    DitolakJaringan = "ditolak_jaringan", "ditolak jaringan seluler";
    LewatWaktu = "lewat_waktu", "sudah lewat waktunya";
    AlamatDiganti = "alamat_diganti", "alamat diganti atau dihapus";
});

/// What the network reports of a message, where that ends its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// The phone has it.
    Delivered,
    /// It will not get it.
    Lost(Cause),
}

impl Report {
    /// Reads Kannel's kind of report (user guide, "Delivery reports"). That the network has taken a message, or keeps it
    /// for later, is no end.
    #[must_use]
    pub fn parse(kind: &str) -> Option<Self> {
        match kind {
            "1" => Some(Self::Delivered),
            "2" => Some(Self::Lost(Cause::TidakSampai)),
            "16" => Some(Self::Lost(Cause::DitolakJaringan)),
            _ => None,
        }
    }
}

/// Pauses before a message is tried again, in seconds: about four hours in all.
const PAUSES: [f64; 10] = [30.0, 60.0, 120.0, 300.0, 600.0, 1_200.0, 2_400.0, 3_000.0, 3_600.0, 3_600.0];

/// How long to wait after so many tries, or nothing when it is time to give up. `chance`, from 0 to 1, spreads the waiting
/// by a fifth either way, so that not all messages come back at once.
#[must_use]
pub fn pause_after(tries: u16, chance: f64) -> Option<Duration> {
    let pause = PAUSES.get(usize::from(tries).checked_sub(1)?)?;
    Some(Duration::seconds_f64(pause * (0.8 + 0.4 * chance.clamp(0.0, 1.0))))
}

/// A message of a case, and how far it has come.
#[derive(Clone, Debug)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// What about.
    pub kind: MessageKind,
    /// To whom, and the words.
    pub content: Content,
    /// How far it has come.
    pub state: MessageState,
    /// How often it was handed to the gateway, or tried to be.
    pub tries: u16,
    /// Why it did not go through the last time.
    pub cause: Option<Cause>,
    /// When the fact happened.
    pub created_at: OffsetDateTime,
    /// When the gateway took it.
    pub sent_at: Option<OffsetDateTime>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tried_for_about_four_hours() {
        for (chance, least, most) in [(0.0, 3.0, 3.5), (0.5, 4.0, 4.3), (1.0, 4.8, 5.1)] {
            let pauses: Vec<Duration> = (1..).map_while(|tries| pause_after(tries, chance)).collect();
            let hours = pauses.iter().sum::<Duration>().as_seconds_f64() / 3_600.0;
            assert!((least..most).contains(&hours), "{hours}");
            assert!(pauses.is_sorted());
        }
        assert_eq!(pause_after(0, 0.5), None);
        assert_eq!(pause_after(11, 0.5), None);
    }

    #[test]
    fn only_reports_that_end_a_way_are_read() {
        assert_eq!(Report::parse("1"), Some(Report::Delivered));
        assert_eq!(Report::parse("2"), Some(Report::Lost(Cause::TidakSampai)));
        assert_eq!(Report::parse("16"), Some(Report::Lost(Cause::DitolakJaringan)));
        for other in ["4", "8", "", "0", "-1", "%d", "1 "] {
            assert_eq!(Report::parse(other), None, "{other}");
        }
    }
}
