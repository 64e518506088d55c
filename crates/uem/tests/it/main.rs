//! Stories of whole tenants.

mod fleet;
mod fleet_work;
