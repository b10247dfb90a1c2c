//! Properties of the domain: what is true whoever asks, tried with values nobody thought of. What the
//! product promises is written down here anew, never taken from the code that must keep it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stumble")]

mod applications;
mod categories;
mod lists;
mod numbers;
mod passwords;
mod people;
mod phone;
mod pickup;
mod receipt;
mod regions;
mod residents;
mod slots;
mod status;
mod typed_date;
