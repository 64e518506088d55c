//! The same thing to many devices: one command, or tags put on and taken off.

pub mod command;
mod outcome;
pub mod tags;
