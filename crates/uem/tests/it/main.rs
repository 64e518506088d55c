//! Stories of whole tenants.

mod areas;
mod auth;
mod backup;
mod both_engines;
mod caller;
mod certificates;
mod coverage;
mod crowd;
mod faults;
mod fleet;
mod fleet_figures;
mod fleet_work;
mod guide;
mod http;
mod kept;
mod keys;
mod lab;
mod lasting;
mod matrix;
mod offline;
mod papers;
mod published;
mod receiver;
mod requirements;
mod searches;
mod tls;
