//! Devices that break rules: which, why, and what would help.

mod rules;

pub use rules::{Remedy, RuleTable};
