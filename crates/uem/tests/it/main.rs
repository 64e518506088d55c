//! Stories of whole tenants.

mod fleet;
