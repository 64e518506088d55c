//! The client against our own UEM in process, in both dialects, and against a few peers that no UEM plays.

mod access;
mod catalog;
mod certificates;
mod connection;
mod coverage;
mod examples;
mod faults;
mod lanes;
mod memory;
mod peer;
mod reading;
mod stage;
mod trust;
mod typed;
mod writing;
