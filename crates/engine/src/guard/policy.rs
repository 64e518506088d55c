//! The numbers and switches that the guard goes by.

use serde::{Deserialize, Serialize};

/// What the guard lets through by itself. Everything beyond waits for an approval or is refused.
///
/// Not a setting: destructive actions always wait, and a write to whatever an empty filter finds is
/// always refused unless the selection carries a bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuardPolicy {
    /// The most disruptive commands (`ClearPasscode`, `SoftReset`, `Shutdown`, `InstallOSUpdate`) that
    /// one plan sends by itself. Exactly this many go; those after them, in the order of the plan, are
    /// held. Counted over all four commands together.
    pub disruptive_targets: u64,
    /// Hours from proposal to expiry of a plan.
    pub plan_hours: u32,
    /// Hours for which an approval counts.
    pub approval_hours: u32,
}

impl Default for GuardPolicy {
    fn default() -> Self {
        Self { disruptive_targets: 500, plan_hours: 24, approval_hours: 4 }
    }
}
