//! What is written down for good: who did what, to whose case, when, from where.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::{
    card::RunNumber,
    category::{DocumentKind, codes},
    ids::{AccountId, ApplicationId, FactId, OfficerId},
    message::MessageKind,
    region::RegionCode,
    status::{Actor, Status},
};

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A citizen, through their account.
    Citizen(AccountId),
    /// An officer, and the counter, kecamatan or kota where they work.
    Officer(OfficerId, Option<RegionCode>),
    /// The clock.
    Clock,
    /// Whoever runs the program's commands.
    Operator,
}

impl By {
    /// The code in the event table.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Citizen(_) => Actor::Warga.code(),
            Self::Officer(..) => Actor::Petugas.code(),
            Self::Clock => Actor::Jam.code(),
            Self::Operator => "operator",
        }
    }
}

/// Who takes part in an event, and from where.
#[derive(Clone, Debug)]
pub struct Witness {
    /// Who.
    pub by: By,
    /// The network address it came from; nothing for the clock and for commands.
    pub from: Option<String>,
}

/// One step in the history of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When it happened.
    pub at: OffsetDateTime,
    /// Where the case stood.
    pub from: Status,
    /// Where it went.
    pub to: Status,
    /// In which role somebody took the step.
    pub by: Actor,
    /// Which officer, if one.
    pub officer: Option<OfficerId>,
    /// The row, to which what was said is bound.
    pub fact: FactId,
}

impl HistoryEntry {
    /// Whether an officer decided a case with this step.
    #[must_use]
    pub fn is_decision(&self) -> bool {
        self.from == Status::Diajukan && self.by == Actor::Petugas
    }

    /// Whether an officer took a decision back with this step.
    #[must_use]
    pub fn is_undoing(&self) -> bool {
        let was_decided = matches!(self.from, Status::Disetujui | Status::PerluPerbaikan | Status::Ditolak);
        was_decided && self.to == Status::Diajukan && self.by == Actor::Petugas
    }
}

/// What happened outside a case's steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// An account was opened.
    Registered,
    /// Somebody logged in.
    LoggedIn,
    /// Somebody was refused who named themselves as an officer: a wrong password or code.
    LoginRefused,
    /// A password was changed.
    PasswordChanged,
    /// A forgotten password was replaced.
    PasswordRecovered,
    /// A citizen put another phone in place of theirs.
    OwnPhoneChanged,
    /// A citizen proved an e-mail address, the first or another.
    EmailChanged,
    /// A citizen removed their e-mail address.
    EmailRemoved,
    /// All other sessions were ended.
    SessionsEnded,
    /// An appointment was moved: by its citizen, by the clock, or because a day was closed.
    Moved(ApplicationId),
    /// The clock took back the place of a case that waits for its citizen.
    PlaceGivenUp(ApplicationId),
    /// An officer was made, changed or shut out; the user name.
    OfficerStored(String),
    /// An officer set up the second factor.
    FactorSetUp,
    /// A recovery code opened the desk in place of the second factor.
    RecoveryUsed,
    /// An officer looked at a case.
    CaseSeen(ApplicationId),
    /// An officer looked at a stored page.
    PageSeen(ApplicationId, DocumentKind, usize),
    /// An officer had the NIK and KK number of a case shown in full.
    NumbersSeen(ApplicationId),
    /// An officer searched; what for is sealed beside it.
    Searched,
    /// An officer looked at a list that names people in full: a counter's print run, or what waits there for the printer.
    ListSeen(RegionCode, Option<RunNumber>),
    /// An officer began to check a case.
    LeaseTaken(ApplicationId),
    /// A supervisor took a case from the officer who held it.
    LeaseReleased(ApplicationId),
    /// A print run was started.
    RunStarted(RunNumber),
    /// Blank cards came, or went without a card.
    BlanksEntered(i32),
    /// A day of a counter was closed.
    DayClosed(Date),
    /// A closed day was opened again.
    DayOpened(Date),
    /// An officer had a message sent again.
    MessageSentAgain(ApplicationId, MessageKind),
    /// An officer telephoned because a message did not arrive.
    Telephoned(ApplicationId, MessageKind),
    /// An officer freed an account that was opened by somebody else.
    AccountFreed(AccountId),
    /// An officer put another phone in place of a lost one.
    PhoneChanged(AccountId),
}

