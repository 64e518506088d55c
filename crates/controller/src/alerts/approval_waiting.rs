//! A plan has items that the guard holds until a person approves them. One alert for each plan.

use super::{Facts, Judgement, Rule, Thresholds, each};

pub(super) fn judge(facts: &Facts<'_>, _: &Thresholds) -> Vec<Judgement> {
    let waiting = facts.waiting.iter().map(|plan| {
        let items = if plan.held == 1 { "item waits" } else { "items wait" };
        let summary = format!("{} {items} for approval: {}", plan.held, plan.purpose);
        // Waiting longer is no news.
        (plan.id.clone(), plan.created_at, summary)
    });
    // A plan that no longer waits was approved, or has expired.
    each(facts, Rule::ApprovalWaiting, waiting, "The plan no longer waits for approval")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, facts};
    use super::super::{Change, advance};
    use super::*;
    use crate::run::WaitingPlan;

    #[test]
    fn each_waiting_plan_has_its_alert_until_it_is_settled() {
        let plan = WaitingPlan {
            id: "p1".into(),
            purpose: "compliance remediate".into(),
            requested_by: "schedule compliance".into(),
            held: 3,
            total: 9,
            created_at: at(0),
            expires_at: at(10_000),
            is_job: false,
        };
        let plans = [plan];
        let judgements = judge(&Facts { waiting: &plans, ..facts(&[], &[], &[]) }, &Thresholds::default());
        assert_eq!(judgements.len(), 1);
        let Some(Change::Opened(alert)) = advance(None, &judgements[0]) else { panic!("it opens at once") };

        let living = [alert];
        let judgements = judge(&Facts { living: &living, ..facts(&[], &[], &[]) }, &Thresholds::default());
        assert_eq!(judgements.len(), 1);
        assert!(!judgements[0].holds);
        assert_eq!(judgements[0].subject, "p1");
    }
}
