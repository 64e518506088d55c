//! Refuses a draft that does the same thing to the same target twice: which of the two was meant, and
//! whether the second is a slip, only the drafter can tell.

use std::collections::HashMap;

use super::{Facts, Opinion};
use crate::plan::Verdict;

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    // Few items share a target, so the actions of one target are compared one by one.
    let mut seen: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, item) in facts.open(opinion) {
        let earlier = seen.entry(item.target.key()).or_default();
        match earlier.iter().find(|first| facts.draft.items[**first].action == item.action) {
            Some(first) => {
                let (what, name) = (item.action.describe(), item.target.name());
                let text = format!("{what} for {name} is in the plan twice (items {} and {})", first + 1, index + 1);
                opinion.item(index, Verdict::Refuse, text);
            }
            None => earlier.push(index),
        }
    }
}
