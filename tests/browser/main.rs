//! The portal as people meet it: the real program with its own PostgreSQL, and a real Chromium that fills in forms by
//! their labels. Every page that a test comes by is looked at closely: see `look.rs`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

#[path = "../it/files.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod files;
#[path = "../it/support/kannel.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod kannel;
#[path = "../it/support/mail_server.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod mail_server;
#[path = "../it/pdfs.rs"]
#[expect(dead_code, reason = "shared with the other tests")]
mod pdfs;
#[path = "../it/support/scratch.rs"]
mod scratch;

mod browser;
mod colours;
mod conflicts;
mod counter;
mod desk;
mod desk_later;
mod email;
mod forms;
mod guard;
mod hand;
mod http;
mod journeys;
mod keys;
mod later;
mod lighthouse;
mod lines;
mod look;
mod messages;
mod people;
mod public;
mod service;
mod slips;
mod small;
mod uploads;
mod way;
