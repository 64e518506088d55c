//! The parts of the dashboard, each from the rows it shows. Pure: rows and `now` in, text and figures out.

mod activity;
mod alerts;
mod fleet;
mod health;
mod jobs;
mod waiting;

pub(super) use activity::Activity;
pub(super) use alerts::Alerts;
pub(super) use fleet::Fleet;
pub(super) use health::Health;
pub(super) use jobs::{Bar, Jobs, bar, tone};
pub(super) use waiting::Waiting;
