//! What is to be done: drafts as they are handed in, plans as they are kept.
//!
//! A draft says what somebody wants; the guard decides on every item; the result is a plan, frozen with
//! its targets and bound to a hash, so that what was approved is what is done. Nothing here waits,
//! reads a database or knows a client.

mod action;
mod assignment;
mod call;
mod called;
pub mod change;
mod decision;
pub mod difference;
mod draft;
pub mod drift;
mod file;
mod gate;
pub(crate) mod hash;
mod id;
pub mod ring;
mod risk;
mod since;
mod surroundings;
mod target;
mod undo;
pub mod verb;

pub use action::{Action, Channel, DeviceChange, Password};
pub(crate) use assignment::push_mode;
pub use call::{FileMark, OperationCall, SecretPlace, SecretSpot, Withheld};
pub use decision::{Decision, Reason, Verdict};
pub(crate) use draft::Wish;
pub use draft::{Draft, DraftItem, Selection};
pub(crate) use gate::DEVICE;
pub use gate::{Gate, Growth, Health, SOAK};
pub(crate) use hash::Hash;
pub use id::{JobId, PlanId};
pub use ring::{Rings, Share};
pub use risk::Risk;
pub(crate) use risk::{Counted, counted};
pub(crate) use since::{Since, relevant, since};
pub use surroundings::{Budget, Consequence, History, Sent, Surroundings, WipeProtection};
pub use target::{DeviceTarget, OrganizationGroup, Target};
pub(crate) use undo::{ASKING, Remedy, Restored};
pub use verb::{Reads, Right, Undo, VerbFacts};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A draft that the guard has decided on and the journal keeps, with all of its items. It reads like its head.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    #[serde(flatten)]
    pub head: PlanHead,
    pub items: Vec<PlanItem>,
}

/// A plan without its items, of which there may be a million: those are read a page at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanHead {
    pub id: PlanId,
    /// SHA-256 (hex) over what will be done; see [`Plan::compute_hash`].
    pub hash: String,
    pub created_at: Timestamp,
    /// From then on it can neither be approved nor started.
    pub expires_at: Timestamp,
    pub requested_by: String,
    /// Everybody who had a hand in what it would do, by every name known of them: who asked and under which account,
    /// who owns the file that the targets came from, who asked for the job that it takes up again.
    #[serde(default)]
    pub authors: Vec<String>,
    /// The tenant it was made for; it can be carried out nowhere else.
    pub tenant: String,
    pub purpose: String,
    pub selection: Selection,
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
    /// How many items there are by their verdict. Not part of a file, where they are counted.
    #[serde(skip)]
    pub verdicts: Verdicts,
}

/// How many items of a plan have which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    pub allow: u64,
    pub skip: u64,
    pub hold: u64,
    pub refuse: u64,
}

impl Verdicts {
    /// Counts one more.
    pub(crate) fn add(&mut self, verdict: Verdict) {
        *self.slot(verdict) += 1;
    }

    /// Items with this verdict.
    pub fn of(&self, verdict: Verdict) -> u64 {
        let mut copy = *self;
        *copy.slot(verdict)
    }

    /// All items.
    pub fn total(&self) -> u64 {
        self.allow + self.skip + self.hold + self.refuse
    }

    pub(crate) fn slot(&mut self, verdict: Verdict) -> &mut u64 {
        match verdict {
            Verdict::Allow => &mut self.allow,
            Verdict::Skip => &mut self.skip,
            Verdict::Hold => &mut self.hold,
            Verdict::Refuse => &mut self.refuse,
        }
    }
}

impl std::ops::Deref for Plan {
    type Target = PlanHead;

