//! How many wrong answers are borne, and how long things last.

use time::Duration;

/// A limit on wrong answers about one subject: `count` within `window`, then one try in `then_every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Name of the limit in the table of wrong answers.
    pub scope: &'static str,
    /// Wrong answers borne within the window.
    pub count: i64,
    /// How long a wrong answer counts.
    pub window: Duration,
}

/// Once a limit is reached, one try is let through in this time.
pub const THEN_EVERY: Duration = Duration::minutes(1);

/// How long a try counts of which nobody could say whether it was wrong.
pub const UNSURE: Duration = Duration::minutes(1);

/// Wrong passwords for one NIK, whether or not it has an account.
pub const LOGIN: Limit = Limit { scope: "masuk", count: 10, window: Duration::minutes(15) };
/// Registrations with one NIK that do not match the registry.
pub const REGISTRATION: Limit = Limit { scope: "registrasi", count: 10, window: Duration::minutes(15) };
/// Wrong answers from one address; mobile operators put thousands of people behind one.
pub const ADDRESS: Limit = Limit { scope: "alamat", count: 300, window: Duration::minutes(15) };
/// Wrong birth dates for one receipt number.
pub const TRACKING: Limit = Limit { scope: "cek_status", count: 10, window: Duration::minutes(10) };

/// Wrong passwords for one user name of the desk, whether or not there is such an officer.
pub const DESK_LOGIN: Limit = Limit { scope: "masuk_petugas", count: 10, window: Duration::minutes(15) };
/// Wrong codes of an officer's second factor.
pub const DESK_CODE: Limit = Limit { scope: "kode_petugas", count: 10, window: Duration::minutes(15) };

/// A citizen's session ends after so long without a request …
pub const SESSION_IDLE: Duration = Duration::minutes(30);
/// … and after so long in all.
pub const SESSION_TOTAL: Duration = Duration::hours(12);
/// An officer's session ends after so long without a request …
pub const DESK_IDLE: Duration = Duration::minutes(15);
/// … and after so long in all.
pub const DESK_TOTAL: Duration = Duration::hours(10);
/// How long an officer holds a case without doing anything.
pub const LEASE: Duration = Duration::minutes(5);
/// How long whoever approved, returned or refused a case may take that back. No message of it leaves before, its place is kept,
/// and nothing is printed.
pub const UNDO: Duration = Duration::seconds(60);
/// How long a chosen place is held for somebody who has not yet pressed "Ya".
pub const HOLD: Duration = Duration::minutes(15);
/// How often a citizen may move a sent case within a day: each move is an SMS to a number that they typed.
pub const MOVES_A_DAY: i64 = 10;
/// How long a draft is kept after its last answer.
pub const DRAFT: Duration = Duration::days(7);
/// How long scans are kept after the end of an application.
pub const SCANS: Duration = Duration::days(30);
/// How many days somebody has to mend what was returned, to the end of the last.
pub const MENDING_DAYS: i64 = 7;
/// Hours of the day, in Jakarta, in which a reminder may arrive.
pub const REMINDING: std::ops::Range<u8> = 8..18;
/// After so long uncollected somebody is reminded once more.
pub const STILL_THERE: Duration = Duration::days(7);
/// Losses of a card within a year from which an officer's eye is drawn to them.
pub const LOSSES: i64 = 3;
/// A phone for residents of more families than this draws an officer's eye.
pub const FAMILIES_OF_PHONE: i64 = 3;
/// Age from which a police letter draws a warning.
pub const LETTER_DAYS: i64 = 14;
