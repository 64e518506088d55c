//! The tenant cannot be reached, or what answers is not a tenant. A refused sign-in is an answer.

use super::{Facts, Judgement, Rule, Thresholds};
use crate::health::Outcome;

pub(super) fn judge(facts: &Facts<'_>, _: &Thresholds) -> Option<Judgement> {
    let probe = facts.probes.first()?;
    let holds = probe.outcome == Outcome::Failed;
    let summary = if holds {
        format!("The tenant cannot be reached: {}", probe.message)
    } else {
        "The tenant answers again".to_owned()
    };
    Some(Judgement { rule: Rule::TenantUnreachable, subject: String::new(), holds, evidence: probe.at, summary })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, probe};
    use super::*;

    #[test]
    fn only_a_tenant_that_does_not_answer_counts() {
        for (outcome, holds) in [(Outcome::Failed, true), (Outcome::Refused, false), (Outcome::Reached, false)] {
            let probes = [probe(1, outcome), probe(0, Outcome::Failed)];
            let judgement = judge(&facts(&probes, &[], &[]), &Thresholds::default()).expect("there is a probe");
            assert_eq!(judgement.holds, holds, "{outcome:?}");
        }
    }
}
