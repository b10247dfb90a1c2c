//! The world outside behind small types: clock, password hashing, second factor, upload spool and intake, the SMS
//! gateway, the mail server, and the private PostgreSQL.

pub mod answer;
pub mod authenticator;
pub mod clock;
pub mod csv_file;
pub mod intake;
pub mod lines;
pub mod mail_server;
pub mod passwords;
pub mod postgres;
pub mod sms_gateway;
pub mod spool;
