//! Every address, in one place: as routes, and as links to one application.

use time::Date;
use uuid::Uuid;

use crate::{
    domain::{
        category::DocumentKind,
        ids::{ApplicationId, MessageId, PageId, RunId},
        receipt::{CheckCode, ReceiptNumber},
        wizard::WizardPage,
    },
    render::Given,
};

/// Home.
pub const HOME: &str = "/";
/// Opening an account.
pub const REGISTER: &str = "/registrasi";
/// The code that finishes a registration.
pub const REGISTER_CODE: &str = "/registrasi/kode";
/// Another code for it (POST).
pub const REGISTER_CODE_AGAIN: &str = "/registrasi/kode/baru";
/// A forgotten password.
pub const RECOVERY: &str = "/lupa-kata-sandi";
/// The code for it, and the new password.
pub const RECOVERY_CODE: &str = "/lupa-kata-sandi/kode";
/// Logging in.
pub const LOGIN: &str = "/masuk";
/// Logging out (POST).
pub const LOGOUT: &str = "/keluar";
/// The account.
pub const ACCOUNT: &str = "/akun";
/// Who opened my data.
pub const ACCESS: &str = "/akun/akses";
/// Another phone.
pub const PHONE: &str = "/akun/ponsel";
/// The code that proves it.
pub const PHONE_CODE: &str = "/akun/ponsel/kode";
/// An e-mail address for notices.
pub const EMAIL: &str = "/akun/email";
/// The code that proves it.
pub const EMAIL_CODE: &str = "/akun/email/kode";
/// Removing it (POST).
pub const EMAIL_REMOVAL: &str = "/akun/email/hapus";
/// Changing the password (POST).
pub const PASSWORD: &str = "/akun/kata-sandi";
/// Ending every session (POST).
pub const SESSIONS: &str = "/akun/keluar-semua";
/// Tracking without an account.
pub const TRACK: &str = "/cek-status";
/// Where a receipt's QR leads.
pub const CHECK: &str = "/periksa/{code}";
/// Counters, their addresses and hours.
pub const CONTACT: &str = "/kontak";
/// What is kept and why.
pub const PRIVACY: &str = "/privasi";
/// Whether the service is ready, for machines.
pub const READY: &str = "/siap";
/// What crawlers may visit.
pub const ROBOTS: &str = "/robots.txt";
/// Whom to tell of a hole.
pub const SECURITY: &str = "/.well-known/security.txt";
/// Where password managers ask for the page on which a password is changed.
pub const CHANGE_PASSWORD: &str = "/.well-known/change-password";
/// How the outbox stands, for Prometheus; at an address of its own.
pub const METRICS: &str = "/metrics";
/// The stylesheet, by its content's hash.
pub const STYLE: &str = concat!("/static/look.", env!("LOOK_CSS_HASH"), ".css");
/// What the desk adds to it.
pub const DESK_STYLE: &str = concat!("/static/desk.", env!("DESK_CSS_HASH"), ".css");
/// The script of citizens' pages, by its content's hash.
pub const SCRIPT: &str = concat!("/static/pages.", env!("PAGES_JS_HASH"), ".js");
/// The desk's script, by its content's hash.
pub const DESK_SCRIPT: &str = concat!("/static/desk.", env!("DESK_JS_HASH"), ".js");
/// The icon.
pub const ICON: &str = concat!("/static/icon.", env!("ICON_SVG_HASH"), ".svg");
/// A sheet of paper as it should be pictured, and as it should not.
pub const SAMPLE_SHEET: &str = concat!("/static/contoh-lembar.", env!("CONTOH_LEMBAR_SVG_HASH"), ".svg");
/// The same of a card.
pub const SAMPLE_CARD: &str = concat!("/static/contoh-kartu.", env!("CONTOH_KARTU_SVG_HASH"), ".svg");
/// Where browsers look for the icon of what is no page, such as the PDF.
pub const FAVICON: &str = "/favicon.ico";

/// Pages for everybody, which may be found and shared.
pub const FOR_EVERYBODY: [&str; 7] = [HOME, REGISTER, LOGIN, RECOVERY, TRACK, CONTACT, PRIVACY];

