//! One row per non-compliant device: what it is, what it breaks, and what was done about it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_engine::{Report, Task, TaskState};
use muster_model::commands::Command;

use super::decide::Remediation;
use super::observe::{Case, Facts};
use super::rules::RuleTable;
use crate::report::{Outcome, Row, Summary, assemble, instant, task};
use crate::selection::not_enrolled;

/// Columns of the report, beside the outcome's; the first nine are the guide's.
pub const COLUMNS: [&str; 11] = [
    "DeviceId",
    "DeviceName",
    "Platform",
    "Model",
    "OSVersion",
    "LastSeen",
    "ComplianceStatus",
    "RemediationActions",
    "Timestamp",
    "BrokenRules",
    "Commands",
];

/// The report of a remediation. Without tasks it tells what is planned.
pub fn report(table: &RuleTable, facts: &Facts, remediation: &Remediation, tasks: &[Task], now: Timestamp) -> Report {
    let rows = facts.cases.iter().zip(&remediation.items).map(|(case, range)| {
        let commands: Vec<String> = range
            .clone()
            .filter_map(|index| {
                let command = remediation.draft.items.get(index)?.action.describe();
                let alone = Outcome::of(&remediation.draft, tasks, index..index + 1);
                Some(format!("{command}: {}", alone.status))
            })
            .collect();
        let sent = range.clone().filter(|index| crate::report::done(tasks, *index)).count();
        let outcome = if range.is_empty() {
            Outcome::nothing(no_remedy(table, case))
        } else {
            Outcome::of(&remediation.draft, tasks, range.clone())
        };
        Row { input: Vec::new(), own: cells(case, sent, &commands.join("; "), now), outcome }
    });
    assemble(&COLUMNS, rows.collect())
}

/// The report of what is wrong, with nothing done about it.
pub fn findings(facts: &Facts, now: Timestamp) -> Report {
    let rows = facts.cases.iter().map(|case| {
        let outcome = match &case.unread {
            Some(why) => Outcome::failed(why),
            None => Outcome { status: "found".to_owned(), reason: broken(case), ..Outcome::default() },
        };
        Row { input: Vec::new(), own: cells(case, 0, "", now), outcome }
    });
    assemble(&COLUMNS, rows.collect())
}

fn cells(case: &Case, sent: usize, commands: &str, now: Timestamp) -> Vec<String> {
    let device = &case.device;
    vec![
        device.id.0.to_string(),
        device.device_friendly_name.to_string(),
        device.platform.to_string(),
        device.model.to_string(),
        device.operating_system.to_string(),
        device.last_seen.map(|seen| instant(seen.0)).unwrap_or_default(),
        device.compliance_status.to_string(),
        sent.to_string(),
        instant(now),
        broken(case),
        commands.to_owned(),
    ]
}

fn broken(case: &Case) -> String {
    let rule = |rule: &muster_client::RuleState| match rule.detail.as_str() {
        "" => rule.name.clone(),
        detail => format!("{} ({detail})", rule.name),
    };
    case.broken().map(rule).collect::<Vec<_>>().join("; ")
}

/// Why a device that is on the list is sent nothing.
fn no_remedy(table: &RuleTable, case: &Case) -> String {
    if let Some(why) = &case.unread {
        return why.clone();
    }
    if let Some(why) = not_enrolled(&case.device) {
        return why;
    }
    let left: Vec<String> = case
        .broken()
        .map(|rule| match table.remedy(&rule.name) {
            Some(remedy) => format!("{}: {}", rule.name, remedy.description),
            None => format!("{}: the rule table has no remedy", rule.name),
        })
        .collect();
    if left.is_empty() { "no rule is broken any more".to_owned() } else { left.join("; ") }
}

/// Devices, and what was done about them.
pub fn summary(facts: &Facts, remediation: &Remediation, tasks: &[Task]) -> Summary {
    let count = |state: TaskState| tasks.iter().filter(|task| task.state == state).count();
    let mut summary = Summary::of("Compliance Monitoring Summary")
        .with("Non-compliant devices processed", facts.cases.len())
        .with("Total remediation actions taken", count(TaskState::Done));
    let mut by_command: BTreeMap<Command, usize> = BTreeMap::new();
    for (index, item) in remediation.draft.items.iter().enumerate() {
        if let Some(command) = item.action.command()
            && task(tasks, index).is_some_and(|task| task.state == TaskState::Done)
        {
            *by_command.entry(command).or_default() += 1;
        }
    }
    for (command, sent) in by_command {
        summary = summary.with(format!("  {command}"), sent);
    }
    for (name, state) in [
        ("Held for approval", TaskState::Held),
        ("Failed", TaskState::Failed),
        ("Outcome unknown", TaskState::Unknown),
        ("Skipped", TaskState::Skipped),
    ] {
        if count(state) > 0 {
            summary = summary.with(name, count(state));
        }
    }
    let unread = facts.cases.iter().filter(|case| case.unread.is_some()).count();
    if unread > 0 { summary.with("Devices that could not be read", unread) } else { summary }
}

/// Devices per broken rule, for a report without remediation.
pub fn overview(facts: &Facts) -> Summary {
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in facts.cases.iter().flat_map(Case::broken) {
        *by_rule.entry(&rule.name).or_default() += 1;
    }
    let summary = Summary::of("Compliance Report").with("Non-compliant devices", facts.cases.len());
    by_rule.into_iter().fold(summary, |summary, (rule, devices)| summary.with(format!("  {rule}"), devices))
}
