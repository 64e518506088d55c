//! The policy: the numbers, sets and times that the guard goes by, as data. Where it comes from (a file beside the
//! configuration) is the program's business; what it may say is here.
//!
//! The defaults are what a tenant nobody has written a policy for gets. A list in a file replaces the list of the
//! defaults; a number replaces its number.

mod calendar;
mod cap;
mod check;
mod protected;
mod span;

pub use calendar::{Day, Freeze, MaintenanceWindow, Opening};
pub use cap::{Cap, Denominator, Per};
pub use check::Fault;
pub use protected::Protected;
pub use span::Span;

use serde::{Deserialize, Serialize};

use crate::plan::{Risk, Verdict};

/// What the guard lets through by itself. Everything beyond waits for an approval, is left out, or is refused.
///
/// Not a setting: which action is in which class of risk, and that a write to whatever an empty filter finds is
/// refused unless the selection carries a bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuardPolicy {
    /// Hours from proposal to expiry of a plan.
    pub plan_hours: u32,
    /// Hours for which an approval counts.
    pub approval_hours: u32,
    /// Contexts, by name or by the address of the tenant, in which nothing is changed at all.
    pub read_only: Vec<String>,
    pub irreversible: Irreversible,
    pub freshness: Freshness,
    pub change: CountChange,
    pub drift: Drift,
    /// How many targets an action, or a class of risk, may reach within a time. Every cap counts for itself.
    pub caps: Vec<Cap>,
    /// What is not touched.
    pub protected: Vec<Protected>,
    /// Times in which nothing is changed.
    pub freezes: Vec<Freeze>,
    /// Times to which changes are kept. Where none is named for a class of risk, it is free.
    pub windows: Vec<MaintenanceWindow>,
}

impl Default for GuardPolicy {
    fn default() -> Self {
        let hours = |hours: i64| Span::minutes(60 * hours);
        Self {
            plan_hours: 24,
            approval_hours: 4,
            read_only: Vec::new(),
            irreversible: Irreversible::default(),
            freshness: Freshness::default(),
            change: CountChange::default(),
            drift: Drift::default(),
            caps: vec![
                Cap { targets: Some(10), ..Cap::of_risk(Risk::Irreversible, Per::Tenant, Span::minutes(20)) },
                Cap {
                    targets: Some(100),
                    percent: Some(1.0),
                    at_least: 1,
                    ..Cap::of_risk(Risk::Irreversible, Per::Group, hours(24))
                },
                Cap { targets: Some(500), ..Cap::of_risk(Risk::Disruptive, Per::Tenant, hours(24)) },
                Cap { percent: Some(10.0), at_least: 10, ..Cap::of_risk(Risk::Disruptive, Per::Group, hours(24)) },
            ],
            protected: vec![Protected {
                name: "employee-owned".to_owned(),
                ownership: vec!["E".to_owned()],
                actions: vec!["DeviceWipe".to_owned()],
                then: Some(Verdict::Hold),
                ..Protected::default()
            }],
            freezes: Vec::new(),
            windows: Vec::new(),
        }
    }
}

/// What holds for actions that cannot be undone, beside the caps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Irreversible {
    /// Whether each of them waits for an approval, or only those that another rule holds.
    pub approval: Always,
    /// The most of them in one plan whose targets a filter found and nobody named.
    pub on_query: u64,
}

/// When an approval is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Always {
    Always,
    /// Only for what another rule holds.
    BeyondLimits,
}

impl Default for Irreversible {
    fn default() -> Self {
        Self { approval: Always::Always, on_query: 1 }
    }
}

/// How old what is known of a target may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Freshness {
    /// Hours since a device was last seen, beyond which an irreversible action on it is held; 0 does not ask.
    pub irreversible_hours: u32,
    /// The same for disruptive actions.
    pub disruptive_hours: u32,
    /// Minutes since the targets were read from the tenant, beyond which everything is held; 0 does not ask.
    pub read_minutes: u32,
}

impl Default for Freshness {
    fn default() -> Self {
        Self { irreversible_hours: 24, disruptive_hours: 0, read_minutes: 60 }
    }
}

/// When the number of targets that a filter finds has changed too much since the last run to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CountChange {
    /// Percent of the last run's targets; more is held, whatever the risk. 0 does not ask.
    pub percent: f64,
    /// Targets; a greater change is held if the plan has disruptive or irreversible items. 0 does not ask.
    pub targets: u64,
    /// Smaller changes never count.
    pub at_least: u64,
}

impl Default for CountChange {
    fn default() -> Self {
        Self { percent: 5.0, targets: 50, at_least: 10 }
    }
}

/// How much may have changed between a plan and its application.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Drift {
    /// Percent of the plan's targets that may have changed, gone or joined; more asks again.
    pub percent: f64,
}

impl Default for Drift {
    fn default() -> Self {
        Self { percent: 2.0 }
    }
}
