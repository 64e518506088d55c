//! The same thing to many devices: one command, tags put on and taken off, or any other change.

pub mod change;
pub mod command;
pub mod named;
mod outcome;
pub mod tags;
