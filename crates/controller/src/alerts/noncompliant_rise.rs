//! The share of devices that break a policy grew by several points within a day: a bad update, a policy
//! that was changed, or an attack.

use super::{Facts, Judgement, Rule, Thresholds, percent};

pub(super) fn judge(facts: &Facts<'_>, thresholds: &Thresholds) -> Option<Judgement> {
    let newest = facts.snapshots.first()?;
    let share = newest.noncompliant_percent()?;
    let window = i64::try_from(thresholds.rise_window.as_micros()).unwrap_or(i64::MAX);
    let earliest = newest.taken_at.as_microsecond().saturating_sub(window);
    let lowest = facts.snapshots[1..]
        .iter()
        .filter(|snapshot| snapshot.taken_at.as_microsecond() >= earliest)
        .filter_map(|snapshot| snapshot.noncompliant_percent())
        .min_by(f64::total_cmp)?;
    Some(Judgement {
        rule: Rule::NoncompliantRise,
        subject: String::new(),
        holds: share - lowest > thresholds.rise_points,
        evidence: newest.taken_at,
        summary: format!(
            "The share of devices that break a policy went from {} to {} within {} hours",
            percent(lowest),
            percent(share),
            thresholds.rise_window.as_secs().div_ceil(3600)
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, snapshot};
    use super::*;

    #[test]
    fn growth_is_measured_against_the_lowest_point_of_the_window() {
        let day = 24 * 60;
        for (name, snapshots, holds) in [
            ("one snapshot has no trend", vec![snapshot(day, 100, 50)], None),
            ("five points are borne", vec![snapshot(30, 100, 15), snapshot(15, 100, 10)], Some(false)),
            ("six are not", vec![snapshot(30, 100, 16), snapshot(15, 100, 10)], Some(true)),
            (
                "a slow climb counts too",
                (0..9).rev().map(|n| snapshot(n * 60, 100, 10 + n as u64)).collect(),
                Some(true),
            ),
            ("falling is welcome", vec![snapshot(30, 100, 10), snapshot(15, 100, 90)], Some(false)),
            (
                "what is older than the window is history",
                vec![snapshot(day + 20, 100, 90), snapshot(15, 100, 10)],
                None,
            ),
        ] {
            let judgement = judge(&facts(&[], &[], &snapshots), &Thresholds::default());
            assert_eq!(judgement.map(|judgement| judgement.holds), holds, "{name}");
        }
    }
}
