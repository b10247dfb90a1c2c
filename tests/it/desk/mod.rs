//! The desk: who comes in, what they find, what they decide, and what is written down of it.

mod audit;
mod case;
mod clockwork;
mod faults;
mod login;
mod queue;
