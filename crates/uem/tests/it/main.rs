//! Stories of whole tenants.

mod areas;
mod auth;
mod caller;
mod coverage;
mod faults;
mod fleet;
mod fleet_figures;
mod fleet_work;
mod guide;
mod http;
mod lab;
mod lasting;
mod published;
