//! The desk: who comes in, what they find, what they decide, and what is written down of it.

mod accounts;
mod agree;
mod audit;
pub mod case;
mod clockwork;
mod counter;
mod counter_search;
mod days;
mod faults;
mod found;
mod kills;
mod lines;
mod login;
mod matrix;
mod numbers;
mod pages;
pub mod printing;
mod queue;
mod sheets;
mod typed;
mod undo;
