//! Rows for people: the input's columns, what was changed, and what became of it. How they are written
//! down (CSV, JSON, HTML) is not decided here; which columns of a report were the input's is, so that a report can
//! be taken as input again.

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

/// A row before it is put under its columns.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub input: Vec<(String, String)>,
    /// As long as the report's own columns.
    pub own: Vec<String>,
    /// The cells under [`OUTCOME_COLUMNS`].
    pub outcome: [String; 6],
}

/// The columns that every report ends with.
pub const OUTCOME_COLUMNS: [&str; 6] = ["status", "reason", "class", "attempt", "command_id", "at"];

/// Columns of the engine's own rows: which of those before the last there are depends on the targets.
const OWN_COLUMNS: [&str; 10] =
    ["device_id", "serial_number", "device_name", "platform", "user", "user_name", "app", "service", "address", ACTION];
const ACTION: &str = "action";

/// Columns of reports that name whom a row is about. One that the input has already is not written a second time, and a
/// report that is read back keeps them: where the input was a filter, nothing else says which devices they were.
const NAMING: [&str; 6] = ["device_id", "serial_number", "user_name", "DeviceId", "SerialNumber", "Username"];

/// Behind the name of an input's column that is called like one of ours.
const MARK: &str = " (input)";

/// What a column of the input is called in a report whose own columns are these. PowerShell reads names without regard
/// to case and refuses doubles, so `Status` is marked as `status` is. No two names become one.
fn marked<'a>(name: &'a str, own: &[&str]) -> Cow<'a, str> {
    let taken = |ours: &&str| ours.eq_ignore_ascii_case(name) && !NAMING.contains(ours);
    match name.ends_with(MARK) || OUTCOME_COLUMNS.iter().chain(own).any(taken) {
        true => Cow::Owned(format!("{name}{MARK}")),
        false => Cow::Borrowed(name),
    }
}

/// Which columns of a report were the input's: where each stands in the report's header, and what the input called it.
/// `kinds` are the own columns of reports beside the engine's. `None` if the header does not end as a report of ours
/// does: then it is a table of somebody's own.
pub fn input_columns(header: &[String], kinds: &[&[&str]]) -> Option<Vec<(usize, String)>> {
    let end = header.len().checked_sub(OUTCOME_COLUMNS.len()).filter(|end| header[*end..] == OUTCOME_COLUMNS)?;
    let body = &header[..end];
    let ours = kinds.iter().copied().chain([&OWN_COLUMNS[..]]).find_map(|own| own_places(body, own));
    let ours = ours.unwrap_or_default();
    let given = body.iter().enumerate().filter(|(at, _)| !ours.contains(at));
    Some(given.map(|(at, name)| (at, name.strip_suffix(MARK).unwrap_or(name).to_owned())).collect())
}

/// Where a report's own columns stand, if these are the ones it ends with. Those that name the target are left to the
/// input.
fn own_places(body: &[String], own: &[&str]) -> Option<Vec<usize>> {
    let mut left = body.len();
    let mut places = Vec::new();
    for name in own.iter().rev() {
        let naming = NAMING.contains(name);
        if left > 0 && body[left - 1] == *name {
            left -= 1;
            if !naming {
                places.push(left);
            }
        } else if !naming && (*name == ACTION || !OWN_COLUMNS.contains(name)) {
            return None;
        }
    }
    Some(places)
}

/// Puts rows under their columns: the input's, then the report's own, then the outcome.
pub fn assemble(own: &[&str], rows: Vec<Row>) -> Report {
    put_together(own, own, rows)
}

/// As [`assemble`], with only `shown` of the own columns. Texts are moved: of a million rows there is one copy.
fn put_together(own: &[&str], shown: &[&str], rows: Vec<Row>) -> Report {
    // Each with what the input calls it, if it is the input's.
    let mut columns: Vec<(String, Option<String>)> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| given(&row.input)) {
        if !columns.iter().any(|(_, of_input)| of_input.as_ref() == Some(name)) {
            columns.push((marked(name, own).into_owned(), Some(name.clone())));
        }
    }
    for name in shown {
        if !columns.iter().any(|(column, _)| column.eq_ignore_ascii_case(name)) {
            columns.push(((*name).to_owned(), None));
        }
    }
    let place = |column: &str| own.iter().position(|name| name.eq_ignore_ascii_case(column));
    let (columns, sources): (Vec<String>, Vec<_>) =
        columns.into_iter().map(|(column, of_input)| (column.clone(), (of_input, place(&column)))).unzip();
    let rows = rows.into_iter().map(|mut row| {
        row.input.truncate(given(&row.input).len());
        let mut cells: Vec<String> = Vec::with_capacity(sources.len() + OUTCOME_COLUMNS.len());
        for (of_input, own) in &sources {
            let named = row.input.iter_mut().find(|(name, _)| of_input.as_ref() == Some(name)).map(|(_, text)| text);
            let cell = named.or_else(|| own.and_then(|at| row.own.get_mut(at)));
            cells.push(cell.map(std::mem::take).unwrap_or_default());
        }
        cells.extend(row.outcome);
        cells
    });
    let rows = rows.collect();
    Report { columns: columns.into_iter().chain(OUTCOME_COLUMNS.map(str::to_owned)).collect(), rows }
}

