//! What is acknowledged is kept, whoever leaves and whatever the database does; and what is not known is not claimed.

mod database;
mod hangups;
mod poolers;
mod secrets;
mod starts;
mod uploads;
