//! Decide when, keep watch, tell people, show the state.
//!
//! A [`Controller`] serves one tenant. A *schedule* nudges a workflow when its instant comes; the *run*
//! that follows observes, decides, and puts a plan before the engine's guard. Each run leaves a *snapshot*
//! of the fleet. *Alerts* are judged by pure rules over what was seen, and are told through *channels*,
//! whose messages are rows before they are sent. The *dashboard* shows all of it and changes nothing.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use muster_controller::notify::{Address, Channel, Webhook};
//! use muster_controller::schedule::{Declared, Workflow};
//! use muster_controller::{Connect, Controller, Error, Parts, Settings};
//! # use muster_engine::Engine;
//! # use muster_store::{Database, SystemClock};
//!
//! # async fn story(database: Database, engine: Engine, connect: Arc<dyn Connect>) -> Result<(), Error> {
//! let mut settings = Settings::new("https://uem.example.com", "host1 4711");
//! settings.schedules = vec![Declared {
//!     name: "compliance".into(),
//!     workflow: Workflow::Compliance,
//!     every: Duration::from_secs(15 * 60),
//!     apply: false,
//! }];
//! let webhook: Arc<dyn Channel> = Arc::new(Webhook::new(Address::parse("https://hooks.example.com/x")?)?);
//! let clock = Arc::new(SystemClock);
//! let parts = Parts { database, clock, engine, connect, channels: vec![webhook], settings };
//! let controller = Controller::open(parts).await?;
//! let shutdown = async { drop(tokio::signal::ctrl_c().await) };
//! controller.serve(([127, 0, 0, 1], 8600).into(), shutdown, |address| println!("http://{address}")).await
//! # }
//! ```
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
mod nudge;
pub mod run;
pub mod schedule;
mod settings;
mod store;
mod tenant;
mod watch;
mod web;

pub use controller::{Controller, Parts, Tick};
pub use error::{Error, Kind};
pub use settings::Settings;
pub use store::make_tables;
pub use tenant::Connect;
