//! The house as a whole: its rules, and the real binary.

mod access;
mod architecture;
mod crash;
mod help;
mod output;
mod papers;
mod reach;
mod served;
mod settings;
mod shapes;
mod state;
mod stories;
mod tables;
mod tenant;
mod watch;
mod words;
