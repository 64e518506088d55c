//! The keys of rows that were seen. A million of them go through here for one list, so they are hashed quickly; with a
//! secret of this process, because they come from elsewhere.

use std::collections::HashSet;

/// A set of keys.
pub(super) type Keys<Key> = HashSet<Key, foldhash::quality::RandomState>;