impl Deed {
    /// The code in the event table.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Registered => "registrasi",
            Self::LoggedIn => "masuk",
            Self::LoginRefused => "masuk_ditolak",
            Self::PasswordChanged => "ganti_kata_sandi",
            Self::PasswordRecovered => "pulihkan_kata_sandi",
            Self::OwnPhoneChanged => "ganti_ponsel_sendiri",
            Self::EmailChanged => "ganti_email",
            Self::EmailRemoved => "hapus_email",
            Self::SessionsEnded => "akhiri_sesi",
            Self::Moved(_) => "ubah_jadwal",
            Self::OfficerStored(_) => "simpan_petugas",
            Self::FactorSetUp => "dua_langkah",
            Self::RecoveryUsed => "kode_pemulihan",
            Self::CaseSeen(_) => "lihat",
            Self::PageSeen(..) => "lihat_halaman",
            Self::NumbersSeen(_) => "lihat_nik",
            Self::Searched => "cari",
            Self::ListSeen(..) => "lihat_daftar",
            Self::LeaseTaken(_) => "periksa",
            Self::LeaseReleased(_) => "lepas",
            Self::PlaceGivenUp(_) => "lepas_jadwal",
            Self::RunStarted(_) => "cetak",
            Self::BlanksEntered(_) => "blangko",
            Self::DayClosed(_) => "tutup_hari",
            Self::DayOpened(_) => "buka_hari",
            Self::MessageSentAgain(..) => "kirim_ulang",
            Self::Telephoned(..) => "telepon",
            Self::AccountFreed(_) => "lepas_akun",
            Self::PhoneChanged(_) => "ganti_ponsel",
        }
    }

    /// The case it belongs to, if any.
    #[must_use]
    pub fn application(&self) -> Option<ApplicationId> {
        match self {
            Self::Moved(application)
            | Self::PlaceGivenUp(application)
            | Self::CaseSeen(application)
            | Self::PageSeen(application, ..)
            | Self::NumbersSeen(application)
            | Self::LeaseTaken(application)
            | Self::MessageSentAgain(application, _)
            | Self::Telephoned(application, _)
            | Self::LeaseReleased(application) => Some(*application),
            _ => None,
        }
    }

    /// The account it is about, where that is not the account of whoever does it.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::AccountFreed(account) | Self::PhoneChanged(account) => Some(*account),
            _ => None,
        }
    }

    /// What exactly, in plain codes that name nobody but officers.
    #[must_use]
    pub fn particulars(&self) -> Option<String> {
        match self {
            Self::OfficerStored(username) => Some(username.clone()),
            Self::PageSeen(_, kind, number) => Some(format!("{} {number}", kind.code())),
            Self::MessageSentAgain(_, kind) | Self::Telephoned(_, kind) => Some(kind.code().to_owned()),
            Self::RunStarted(number) => Some(number.to_string()),
            Self::ListSeen(counter, Some(run)) => Some(format!("{counter} {run}")),
            Self::ListSeen(counter, None) => Some(format!("{counter} antre_cetak")),
            Self::BlanksEntered(change) => Some(format!("{change:+}")),
            Self::DayClosed(day) | Self::DayOpened(day) => Some(day.to_string()),
            _ => None,
        }
    }
}

/// What is wrong with one document of a returned or refused case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It cannot be read.
    TidakTerbaca,
    /// Its edges are missing.
    TepiTerpotong,
    /// It is another paper.
    BukanDokumennya,
    /// It is a copy.
    Fotokopi,
    /// It is about somebody else.
    OrangLain,
    /// Pages are missing.
    HalamanKurang,
}

codes!(Fault {
    TidakTerbaca = "tidak_terbaca", "Tulisan tidak terbaca";
    TepiTerpotong = "tepi_terpotong", "Tepi dokumen terpotong";
    BukanDokumennya = "bukan_dokumennya", "Bukan dokumen yang diminta";
    Fotokopi = "fotokopi", "Fotokopi, bukan yang asli";
    OrangLain = "orang_lain", "Atas nama orang lain";
    HalamanKurang = "halaman_kurang", "Halaman kurang";
});

/// Why a case was returned or refused: documents with what is wrong with each, and the officer's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Each document once, in the order of the form.
    pub faults: Vec<(DocumentKind, Fault)>,
    /// What the officer adds; may be empty.
    pub words: String,
}

impl Explanation {
    /// Longest own words, in characters.
    pub const WORDS: usize = 300;

    /// The faults in plain codes, as they stand in the event table.
    #[must_use]
    pub fn codes(&self) -> String {
        let codes: Vec<String> = self.faults.iter().map(|(kind, fault)| format!("{}:{}", kind.code(), fault.code())).collect();
        codes.join(" ")
    }

    /// What is wrong with a document, if it was named.
    #[must_use]
    pub fn fault_of(&self, kind: DocumentKind) -> Option<Fault> {
        self.faults.iter().find(|(named, _)| *named == kind).map(|(_, fault)| *fault)
    }
}