/// The applications of a citizen.
pub const SERVICE: &str = "/pencetakan-ktp-el";
/// For whom?
pub const WHO: &str = "/pencetakan-ktp-el/tambah";
/// One application.
pub const APPLICATION: &str = "/pencetakan-ktp-el/{id}";
/// Its reason.
pub const CATEGORY: &str = "/pencetakan-ktp-el/{id}/keterangan";
/// Its papers and telephone.
pub const PAPERS: &str = "/pencetakan-ktp-el/{id}/dokumen";
/// Its uploads.
pub const UPLOAD: &str = "/pencetakan-ktp-el/{id}/unggah";
/// One stored page.
pub const PAGE: &str = "/pencetakan-ktp-el/{id}/halaman/{page}";
/// Its preview.
pub const PREVIEW: &str = "/pencetakan-ktp-el/{id}/halaman/{page}/pratinjau";
/// Place and time.
pub const SCHEDULE: &str = "/pencetakan-ktp-el/{id}/jadwal";
/// Everything once more, and "Ya".
pub const CONFIRM: &str = "/pencetakan-ktp-el/{id}/konfirmasi";
/// Cancelling.
pub const CANCEL: &str = "/pencetakan-ktp-el/{id}/pembatalan";
/// Removing a draft.
pub const DISCARD: &str = "/pencetakan-ktp-el/{id}/hapus-draf";
/// The appointment as a calendar file.
pub const CALENDAR: &str = "/pencetakan-ktp-el/{id}/jadwal.ics";
/// The receipt.
pub const RECEIPT: &str = "/pencetakan-ktp-el/{id}/keterangan-cetak";
/// The receipt as PDF.
pub const RECEIPT_PDF: &str = "/pencetakan-ktp-el/{id}/keterangan-cetak.pdf";

/// The desk's door: user name and password.
pub const DESK_LOGIN: &str = "/petugas/masuk";
/// … and the second factor.
pub const DESK_FACTOR: &str = "/petugas/dua-langkah";
/// Leaving the desk (POST).
pub const DESK_LOGOUT: &str = "/petugas/keluar";
/// The queue; a search is posted there.
pub const QUEUE: &str = "/petugas";
/// One case.
pub const CASE: &str = "/petugas/permohonan/{id}";
/// One of its stored pages.
pub const CASE_PAGE: &str = "/petugas/permohonan/{id}/halaman/{page}";
/// "Periksa" (POST).
pub const LEASE: &str = "/petugas/permohonan/{id}/pemeriksaan";
/// "Lepaskan" (POST).
pub const RELEASE: &str = "/petugas/permohonan/{id}/pelepasan";
/// "Lewati" (POST).
pub const SKIP: &str = "/petugas/permohonan/{id}/lewati";
/// "Urungkan" (POST).
pub const UNDO: &str = "/petugas/permohonan/{id}/pengurungan";
/// "Tampilkan NIK" (POST).
pub const NUMBERS: &str = "/petugas/permohonan/{id}/nik";
/// "Setujui" (POST).
pub const APPROVAL: &str = "/petugas/permohonan/{id}/persetujuan";
/// "Kembalikan" (POST).
pub const RETURN: &str = "/petugas/permohonan/{id}/pengembalian";
/// "Tolak" (POST).
pub const REFUSAL: &str = "/petugas/permohonan/{id}/penolakan";

