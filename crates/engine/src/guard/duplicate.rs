//! Refuses a draft that does the same thing to the same target twice: which of the two was meant, and
//! whether the second is a slip, only the drafter can tell.
//!
//! The rule sees the items of a page. Of two that are in different pages the journal tells when it has them all, and
//! [`super::Guard::twice`] says the same of them.

use std::collections::HashMap;

use super::{Facts, Opinion, Page, Wanted};
use crate::plan::{Action, Verdict};

pub(super) fn decide(_facts: &Facts, page: &Page, opinion: &mut Opinion) {
    // Few items share a target, so the actions of one target are compared one by one.
    let mut seen: HashMap<String, Vec<(usize, &Wanted)>> = HashMap::new();
    for (index, item) in page.open(opinion) {
        if let Action::CallOperation { call } = item.action
            && let Some(name) = call.listed_twice()
        {
            opinion.item(index, Verdict::Refuse, format!("{} names {name} twice", item.action.describe()));
        }
        let earlier = seen.entry(item.target.key()).or_default();
        match earlier.iter().find(|(_, first)| first.action == item.action) {
            Some((first, _)) => opinion.item(index, Verdict::Refuse, says(item, *first, index)),
            None => earlier.push((index, item)),
        }
    }
}

/// The reason of an item that is there twice.
pub(super) fn says(item: &Wanted, first: usize, second: usize) -> String {
    let (what, name) = (item.action.describe(), item.target.name());
    format!("{what} for {name} is in the plan twice (items {} and {})", first + 1, second + 1)
}
