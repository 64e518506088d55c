//! Holds whatever removes something or cannot be undone, until somebody approves it by name.

use super::policy::Always;
use super::{Facts, Opinion};
use crate::plan::{Risk, Verdict};

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    if facts.policy.irreversible.approval == Always::BeyondLimits {
        opinion.note("the policy asks for approvals beyond the limits only (irreversible.approval)");
        return;
    }
    for (index, item) in facts.open(opinion) {
        if item.action.risk() == Risk::Irreversible {
            let text = format!("{} cannot be undone", item.action.describe());
            opinion.item(index, Verdict::Hold, text);
        }
    }
}
