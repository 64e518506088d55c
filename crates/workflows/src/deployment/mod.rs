//! Apps for the devices of smart groups: assign, watch, retry.

pub mod params;

pub use params::{Assignment, Deployment};
