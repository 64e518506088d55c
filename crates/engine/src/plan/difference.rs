//! What tells two plans apart.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Plan, PlanItem};

/// Items of two plans, paired by target and action.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Items of the first plan only.
    pub removed: Vec<usize>,
    /// Items of the second plan only.
    pub added: Vec<usize>,
    /// Items of both that differ: their places, and what differs.
    pub changed: Vec<(usize, usize, Vec<String>)>,
    /// Items that are the same in both.
    pub same: usize,
}

impl Difference {
    /// Whether both do the same.
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty() && self.changed.is_empty()
    }
}

/// Compares what two plans do; when and by whom they were made does not matter.
pub fn between(first: &Plan, second: &Plan) -> Difference {
    let mut waiting: HashMap<(String, &str), Vec<usize>> = HashMap::new();
    // The first of several alike is paired with the first: the lists are used from their ends.
    for item in first.items.iter().rev() {
        waiting.entry((item.target.key(), item.action.word())).or_default().push(item.index);
    }
    let mut difference = Difference::default();
    for item in &second.items {
        let pair = waiting.get_mut(&(item.target.key(), item.action.word())).and_then(Vec::pop);
        let Some(pair) = pair else {
            difference.added.push(item.index);
            continue;
        };
        let what = differs(&first.items[pair], item);
        if what.is_empty() {
            difference.same += 1;
        } else {
            difference.changed.push((pair, item.index, what));
        }
    }
    difference.removed = waiting.into_values().flatten().collect();
    difference.removed.sort_unstable();
    difference
}

fn differs(first: &PlanItem, second: &PlanItem) -> Vec<String> {
    let mut what = Vec::new();
    let mut tell = |name: &str, then: String, now: String| {
        if then != now {
            what.push(format!("{name}: {then} → {now}"));
        }
    };
    tell("verdict", first.decision.verdict.to_string(), second.decision.verdict.to_string());
    if first.action != second.action {
        let (then, now) = (first.action.describe(), second.action.describe());
        tell("action", then.clone(), if then == now { format!("{now} with other parameters") } else { now });
    }
    let conditions = |item: &PlanItem| super::drift::precondition(&item.target, &item.action, item.before.as_ref());
    let now = conditions(second);
    for (name, then) in conditions(first) {
        let Some((_, now)) = now.iter().find(|(other, _)| *other == name) else { continue };
        tell(name, then.unwrap_or_default(), now.clone().unwrap_or_default());
    }
    what
}
