//! Words and bytes out of domain values, pure: dates and sentences in Indonesian, the receipt as
//! PDF, and QR codes.

pub mod calendar_file;
pub mod card_words;
pub mod case_words;
pub mod dates;
pub mod desk;
pub mod desk_words;
pub mod mail;
pub mod qr;
pub mod receipt;
pub mod sms;
pub mod status;
pub mod typed_words;
mod upload_words;
pub mod whole_words;
pub mod words;

/// An argument as a value or, as templates hand it over, as a reference or two.
pub trait Given<T> {
    /// The value.
    fn given(self) -> T;
}

impl<T: Copy> Given<T> for T {
    fn given(self) -> T {
        self
    }
}

impl<T: Copy> Given<T> for &T {
    fn given(self) -> T {
        *self
    }
}

impl<T: Copy> Given<T> for &&T {
    fn given(self) -> T {
        **self
    }
}
