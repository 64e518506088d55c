//! What the fleet looks like: snapshots for trends, and a cache in front of the tenant.

mod cached;
mod snapshot;

pub use cached::Cached;
pub use snapshot::Snapshot;
