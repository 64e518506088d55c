//! The items of a plan as rows: what is frozen with each, what would change, the verdict and why.

use muster_engine::plan::change::changes;
use muster_engine::{Plan, PlanItem, Rings, Target, Task, TaskState, Verdict, report};
use muster_store::{Clock as _, SystemClock};
use serde_json::Value;

use super::result::typed;
use crate::output::{Column, Sheet};

/// Every item with its verdict and why; beside it what is frozen with it.
pub(super) fn plan_sheet(plan: &Plan, rings: &Rings) -> Sheet {
    let tasks: Vec<Task> = plan.items.iter().map(as_task).collect();
    let rows = report::rows(&tasks);
    let kept: Vec<usize> = (0..rows.columns.len())
        .filter(|&index| !report::OUTCOME_COLUMNS.contains(&rows.columns[index].as_str()))
        .collect();
    let rings = rings.of_items(&plan.items, goes);
    let now = SystemClock.now();
    // A queued command says no more than the action itself does.
    let told =
        |item: &PlanItem| item.before.is_some() && !matches!(item.action, muster_engine::Action::SendCommand { .. });
    let shows_changes = plan.items.iter().any(told);
    let mut columns: Vec<Column> = kept.iter().map(|&index| super::result::column(&rows.columns[index])).collect();
    let frozen = ["uuid", "organization_group", "last_seen", "precondition"];
    columns.extend(frozen.map(|key| Column { key: key.to_owned(), on_screen: false }));
    columns.push(Column { key: "changes".to_owned(), on_screen: shows_changes });
    columns.extend(["risk", "ring"].map(|key| Column { key: key.to_owned(), on_screen: false }));
    columns.extend(["verdict", "reason"].map(|key| Column { key: key.to_owned(), on_screen: true }));
    let mut sheet = Sheet { columns, rows: Vec::with_capacity(plan.items.len()) };
    for ((item, row), ring) in plan.items.iter().zip(&rows.rows).zip(rings) {
        let mut values: Vec<Value> = kept.iter().map(|&index| typed(&rows.columns[index], &row[index])).collect();
        let why = item.decision.explain_with(plan.let_through_by(item.index, now));
        values.extend(frozen_with(item));
        values.push(changes(item).iter().map(ToString::to_string).collect::<Vec<_>>().into());
        values.push(item.action.risk().as_str().into());
        values.push(ring.map(|ring| ring + 1).into());
        values.push(item.decision.verdict.as_str().into());
        values.push(if why.is_empty() { item.reason.clone() } else { why }.into());
        sheet.push(values);
    }
    sheet
}

/// UUID, organization group, last seen and precondition.
fn frozen_with(item: &PlanItem) -> [Value; 4] {
    let Target::Device(device) = &item.target else { return [const { Value::Null }; 4] };
    let text = |text: Option<String>| text.map_or(Value::Null, Value::from);
    [
        text(device.uuid.map(|uuid| uuid.to_string())),
        text(device.organization_group.as_ref().map(|group| group.name.clone())),
        text(device.last_seen.map(|seen| seen.to_string())),
        text(item.precondition_hash()),
    ]
}

/// A plan's item as the task it would become, so that both have the same columns.
pub(super) fn as_task(item: &PlanItem) -> Task {
    let why = item.decision.explain();
    Task {
        index: item.index,
        target: item.target.clone(),
        action: item.action.clone(),
        input: item.input.clone(),
        state: match item.decision.verdict {
            Verdict::Allow => TaskState::Pending,
            Verdict::Skip => TaskState::Skipped,
            Verdict::Hold | Verdict::Refuse => TaskState::Held,
        },
        reason: if why.is_empty() { item.reason.clone() } else { why },
        // As the journal would write it.
        class: item.decision.reasons.first().map(|reason| reason.rule.clone()),
        attempt: 0,
        command_id: None,
        at: None,
        delivery: None,
        ring: 0,
        image: None,
    }
}

/// Whether an item takes a place in a ring: what is left out takes none, as in the job.
pub(super) fn goes(item: &PlanItem) -> bool {
    item.decision.verdict != Verdict::Skip
}
