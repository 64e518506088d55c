//! One person let one device through alone. That is allowed, and everybody is told; the alert ends after a day.

use super::{Facts, Judgement, Rule, Thresholds, each};

pub(super) fn judge(facts: &Facts<'_>, _: &Thresholds) -> Vec<Judgement> {
    let broken = facts.broken.iter().map(|glass| {
        let summary = format!("{} broke the glass: {}", glass.by, glass.reason);
        (glass.plan.clone(), glass.at, summary)
    });
    each(facts, Rule::GlassBroken, broken, "The glass was broken a day ago")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, facts};
    use super::super::{BrokenGlass, Change, advance};
    use super::*;

    #[test]
    fn a_broken_glass_is_told_at_once_and_is_over_after_a_day() {
        let broken = [BrokenGlass { plan: "p1".into(), by: "grace".into(), reason: "stolen".into(), at: at(1) }];
        let judgements = judge(&Facts { broken: &broken, ..facts(&[], &[], &[]) }, &Thresholds::default());
        let Some(Change::Opened(alert)) = advance(None, &judgements[0]) else { panic!("it opens at once") };
        assert_eq!(alert.summary, "grace broke the glass: stolen");
        assert_eq!(advance(Some(&alert), &judgements[0]), None, "once");
        let living = [alert];
        let judgements = judge(&Facts { living: &living, ..facts(&[], &[], &[]) }, &Thresholds::default());
        assert!(matches!(advance(Some(&living[0]), &judgements[0]), Some(Change::Resolved(_))));
    }
}
