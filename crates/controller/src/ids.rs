//! Ids of the controller's own rows: they sort by the moment they were made, which the caller says.

use jiff::Timestamp;
use uuid::{NoContext, Uuid};

/// A new id of the moment `now`.
pub(crate) fn fresh(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
}