/// "Salah cetak" (POST).
pub const MISPRINT: &str = "/petugas/permohonan/{id}/salah-cetak";
/// "Serahkan kartu" (POST).
pub const HANDOVER: &str = "/petugas/permohonan/{id}/penyerahan";
/// Another half hour for a card that nobody fetched.
pub const OFFER: &str = "/petugas/permohonan/{id}/jadwal";
/// What waits for the printer; a run is started there.
pub const PRINTING: &str = "/petugas/cetak";
/// "Catat blangko" (POST).
pub const BLANKS: &str = "/petugas/cetak/blangko";
/// One print run.
pub const RUN: &str = "/petugas/cetak/{id}";
/// What became of its cards (POST).
pub const RUN_RESULT: &str = "/petugas/cetak/{id}/hasil";
/// The counter; a number is posted there.
pub const COUNTER: &str = "/petugas/loket";
/// Cards to be destroyed.
pub const WITHDRAWN: &str = "/petugas/loket/ditarik";
/// Accounts of people at the counter; a NIK is posted there.
pub const DESK_ACCOUNTS: &str = "/petugas/loket/akun";
/// "Lepas akun" (POST).
pub const ACCOUNT_RELEASE: &str = "/petugas/loket/akun/pelepasan";
/// "Ganti nomor ponsel" (POST).
pub const ACCOUNT_PHONE: &str = "/petugas/loket/akun/ponsel";
/// The code that proves the phone of either.
pub const ACCOUNT_CODE: &str = "/petugas/loket/akun/kode";
/// Today's sheet, or that of the next working day.
pub const TODAY: &str = "/petugas/jadwal";
/// The sheet of a day.
pub const DAY: &str = "/petugas/jadwal/{date}";
/// "Tutup hari" (POST).
pub const DAY_CLOSING: &str = "/petugas/jadwal/{date}/penutupan";

/// "Kirim ulang" (POST).
pub const SEND_AGAIN: &str = "/petugas/permohonan/{id}/pesan/{message}/kirim-ulang";
/// "Sudah ditelepon" (POST).
pub const TELEPHONED: &str = "/petugas/permohonan/{id}/pesan/{message}/ditelepon";
/// Messages: how they go out, and whom to telephone.
pub const MESSAGES: &str = "/admin/pesan";
/// Where the SMS gateway reports on a message.
pub const SMS_REPORT: &str = "/sms/laporan/{id}/{guard}";

/// "Buka kembali" (POST).
pub const DAY_OPENING: &str = "/petugas/jadwal/{date}/pembukaan";

/// The parameter that leads back to the check page after an answer was changed.
pub const BACK_TO_CHECK: &str = "?kembali=konfirmasi";

/// How the log-in page begins that leads on to an address.
pub const LOGIN_THEN: &str = concat!("/masuk", "?ke=");
/// The same at the desk.
pub const DESK_LOGIN_THEN: &str = concat!("/petugas/masuk", "?ke=");

fn of(route: &str, id: impl Given<ApplicationId>) -> String {
    route.replace("{id}", &id.given().to_string())
}

/// An application's page.
#[must_use]
pub fn application(id: impl Given<ApplicationId>) -> String {
    of(APPLICATION, id)
}

/// A page of the citizen's way.
#[must_use]
pub fn wizard(page: WizardPage, id: impl Given<ApplicationId>) -> String {
    let route = match page {
        WizardPage::Keterangan => CATEGORY,
        WizardPage::Dokumen => PAPERS,
        WizardPage::Unggah => UPLOAD,
        WizardPage::Jadwal => SCHEDULE,
        WizardPage::Konfirmasi => CONFIRM,
    };
    of(route, id)
}

/// The same, coming back to the check page afterwards.
#[must_use]
pub fn wizard_and_back(page: WizardPage, id: impl Given<ApplicationId>) -> String {
    wizard(page, id) + BACK_TO_CHECK
}

/// The upload page after something was stored or removed, each said by a parameter.
#[must_use]
pub fn upload_done(id: impl Given<ApplicationId>, done: &[String], back: bool) -> String {
    let back = back.then(|| BACK_TO_CHECK.trim_start_matches('?').to_owned());
    let parameters: Vec<&str> = done.iter().chain(&back).map(String::as_str).collect();
    format!("{}?{}", of(UPLOAD, id), parameters.join("&"))
}

/// A good and a bad picture of a kind of document.
#[must_use]
pub fn sample(kind: impl Given<DocumentKind>) -> &'static str {
    match kind.given() {
        DocumentKind::KtpRusak | DocumentKind::KtpLama => SAMPLE_CARD,
        _ => SAMPLE_SHEET,
    }
}

/// Where a returned document is mended.
#[must_use]
pub fn mend(id: impl Given<ApplicationId>, kind: impl Given<DocumentKind>) -> String {
    format!("{}#kartu-{}", of(UPLOAD, id), kind.given().code())
}

