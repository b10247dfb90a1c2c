//! The world outside behind small types: clock, password hashing, second factor, upload spool and intake, and the
//! private PostgreSQL.

pub mod authenticator;
pub mod clock;
pub mod csv_file;
pub mod intake;
pub mod lines;
pub mod passwords;
pub mod postgres;
pub mod sms_gateway;
pub mod spool;
