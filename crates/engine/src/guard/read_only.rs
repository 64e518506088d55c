//! Refuses every change in a context that is only read. To change something there, the policy has to say so first.

use super::{Facts, Opinion};
use crate::plan::Verdict;

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    if facts.open(opinion).is_empty() {
        return;
    }
    let meant = |named: &String| {
        let named = named.trim().trim_end_matches('/');
        facts.context == Some(named) || facts.tenant.trim_end_matches('/').eq_ignore_ascii_case(named)
    };
    if let Some(named) = facts.policy.read_only.iter().find(|named| meant(named)) {
        opinion.whole(Verdict::Refuse, format!("`{named}` is read-only by the policy (read_only)"));
    }
}
