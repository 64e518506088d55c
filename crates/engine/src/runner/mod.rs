//! Carries a job out: claims it, settles what an earlier run left open, sends, and notes every outcome.
//!
//! The only place in the whole program that holds a [`muster_client::Writer`].

mod claim;
mod consent;
mod depth;
mod in_flight;
mod judge;
mod lanes;
mod limits;
mod pace;
mod parcel;
mod progress;
mod prove;
mod queue;
mod rings;
mod run;
mod send;
mod settle;
mod stop;
mod tenant;

pub use progress::{Event, Progress, Silent, Tally};
pub use stop::Stop;
pub use tenant::Tenant;

pub(crate) use prove::prove;
pub(crate) use run::{Order, run};