    fn deref(&self) -> &PlanHead {
        &self.head
    }
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

/// Consent to what a plan holds back, bound to the plan's hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The approver, or whoever signed the template.
    pub by: String,
    pub at: Timestamp,
    pub expires_at: Timestamp,
    /// Why; of a template, its name.
    pub note: String,
    /// Hash of the plan as the approver saw it.
    pub hash: String,
    pub kind: ApprovalKind,
    /// The signed note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
    /// The items that it lets through; `None`: all that are held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<usize>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<uuid::Uuid>,
    /// Why it does not count, if it does not. Found out anew whenever the plan is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection: Option<String>,
}

/// What kind of consent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalKind {
    /// Another person signed it.
    Signed,
    /// Signed beforehand, for some of the items.
    Template,
    /// One person's own signature, for one device.
    BreakGlass,
    /// The requester's word, where nobody else is needed.
    Confirmed,
    /// From before there were signatures. It does not count.
    Unsigned,
}

impl ApprovalKind {
    /// The word for it in the journal and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Template => "template",
            Self::BreakGlass => "break-glass",
            Self::Confirmed => "confirmed",
            Self::Unsigned => "unsigned",
        }
    }

    /// The kind that a word stands for.
    pub fn known(word: &str) -> Option<Self> {
        [Self::Signed, Self::Template, Self::BreakGlass, Self::Confirmed, Self::Unsigned]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
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
    /// A plan with its items, which are counted.
    pub(crate) fn new(mut head: PlanHead, items: Vec<PlanItem>) -> Self {
        head.verdicts = Verdicts::default();
        items.iter().for_each(|item| head.verdicts.add(item.decision.verdict));
        Self { head, items }
    }

    /// The hash of what this plan will do: tenant, and of each item target, action, what the target
    /// looked like and the order. Who asked, when and why are not part of it.
    pub fn compute_hash(&self) -> String {
        let mut hash = Hash::default();
        self.items.iter().for_each(|item| hash.item(item));
        hash.of(&self.tenant)
    }

    /// How many items have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.items.iter().filter(|item| item.decision.verdict == verdict).count()
    }
}

impl PlanHead {
    /// The approval that lets all held items through at `now`, if there is one.
    pub fn approval(&self, now: Timestamp) -> Option<&Approval> {
        self.standing(now).find(|approval| approval.items.is_none())
    }

    /// The approval that lets a held item through at `now`, if there is one.
    pub fn let_through_by(&self, index: usize, now: Timestamp) -> Option<&Approval> {
        self.standing(now).find(|approval| approval.items.as_ref().is_none_or(|items| items.contains(&index)))
    }

    /// Approvals that count at `now`.
    fn standing(&self, now: Timestamp) -> impl Iterator<Item = &Approval> {
        self.approvals.iter().filter(move |approval| {
            approval.objection.is_none() && approval.hash == self.hash && now < approval.expires_at
        })
    }
}

impl PlanItem {
    /// Why there was nothing to do about it when the plan was made, if that was so.
    pub fn nothing_to_do(&self) -> Option<&str> {
        let mut reasons = self.decision.reasons.iter();
        reasons.find(|reason| reason.rule == NOTHING_TO_DO).map(|reason| reason.text.as_str())
    }

    /// Why nobody could be sure that it puts back what was there, if that was so.
    pub fn doubt(&self) -> Option<&str> {
        let mut reasons = self.decision.reasons.iter();
        reasons.find(|reason| reason.rule == IN_DOUBT).map(|reason| reason.text.as_str())
    }
}

/// Name of the guard's rule that takes out what is as wanted already; also the class of a task that was skipped for
/// this reason: whoever waits for it may go on.
pub(crate) const NOTHING_TO_DO: &str = "nothing-to-do";

/// Name of the guard's rule that holds what would overwrite somebody else's work, or cannot be put back for certain.
pub(crate) const IN_DOUBT: &str = "undo";

/// Names of the guard's rules that take out what could not be or must not be; also the classes of such tasks.
pub(crate) const CAPABILITY: &str = "capability";
pub(crate) const PRECONDITION: &str = "precondition";
pub(crate) const PROTECTED: &str = "protected";
