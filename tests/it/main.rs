//! The integration tests: the real router and commands on a real PostgreSQL, a database each.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on ends there"
)]

mod accept_loop;
mod accounts;
mod budgets;
mod codes;
mod commands;
mod desk;
mod domain;
mod email;
mod files;
mod history;
mod imports;
mod intake;
mod interruptions;
mod leaks;
mod machines;
mod messages;
mod papers;
mod pdfs;
mod pickup;
mod places;
mod private_postgres;
mod receipt;
mod slips;
mod strangers;
mod submission;
mod support;
mod told;
mod tracking;
mod typing;
mod uploads;
mod wizard;
