//! Rows for people: the input's columns, what was changed, and what became of it. How they are written
//! down (CSV, JSON, HTML) is not decided here.

use std::borrow::Cow;

use crate::journal::Task;
use crate::plan::Target;

/// A table of texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub columns: Vec<String>,
    /// Each as long as `columns`.
    pub rows: Vec<Vec<String>>,
}

/// The columns that every report ends with.
pub const OUTCOME_COLUMNS: [&str; 6] = ["status", "reason", "class", "attempt", "command_id", "at"];
const DEVICE_COLUMNS: [&str; 5] = ["device_id", "serial_number", "device_name", "platform", "user"];
const ACTION_COLUMN: &str = "action";

/// What a column of the input is called in a report: `None` for one that an earlier report of ours added.
///
/// PowerShell reads names without regard to case and refuses doubles, so a column such as `Status` is marked.
pub fn input_column(name: &str) -> Option<Cow<'_, str>> {
    match OUTCOME_COLUMNS.iter().find(|outcome| outcome.eq_ignore_ascii_case(name)) {
        Some(outcome) if *outcome == name => None,
        Some(_) => Some(Cow::Owned(format!("{name} (input)"))),
        None => Some(Cow::Borrowed(name)),
    }
}

/// One row per task, in the order of the plan: input columns, target columns, action, outcome columns.
///
/// Rows of unlike kind share the table; a cell that does not apply is empty. A column of the input that
/// has the name of one of ours keeps its place and its text.
pub fn rows(tasks: &[Task]) -> Report {
    let mut columns: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !columns.iter().any(|column| column == name) {
            columns.push(name.to_owned());
        }
    };
    tasks.iter().flat_map(|task| &task.input).filter_map(|(name, _)| input_column(name)).for_each(|name| add(&name));
    for task in tasks {
        target_cells(&task.target).iter().for_each(|(name, _)| add(name));
    }
    add(ACTION_COLUMN);
    columns.extend(OUTCOME_COLUMNS.map(str::to_owned));

    let rows = tasks.iter().map(|task| row(task, &columns)).collect();
    Report { columns, rows }
}

fn row(task: &Task, columns: &[String]) -> Vec<String> {
    let target = target_cells(&task.target);
    let cell = |column: &String| match column.as_str() {
        "status" => task.state.to_string(),
        "reason" => task.reason.clone(),
        "class" => task.class.clone().unwrap_or_default(),
        "attempt" => task.attempt.to_string(),
        "command_id" => task.command_id.clone().unwrap_or_default(),
        "at" => task.at.map(|at| at.to_string()).unwrap_or_default(),
        name => {
            let named = |(given, _): &&(String, String)| input_column(given).is_some_and(|column| column == name);
            let input = task.input.iter().find(named).map(|(_, text)| text.clone());
            let own = || target.iter().find(|(column, _)| *column == name).map(|(_, text)| text.clone());
            let action = || (name == ACTION_COLUMN).then(|| task.action.describe());
            input.or_else(own).or_else(action).unwrap_or_default()
        }
    };
    columns.iter().map(cell).collect()
}

fn target_cells(target: &Target) -> Vec<(&'static str, String)> {
    match target {
        Target::Device(device) => {
            let texts = [
                device.id.to_string(),
                device.serial.clone(),
                device.name.clone(),
                device.platform.to_string(),
                device.user.clone(),
            ];
            DEVICE_COLUMNS.into_iter().zip(texts).collect()
        }
        Target::User { name, .. } => vec![("user_name", name.clone())],
        Target::App { name, .. } => vec![("app", name.clone())],
        Target::ApiKey { service, .. } => vec![("service", service.clone())],
        Target::Resource { address } => vec![("address", address.clone())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_columns_differ_in_case_only() {
        assert_eq!(input_column("Status").as_deref(), Some("Status (input)"));
        assert_eq!(input_column("status"), None, "it stood there because an earlier report was fed back");
        assert_eq!(input_column("Asset").as_deref(), Some("Asset"));
    }
}
