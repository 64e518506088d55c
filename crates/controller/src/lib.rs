//! Decide when, keep watch, tell people, show the state.
//!
//! A [`Controller`] serves one tenant. A *schedule* nudges a workflow when its instant comes; the *run*
//! that follows observes, decides, and puts a plan before the engine's guard. Each run leaves a *snapshot*
//! of the fleet. *Alerts* are judged by pure rules over what was seen, and are told through *channels*,
//! whose messages are rows before they are sent. The *dashboard* shows all of it and changes nothing.
//!
//! Not here: what ought to be done (workflows), how it is done (engine), and where settings come from
//! (`muster`). Several controllers may share a database: an instant is acted upon once, and one run of a
//! schedule is under way at a time.

pub mod alerts;
mod controller;
mod error;
pub mod health;
mod ids;
pub mod inventory;
pub mod notify;
pub mod run;
pub mod schedule;
mod settings;
mod store;
mod tenant;
mod web;

pub use controller::{Controller, Parts, Tick};
pub use error::{Error, Kind};
pub use settings::Settings;
pub use tenant::Connect;
