//! Wipe protection: what was wiped, what is held back, and the lock.

mod decide;
mod lock;
mod search;
mod unlock;

pub use decide::{Decide, DecideQuery};
pub use lock::{Lock, LockState};
pub use search::{Search, SearchQuery, Wipe, WipePage};
pub use unlock::Unlock;
