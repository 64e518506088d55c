//! A run ended with an error of its own: it could not observe, plan or carry on. Tasks that failed are
//! another rule's.

use super::{Facts, Judgement, Rule, Thresholds};
use crate::run::{Cause, Outcome};

pub(super) fn judge(facts: &Facts<'_>, _: &Thresholds) -> Vec<Judgement> {
    let mut seen = Vec::new();
    let mut judgements = Vec::new();
    for run in facts.runs {
        let Some(finished_at) = run.finished_at else { continue };
        // The newest ended run of each schedule tells; the older ones are history.
        if seen.contains(&run.schedule.as_str()) {
            continue;
        }
        seen.push(&run.schedule);
        let holds = match (run.outcome, &run.failure) {
            (Outcome::Finished, _) => false,
            // That is told by the rules about the tenant, and says nothing about the run.
            (Outcome::Failed, Some(failure)) if failure.cause == Cause::Tenant => continue,
            (Outcome::Failed, _) => true,
            // Somebody stopped the controller, or has just begun: nothing is known.
            (Outcome::Interrupted | Outcome::Running, _) => continue,
        };
        let summary = match &run.failure {
            Some(failure) if holds => format!("The {} run failed: {}", run.schedule, failure.text),
            _ if holds => format!("The {} run failed", run.schedule),
            _ => format!("The {} run works again", run.schedule),
        };
        let subject = run.schedule.clone();
        judgements.push(Judgement { rule: Rule::RunFailed, subject, holds, evidence: finished_at, summary });
    }
    judgements
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, run};
    use super::*;
    use crate::run::Failure;

    #[test]
    fn the_newest_ended_run_tells() {
        let mut open = run(30, Outcome::Running, 0, 0, 0);
        open.finished_at = None;
        let failed = |cause| {
            let mut run = run(15, Outcome::Failed, 0, 0, 0);
            run.failure = Some(Failure { cause, text: "the list is incomplete".into() });
            run
        };
        for (newest, holds) in [
            (failed(Cause::Run), Some(true)),
            (failed(Cause::Tenant), None),
            (run(15, Outcome::Finished, 0, 0, 0), Some(false)),
            (run(15, Outcome::Interrupted, 0, 0, 0), None),
        ] {
            let runs = [open.clone(), newest.clone(), run(0, Outcome::Failed, 0, 0, 0)];
            let judgements = judge(&facts(&[], &runs, &[]), &Thresholds::default());
            assert_eq!(judgements.first().map(|judgement| judgement.holds), holds, "{newest:?}");
        }
    }
}
