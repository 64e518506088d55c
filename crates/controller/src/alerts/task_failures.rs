//! Too large a share of a run's tasks failed, or ended without anybody knowing how.

use super::{Facts, Judgement, Rule, Thresholds, percent};

pub(super) fn judge(facts: &Facts<'_>, thresholds: &Thresholds) -> Option<Judgement> {
    // A run that carried out too little says nothing, neither good nor bad: look at the one before.
    let (run, finished_at) = facts.runs.iter().find_map(|run| {
        let judged = run.tally.ended() >= thresholds.failure_minimum.max(1);
        run.finished_at.filter(|_| judged).map(|finished_at| (run, finished_at))
    })?;
    let bad = run.tally.failed + run.tally.unknown;
    let share = bad as f64 * 100.0 / run.tally.ended() as f64;
    let summary = format!(
        "{} of the tasks of the {} run did not succeed: {bad} of {}",
        percent(share),
        run.schedule,
        run.tally.ended()
    );
    let holds = share > thresholds.failure_percent;
    Some(Judgement { rule: Rule::TaskFailures, subject: String::new(), holds, evidence: finished_at, summary })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, run};
    use super::*;
    use crate::run::Outcome;

    #[test]
    fn the_share_of_the_last_run_that_is_large_enough_decides() {
        for (done, failed, unknown, holds) in [
            (80, 20, 0, Some(false)),
            (79, 20, 1, Some(true)),
            (0, 10, 0, Some(true)),
            (10, 0, 0, Some(false)),
            (1, 3, 0, None),
        ] {
            let runs = [run(0, Outcome::Finished, done, failed, unknown)];
            let judgement = judge(&facts(&[], &runs, &[]), &Thresholds::default());
            assert_eq!(judgement.map(|judgement| judgement.holds), holds, "{done} {failed} {unknown}");
        }
    }
}
