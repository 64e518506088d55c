//! The house as a whole: its rules, and the real binary.

mod architecture;
mod help;
mod output;
mod papers;
mod reach;
mod settings;
mod tenant;
