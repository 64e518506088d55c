//! Holds whatever takes something away or cannot be undone, until somebody approves it by name.

use super::policy::Always;
use super::{Facts, Opinion, Page, Rule};
use crate::plan::{Risk, Verdict};

pub(super) struct Destructive;

impl Rule for Destructive {
    fn begin(&mut self, facts: &Facts, opinion: &mut Opinion) {
        if facts.policy.irreversible.approval == Always::BeyondLimits {
            opinion.note("the policy asks for approvals beyond the limits only (irreversible.approval)");
        }
    }

    fn page(&mut self, facts: &Facts, page: &Page, opinion: &mut Opinion) {
        if facts.policy.irreversible.approval == Always::BeyondLimits {
            return;
        }
        for (index, item) in page.open(opinion) {
            if item.action.risk() == Risk::Irreversible {
                // What `jobs undo` puts back takes something away all the same.
                let what =
                    if item.action.irreversible().is_some() { "cannot be undone" } else { "takes something away" };
                opinion.item(index, Verdict::Hold, format!("{} {what}", item.action.describe()));
            }
        }
    }
}
