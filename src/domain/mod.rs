//! What is true whoever asks: numbers and names as the law writes them, who may apply for whom,
//! which status may follow which, which days are working days. Pure: no clock, no input or output.

pub mod application;
pub mod calendar;
pub mod card;
pub mod category;
pub mod code;
pub mod event;
mod guarded;
pub mod ids;
pub mod limits;
pub mod mending;
pub mod message;
pub mod nik;
pub mod officer;
pub mod own_data;
pub mod password;
pub mod person;
pub mod phone;
pub mod receipt;
pub mod region;
pub mod repeat;
pub mod resident;
pub mod rounded;
pub mod sheet;
pub mod status;
mod titles;
pub mod typed_date;
pub mod typed_text;
pub mod upload;
pub mod wizard;
