//! How scripts go: nearly always well, and some take longer than a check-in.

use super::super::dice::Dice;
use super::plans::Plan;
use super::{Run, Visit};

const FAILING: f64 = 0.06;
const SLOW: f64 = 0.05;

pub(super) fn next(plan: &Plan, visit: &Visit<'_>, old: Option<&Run>, dice: &mut Dice) -> Option<Run> {
    if !plan.automatic {
        return None;
    }
    match old {
        Some(run) if run.status == "IN_PROGRESS" => return Some(ended(visit, dice)),
        Some(Run { executed_at: Some(before), .. }) if !visit.is_due(plan, *before, dice) => return None,
        // One that only an event sets going waits for it, also the first time.
        None | Some(Run { executed_at: None, .. }) if !first(plan, visit, dice) => return None,
        _ => {}
    }
    if dice.chance(SLOW) {
        let (status, executed_at) = ("IN_PROGRESS".to_owned(), Some(visit.at()));
        return Some(Run { status, value: String::new(), return_code: None, millis: None, executed_at });
    }
    Some(ended(visit, dice))
}

fn first(plan: &Plan, visit: &Visit<'_>, dice: &mut Dice) -> bool {
    let at_once = plan.events.is_empty() || plan.events.iter().any(|event| event.starts_with("RUN_"));
    plan.every.is_some() || at_once || visit.is_due(plan, visit.at(), dice)
}

fn ended(visit: &Visit<'_>, dice: &mut Dice) -> Run {
    let failed = dice.chance(FAILING);
    Run {
        status: if failed { "FAILED" } else { "EXECUTED" }.to_owned(),
        value: String::new(),
        return_code: Some(if failed { *dice.pick(&[1, 2, 126, 1603]) } else { 0 }),
        millis: Some(dice.whole(120, 9_000)),
        executed_at: Some(visit.at()),
    }
}
