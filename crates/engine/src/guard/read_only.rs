//! Refuses every change in a context that is only read. To change something there, the policy has to say so first.

use super::policy::GuardPolicy;
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
        if let Some(named) = named(facts.policy, facts.tenant, facts.context)
            && self.0
        {
            opinion.whole(Verdict::Refuse, format!("`{named}` is read-only by the policy (read_only)"));
        }
    }
}

/// What the policy calls this tenant or context, if it may only be read.
pub(super) fn named<'a>(policy: &'a GuardPolicy, tenant: &str, context: Option<&str>) -> Option<&'a str> {
    let meant = |named: &&String| {
        let named = named.trim().trim_end_matches('/');
        context == Some(named) || tenant.trim_end_matches('/').eq_ignore_ascii_case(named)
    };
    policy.read_only.iter().find(meant).map(String::as_str)
}
