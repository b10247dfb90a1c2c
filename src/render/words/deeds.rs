//! What a citizen has just done with an application, as its page says it.

use super::dates;
use crate::domain::{application::Application, phone::Phone};

fn number(application: &Application) -> String {
    application.receipt_number.map(|number| number.to_string()).unwrap_or_default()
}

/// It was sent.
#[must_use]
pub fn sent(application: &Application) -> String {
    let phone = application.details.phone.as_ref().map(Phone::masked).unwrap_or_default();
    format!("Permohonan {} terkirim. Kabar berikutnya kami kirim lewat SMS ke {phone}.", number(application))
}

/// It had been sent before.
#[must_use]
pub fn sent_before(application: &Application) -> String {
    format!("Permohonan ini sudah terkirim dengan nomor {}. Tidak tercatat dua kali.", number(application))
}

/// Its appointment was moved.
#[must_use]
pub fn moved(application: &Application) -> String {
    let new = application.appointment.as_ref();
    let new = new.map(|new| format!("{} di {}", dates::appointment(new.starts_at), new.counter.name())).unwrap_or_default();
    format!("Jadwal diubah: {new}. Jam yang lama sudah dilepas.")
}

/// It was cancelled.
#[must_use]
pub fn cancelled(application: &Application) -> String {
    format!("Permohonan {} dibatalkan.", number(application))
}
