//! One row per user of the table: what was done, and to which groups the user belongs now.

use jiff::Timestamp;
use muster_engine::{Action, Report, Task, TaskState};

use super::decide::{Change, Provisioning, RowDecision};
use super::table::Table;
use crate::report::{Outcome, Row, Summary, assemble, done, instant, task};

/// Columns of the report, beside the input's and the outcome's: the guide's.
pub const COLUMNS: [&str; 7] = ["Username", "Action", "Success", "UserId", "GroupsAssigned", "Error", "Timestamp"];

/// What became of one row.
struct Told {
    action: &'static str,
    /// Whether the user is as the table wants it, groups aside; `None` while that is open.
    success: Option<bool>,
    user: String,
    groups: usize,
    error: String,
    outcome: Outcome,
}

/// The report of a provisioning. Without tasks it tells what is planned.
pub fn report(table: &Table, provisioning: &Provisioning, tasks: &[Task], now: Timestamp) -> Report {
    let rows = table.rows.iter().zip(&provisioning.rows).map(|(row, decision)| {
        let told = told(provisioning, decision, tasks);
        let own = vec![
            row.username.clone(),
            told.action.to_owned(),
            told.success.map(|success| if success { "True" } else { "False" }.to_owned()).unwrap_or_default(),
            told.user,
            told.groups.to_string(),
            told.error,
            instant(now),
        ];
        Row { input: table.input(row), own, outcome: told.outcome }
    });
    assemble(&COLUMNS, rows.collect())
}

fn told(provisioning: &Provisioning, decision: &RowDecision, tasks: &[Task]) -> Told {
    let draft = &provisioning.draft;
    let own = |index: &usize| {
        let action = draft.items.get(*index).map(|item| &item.action);
        matches!(action, Some(Action::CreateUser { .. } | Action::UpdateUser { .. }))
    };
    let (users, groups): (Vec<usize>, Vec<usize>) = decision.items.clone().partition(own);
    let change = users.first().and_then(|index| task(tasks, *index));
    let success = match change.map(|task| task.state) {
        Some(TaskState::Done) => Some(true),
        Some(TaskState::Pending | TaskState::Sending | TaskState::Held) => None,
        Some(_) => Some(false),
        // Nothing to do about the user, or only planned so far.
        None => users.is_empty().then_some(true),
    };
    let action = match decision.change {
        _ if success == Some(false) => "Failed",
        Change::Create => "Created",
        Change::Update => "Updated",
        Change::Keep => "Unchanged",
    };
    let created = change.filter(|_| success == Some(true) && decision.change == Change::Create);
    let user = decision
        .user
        .map(|id| id.to_string())
        .or_else(|| created.and_then(|task| task.command_id.clone()))
        .unwrap_or_default();
    let mut errors = decision.problems.clone();
    let lost = decision.items.clone().filter_map(|index| task(tasks, index));
    let lost = lost.filter(|task| matches!(task.state, TaskState::Failed | TaskState::Unknown));
    errors.extend(lost.map(|task| format!("{}: {}", task.action.describe(), task.reason)));
    let groups = decision.member_of + groups.into_iter().filter(|index| done(tasks, *index)).count();
    let mut outcome = match decision.items.is_empty() {
        true => Outcome::nothing("as the table wants it"),
        false => Outcome::of(draft, tasks, decision.items.clone()),
    };
    if !decision.problems.is_empty() {
        let reason = decision.problems.join("; ");
        let others = std::mem::take(&mut outcome.reason);
        let others = if decision.items.is_empty() { String::new() } else { format!("; {others}") };
        outcome = Outcome { status: "failed".to_owned(), reason: format!("{reason}{others}"), ..outcome };
    }
    Told { action, success, user, groups, error: errors.join("; "), outcome }
}

/// Users, and what was done about them.
pub fn summary(provisioning: &Provisioning, tasks: &[Task]) -> Summary {
    let told: Vec<Told> = provisioning.rows.iter().map(|decision| told(provisioning, decision, tasks)).collect();
    let count = |test: &dyn Fn(&Told) -> bool| told.iter().filter(|told| test(told)).count();
    let mut summary = Summary::of("User Provisioning Summary")
        .with("Total users processed", told.len())
        .with("Successful operations", count(&|told| told.success == Some(true)))
        .with("Failed operations", count(&|told| told.success == Some(false)));
    for action in ["Created", "Updated", "Unchanged"] {
        let users = count(&|told| told.action == action && told.success == Some(true));
        summary = summary.with(format!("  {action}"), users);
    }
    let problems = provisioning.rows.iter().filter(|row| !row.problems.is_empty()).count();
    if problems > 0 { summary.with("Users with a group that cannot be told", problems) } else { summary }
}
