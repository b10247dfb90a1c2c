//! Alpukat: the portal with which people in Jakarta get their KTP-el printed again.

pub mod actions;
pub mod adapters;
pub mod cli;
pub mod config;
pub mod db;
pub mod demo;
pub mod domain;
pub mod render;
pub mod vault;
pub mod web;
pub mod worker;
