//! The house as a whole: its rules, and the real binary.

mod access;
mod api;
mod architecture;
mod canary;
mod crash;
mod help;
mod keyring;
mod limits;
mod listener;
mod output;
mod papers;
mod places;
mod policy;
mod reach;
mod rotation;
mod secrets;
mod served;
mod settings;
mod shapes;
mod state;
mod stories;
mod tables;
mod tenant;
mod watch;
mod words;
