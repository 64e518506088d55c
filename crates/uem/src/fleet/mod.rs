//! The devices: who they are, when they check in, and what they do with what is queued for them.
//!
//! Callers and devices meet in the database only. A caller's write queues a row and [`wake`]s the device;
//! the [`Fleet`] reads which devices are due, lets each of them live through its turns (`turn`: pure, every
//! draw derived from seed, device and turn) and writes what has become of them.
//!
//! Time is the tenant's clock. Speed divides every interval of a device's life and nothing else.

mod agents;
mod app_list;
mod bulk;
mod catalogue;
mod commands;
mod device;
mod dice;
mod enrollment;
mod expiry;
mod groups;
mod hardware;
mod history;
mod installs;
mod ledger;
mod living;
mod pace;
mod people;
mod policies;
mod products;
mod profiles;
mod publish;
mod releases;
mod rows;
mod sample;
mod seed;
mod turn;
mod wake;

#[cfg(test)]
mod engines;
#[cfg(test)]
mod stories;

pub use history::History;
pub(crate) use living::Fleet;
pub(crate) use seed::seed;
pub(crate) use wake::wake;
