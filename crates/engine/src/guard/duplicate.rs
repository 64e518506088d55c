//! Refuses a draft that does the same thing to the same target twice: which of the two was meant, and
//! whether the second is a slip, only the drafter can tell.

use std::collections::BTreeMap;

use super::{Facts, Opinion};
use crate::plan::{Verdict, hash};

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (index, item) in facts.open(opinion) {
        let action = serde_json::to_value(&item.action).map(|action| hash::of_value(&action)).unwrap_or_default();
        match seen.get(&(item.target.key(), action.clone())) {
            Some(first) => {
                let (what, name) = (item.action.describe(), item.target.name());
                let text = format!("{what} for {name} is in the plan twice (items {} and {})", first + 1, index + 1);
                opinion.item(index, Verdict::Refuse, text);
            }
            None => {
                seen.insert((item.target.key(), action), index);
            }
        }
    }
}
