//! Alpukat: the portal with which people in Jakarta get their KTP-el printed again.

pub mod actions;
pub mod adapters;
pub mod db;
pub mod domain;
pub mod vault;
