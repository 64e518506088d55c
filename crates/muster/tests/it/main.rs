//! The house as a whole: its rules, and the real binary.

mod architecture;
mod help;
mod output;
mod reach;
mod settings;
mod tenant;
