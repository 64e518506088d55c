//! Holds whatever removes something or cannot be undone, until somebody approves it by name.

use muster_model::Effect;

use super::{APPROVAL, Facts, Opinion};
use crate::plan::Verdict;

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    for (index, item) in facts.open(opinion) {
        if item.action.effect() == Effect::Destroy {
            let text = format!("{} cannot be undone; {APPROVAL}", item.action.describe());
            opinion.item(index, Verdict::Hold, text);
        }
    }
}