/// The input's own columns: plans of older versions kept the outcome of a report that was fed back.
fn given(input: &[(String, String)]) -> &[(String, String)] {
    let end = input.len().saturating_sub(OUTCOME_COLUMNS.len());
    match input[end..].iter().map(|(name, _)| name.as_str()).eq(OUTCOME_COLUMNS) {
        true => &input[..end],
        false => input,
    }
}

/// One row per task, in the order of the plan: input columns, target columns, action, outcome columns.
///
/// Rows of unlike kind share the table; a cell that does not apply is empty.
pub fn rows(tasks: &[Task]) -> Report {
    let last = OWN_COLUMNS.len() - 1;
    let mut shown = [false; OWN_COLUMNS.len()];
    shown[last] = true;
    let rows: Vec<Row> = tasks
        .iter()
        .map(|task| {
            let mut own = vec![String::new(); OWN_COLUMNS.len()];
            let (first, cells) = target_cells(&task.target);
            for (at, cell) in (first..).zip(cells) {
                own[at] = cell;
                shown[at] = true;
            }
            own[last] = task.action.describe();
            Row { input: task.input.clone(), own, outcome: outcome(task) }
        })
        .collect();
    let shown: Vec<&str> = OWN_COLUMNS.iter().zip(shown).filter(|(_, shown)| *shown).map(|(name, _)| *name).collect();
    put_together(&OWN_COLUMNS, &shown, rows)
}

fn outcome(task: &Task) -> [String; 6] {
    [
        task.state.to_string(),
        task.reason.clone(),
        task.class.clone().unwrap_or_default(),
        task.attempt.to_string(),
        task.command_id.clone().unwrap_or_default(),
        task.at.map(|at| at.to_string()).unwrap_or_default(),
    ]
}

/// Where the target's columns begin, and their cells.
fn target_cells(target: &Target) -> (usize, Vec<String>) {
    match target {
        Target::Device(device) => {
            let platform = device.platform.to_string();
            let (serial, name, user) = (device.serial.clone(), device.name.clone(), device.user.clone());
            (0, vec![device.id.to_string(), serial, name, platform, user])
        }
        Target::User { name, .. } => (5, vec![name.clone()]),
        Target::App { name, .. } => (6, vec![name.clone()]),
        Target::ApiKey { service, .. } => (7, vec![service.clone()]),
        Target::Resource { address, .. } => (8, vec![address.clone()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [&[&str]; 1] = [&["DeviceId", "Result", "SerialNumber"]];

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn read(header: &[String]) -> Option<Vec<String>> {
        Some(input_columns(header, &KINDS)?.into_iter().map(|(_, name)| name).collect())
    }

    #[test]
    fn no_two_columns_differ_in_case_only_and_each_comes_back_by_its_own_name() {
        let input = ["Status", "status (input)", "serialnumber", "RESULT", "Asset"];
        let row = Row {
            input: input.iter().map(|name| ((*name).to_owned(), format!("its {name}"))).collect(),
            own: texts(&["7", "Success", "S7"]),
            ..Row::default()
        };
        let report = assemble(KINDS[0], vec![row]);
        let expected = [
            "Status (input)",
            "status (input) (input)",
            "serialnumber",
            "RESULT (input)",
            "Asset",
            "DeviceId",
            "Result",
        ];
        assert_eq!(report.columns[..7], expected);
        assert_eq!(report.rows[0][2..7], ["its serialnumber", "its RESULT", "its Asset", "7", "Success"]);
        assert_eq!(read(&report.columns), Some(texts(&[&input[..], &["DeviceId"]].concat())));
    }

    #[test]
    fn only_what_ends_as_a_report_does_is_one() {
        let with = |columns: &[&str]| texts(&[columns, &OUTCOME_COLUMNS[..]].concat());
        assert_eq!(read(&texts(&["Serial", "status", "reason"])), None);
        assert_eq!(read(&texts(&OUTCOME_COLUMNS[1..])), None);
        assert_eq!(read(&with(&["Serial", "device_name", "action"])), Some(texts(&["Serial"])));
        // The engine's rows end with the action: what stands elsewhere is the input's.
        assert_eq!(read(&with(&["action", "Serial"])), Some(texts(&["action", "Serial"])));
        let of_a_kind = with(&["user", "DeviceId", "Result", "SerialNumber"]);
        assert_eq!(read(&of_a_kind), Some(texts(&["user", "DeviceId", "SerialNumber"])));
    }

    #[test]
    fn the_outcome_that_an_older_plan_kept_is_left_out() {
        let columns = [&["Serial"][..], &OUTCOME_COLUMNS].concat();
        let input = columns.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect();
        let report = assemble(&[], vec![Row { input, ..Row::default() }]);
        assert_eq!(report.columns, columns);
        assert_eq!(report.rows[0][..2], ["x", ""]);
    }
}
