//! The tenant answers and turns the credentials down. While it does not answer, nothing is known.

use super::{Facts, Judgement, Rule, Thresholds};
use crate::health::Outcome;

pub(super) fn judge(facts: &Facts<'_>, _: &Thresholds) -> Option<Judgement> {
    let probe = facts.probes.first()?;
    let holds = match probe.outcome {
        Outcome::Refused => true,
        Outcome::Reached => false,
        Outcome::Failed => return None,
    };
    let summary = if holds {
        format!("The tenant refuses the credentials: {}", probe.message)
    } else {
        "The tenant accepts the credentials again".to_owned()
    };
    Some(Judgement { rule: Rule::AuthenticationRefused, subject: String::new(), holds, evidence: probe.at, summary })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, probe};
    use super::*;

    #[test]
    fn an_unreachable_tenant_says_nothing_about_credentials() {
        for (outcome, holds) in
            [(Outcome::Refused, Some(true)), (Outcome::Reached, Some(false)), (Outcome::Failed, None)]
        {
            let probes = [probe(1, outcome)];
            let judgement = judge(&facts(&probes, &[], &[]), &Thresholds::default());
            assert_eq!(judgement.map(|judgement| judgement.holds), holds, "{outcome:?}");
        }
    }
}
