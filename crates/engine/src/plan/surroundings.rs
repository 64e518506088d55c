//! What was known of the tenant, and of what was done to it before, when the guard decided.
//!
//! The guard asks nobody: whatever it weighs is handed to it in these two records, so that the same facts give the
//! same answer. [`Surroundings`] are read from the tenant and kept with the plan, which shows them; a [`History`] is
//! read from the journal whenever the guard is asked.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{OrganizationGroup, Risk};

/// What was read from the tenant for a plan. What is absent is not known, and rules that need it are strict then.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Surroundings {
    /// When the targets were read, if that was not just before the plan was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    /// Devices of the tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<u64>,
    /// Devices of organization groups, those of the groups below them not counted, by the group's id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<i64, u64>,
    /// How the tenant itself holds wipes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wipe_protection: Option<WipeProtection>,
    /// The most devices that one bulk call of the tenant takes, by the tenant's name of the action.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub bulk_limits: BTreeMap<String, u64>,
    /// Ids of devices that are in a protected set by a tag or a smart group, by the name of the set. A set that is
    /// absent could not be read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<String, Vec<i64>>,
    /// What else happens when the plan is carried out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<Consequence>,
    /// Calls of today that are left, and calls per second, when the plan was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// What could not be read, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
}

/// The tenant holds wipes back beyond so many within so many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WipeProtection {
    /// `None` if the tenant tells only whether it is locked.
    pub wipes: Option<u64>,
    pub minutes: Option<u64>,
    /// It was reached, and nobody has unlocked it since.
    pub locked: bool,
}

/// Something that a change brings about beside what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    /// Position of the item that has it.
    pub item: usize,
    /// One sentence for people.
    pub text: String,
    /// How many devices it concerns, if that could be told.
    pub devices: Option<u64>,
}

/// What may be spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// Calls that are left today; `None` if nobody limits them.
    pub left_today: Option<u64>,
    /// Calls per second that will be reached at most.
    pub per_second: f64,
    /// Whether the tenant has calls for many.
    #[serde(default)]
    pub bulk: bool,
}

/// What this state's journal has sent to the tenant lately, and what the last run of the same selection found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// Of the classes and actions that the policy caps, within its longest window.
    pub sent: Vec<Sent>,
    /// Targets of the last plan of the same purpose and selection that was carried out, and when.
    pub last: Option<(u64, Timestamp)>,
}

/// One change that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub at: Timestamp,
    /// What makes it the same target in two items.
    pub target: String,
    /// Organization group of the target.
    pub group: Option<OrganizationGroup>,
    /// What policies call the action.
    pub word: String,
    pub verb: &'static str,
    pub risk: Risk,
    /// How many targets the call was for.
    pub reach: u64,
}