/// A stored page.
#[must_use]
pub fn page(id: impl Given<ApplicationId>, page: impl Given<PageId>) -> String {
    of(PAGE, id).replace("{page}", &page.given().to_string())
}

/// The preview of a stored page.
#[must_use]
pub fn preview(id: impl Given<ApplicationId>, page: impl Given<PageId>) -> String {
    of(PREVIEW, id).replace("{page}", &page.given().to_string())
}

/// Asking whether to cancel, and cancelling.
#[must_use]
pub fn cancel(id: impl Given<ApplicationId>) -> String {
    of(CANCEL, id)
}

/// Removing a draft.
#[must_use]
pub fn discard(id: impl Given<ApplicationId>) -> String {
    of(DISCARD, id)
}

/// The appointment as a calendar file.
#[must_use]
pub fn calendar(id: impl Given<ApplicationId>) -> String {
    of(CALENDAR, id)
}

/// The receipt.
#[must_use]
pub fn receipt(id: impl Given<ApplicationId>) -> String {
    of(RECEIPT, id)
}

/// The receipt as PDF.
#[must_use]
pub fn receipt_pdf(id: impl Given<ApplicationId>) -> String {
    of(RECEIPT_PDF, id)
}

/// A case at the desk.
#[must_use]
pub fn case(id: impl Given<ApplicationId>) -> String {
    of(CASE, id)
}

/// An address with what stood behind the question mark of another.
#[must_use]
pub fn with_query(page: &str, query: Option<&str>) -> String {
    query.map_or_else(|| page.to_owned(), |query| format!("{page}?{query}"))
}

/// What a search of the desk found, for a while and for the session that asked: no number and no name stand in it.
#[must_use]
pub fn found(page: &str, search: Uuid) -> String {
    format!("{page}?hasil={search}")
}

/// A stored page at the desk.
#[must_use]
pub fn case_page(id: impl Given<ApplicationId>, page: impl Given<PageId>) -> String {
    of(CASE_PAGE, id).replace("{page}", &page.given().to_string())
}

/// A deed with a case: one of the routes below it.
#[must_use]
pub fn case_deed(route: &str, id: impl Given<ApplicationId>) -> String {
    of(route, id)
}

/// A print run.
#[must_use]
pub fn run(id: impl Given<RunId>) -> String {
    RUN.replace("{id}", &id.given().to_string())
}

/// What became of the cards of a print run.
#[must_use]
pub fn run_result(id: impl Given<RunId>) -> String {
    RUN_RESULT.replace("{id}", &id.given().to_string())
}

/// A case at the counter.
#[must_use]
pub fn at_counter(number: impl Given<ReceiptNumber>) -> String {
    format!("{COUNTER}?nomor={}", number.given())
}

/// What waits for the printer, asking whether some of what was chosen shall wait for blanks.
#[must_use]
pub fn printing_asked(address: Uuid) -> String {
    format!("{PRINTING}?tanya={address}#tanya")
}

/// A deed with a message of a case: one of the routes below it.
#[must_use]
pub fn message_deed(route: &str, case: impl Given<ApplicationId>, message: impl Given<MessageId>) -> String {
    of(route, case).replace("{message}", &message.given().to_string())
}

/// The sheet of a day.
#[must_use]
pub fn day(day: impl Given<Date>) -> String {
    DAY.replace("{date}", &day.given().to_string())
}

/// Closing a day.
#[must_use]
pub fn day_closing(day: impl Given<Date>) -> String {
    DAY_CLOSING.replace("{date}", &day.given().to_string())
}

/// Opening a closed day again.
#[must_use]
pub fn day_opening(day: impl Given<Date>) -> String {
    DAY_OPENING.replace("{date}", &day.given().to_string())
}

/// What was found of an application, for a while and for the session that asked: neither number nor birth date stand in it.
#[must_use]
pub fn tracked(address: Uuid) -> String {
    format!("{TRACK}?hasil={address}")
}

/// Where the QR of a receipt leads, without the host.
#[must_use]
pub fn check(code: CheckCode) -> String {
    CHECK.replace("{code}", &code.to_string())
}
