//! What is to be done: drafts as they are handed in, plans as they are kept.
//!
//! A draft says what somebody wants; the guard decides on every item; the result is a plan, frozen with
//! its targets and bound to a hash, so that what was approved is what is done. Nothing here waits,
//! reads a database or knows a client.

mod action;
mod call;
pub mod change;
mod decision;
pub mod difference;
mod draft;
pub mod drift;
mod file;
pub(crate) mod hash;
mod id;
pub mod ring;
mod risk;
mod surroundings;
mod target;

pub use action::{Action, Password};
pub use call::{FileMark, OperationCall, SecretPlace, SecretSpot, Withheld};
pub use decision::{Decision, Reason, Verdict};
pub use draft::{Draft, DraftItem, Selection};
pub use id::{JobId, PlanId};
pub use ring::{Rings, Share};
pub use risk::Risk;
pub use surroundings::{Budget, Consequence, History, Sent, Surroundings, WipeProtection};
pub use target::{DeviceTarget, OrganizationGroup, Target};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A draft that the guard has decided on and the journal keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub id: PlanId,
    /// SHA-256 (hex) over what will be done; see [`Plan::compute_hash`].
    pub hash: String,
    pub created_at: Timestamp,
    /// From then on it can neither be approved nor started.
    pub expires_at: Timestamp,
    pub requested_by: String,
    /// The tenant it was made for; it can be carried out nowhere else.
    pub tenant: String,
    pub purpose: String,
    pub selection: Selection,
    pub items: Vec<PlanItem>,
    /// The worst of the items', except that skipped items do not count beside others.
    pub decision: Decision,
    pub status: PlanStatus,
    /// Every approval ever given, the expired ones too.
    pub approvals: Vec<Approval>,
    /// The job whose open tasks this plan takes up again.
    pub retry_of: Option<JobId>,
    /// What was known of the tenant when the guard decided.
    #[serde(default)]
    pub surroundings: Surroundings,
}

/// One change of one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanItem {
    /// Position in the plan, from 0.
    pub index: usize,
    pub target: Target,
    pub action: Action,
    /// Why it ought to be done.
    pub reason: String,
    /// The relevant part of the target as it was when the plan was made.
    pub before: Option<serde_json::Value>,
    /// Columns of the input row, in their order.
    pub input: Vec<(String, String)>,
    /// Index of the item that must be done first.
    pub after: Option<usize>,
    pub decision: Decision,
    /// An earlier job sent this at that time and never learnt the outcome: read back before sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsettled_since: Option<Timestamp>,
}

/// What has become of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "state")]
pub enum PlanStatus {
    Proposed,
    Applied { job: JobId },
    Expired,
}

/// Somebody's consent to what a plan holds back, bound to the plan's hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub by: String,
    pub at: Timestamp,
    pub expires_at: Timestamp,
    pub note: String,
    /// Hash of the plan as the approver saw it.
    pub hash: String,
}

/// One line of `plan list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanSummary {
    pub id: PlanId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub requested_by: String,
    pub tenant: String,
    pub purpose: String,
    pub verdict: Verdict,
    pub status: PlanStatus,
    /// Number of items, whatever was decided on them.
    pub items: u64,
    /// Items that wait for an approval, whether it was given or not.
    pub held: u64,
}

impl Plan {
    /// The hash of what this plan will do: tenant, and of each item target, action, what the target
    /// looked like and the order. Who asked, when and why are not part of it.
    pub fn compute_hash(&self) -> String {
        hash::of_items(&self.tenant, &self.items)
    }

    /// The approval that lets the held items through at `now`, if there is one.
    pub fn approval(&self, now: Timestamp) -> Option<&Approval> {
        self.approvals.iter().find(|approval| approval.hash == self.hash && now < approval.expires_at)
    }

    /// What was asked for, so that the guard can be asked again: what there was nothing to do about is so still.
    pub(crate) fn as_draft(&self) -> Draft {
        let items = self.items.iter().map(|item| DraftItem {
            target: item.target.clone(),
            action: item.action.clone(),
            reason: item.reason.clone(),
            before: None,
            input: Vec::new(),
            after: item.after,
            nothing_to_do: item.nothing_to_do().map(str::to_owned),
        });
        Draft { purpose: self.purpose.clone(), selection: self.selection.clone(), items: items.collect() }
    }

    /// How many items have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.items.iter().filter(|item| item.decision.verdict == verdict).count()
    }
}

impl PlanItem {
    /// Why there was nothing to do about it when the plan was made, if that was so.
    pub fn nothing_to_do(&self) -> Option<&str> {
        let mut reasons = self.decision.reasons.iter();
        reasons.find(|reason| reason.rule == NOTHING_TO_DO).map(|reason| reason.text.as_str())
    }
}

/// Name of the guard's rule that takes out what is as wanted already; also the class of a task that was skipped for
/// this reason: whoever waits for it may go on.
pub(crate) const NOTHING_TO_DO: &str = "nothing-to-do";
