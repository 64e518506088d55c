//! Too large a share of the enrolled devices breaks a policy.

use super::{Facts, Judgement, Rule, Thresholds, percent};

pub(super) fn judge(facts: &Facts<'_>, thresholds: &Thresholds) -> Option<Judgement> {
    let snapshot = facts.snapshots.first()?;
    let share = snapshot.noncompliant_percent()?;
    Some(Judgement {
        rule: Rule::NoncompliantShare,
        subject: String::new(),
        holds: share > thresholds.noncompliant_percent,
        evidence: snapshot.taken_at,
        summary: format!(
            "{} of the enrolled devices break a policy: {} of {}",
            percent(share),
            snapshot.noncompliant,
            snapshot.enrolled
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, snapshot};
    use super::*;

    #[test]
    fn the_newest_snapshot_decides() {
        for (enrolled, noncompliant, holds) in
            [(200, 50, Some(false)), (200, 51, Some(true)), (200, 0, Some(false)), (0, 0, None)]
        {
            let snapshots = [snapshot(15, enrolled, noncompliant), snapshot(0, 100, 99)];
            let judgement = judge(&facts(&[], &[], &snapshots), &Thresholds::default());
            assert_eq!(judgement.map(|judgement| judgement.holds), holds, "{noncompliant} of {enrolled}");
        }
    }
}
