//! Refuses every change in a context that is only read. To change something there, the policy has to say so first.

use super::{Facts, Opinion, Page, Rule};
use crate::plan::Verdict;

/// Whether anything would be changed.
#[derive(Default)]
pub(super) struct ReadOnly(bool);

impl Rule for ReadOnly {
    fn page(&mut self, _facts: &Facts, page: &Page, opinion: &mut Opinion) {
        self.0 = self.0 || page.all().any(|(index, _)| opinion.is_open(index));
    }

    fn end(&mut self, facts: &Facts, opinion: &mut Opinion) {
        let meant = |named: &String| {
            let named = named.trim().trim_end_matches('/');
            facts.context == Some(named) || facts.tenant.trim_end_matches('/').eq_ignore_ascii_case(named)
        };
        if let Some(named) = facts.policy.read_only.iter().find(|named| self.0 && meant(named)) {
            opinion.whole(Verdict::Refuse, format!("`{named}` is read-only by the policy (read_only)"));
        }
    }
}
