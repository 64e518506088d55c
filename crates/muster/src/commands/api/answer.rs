//! An answer on stdout: rows as a table, documents as they are, files in files.

use std::collections::BTreeSet;

use muster_client::Client;
use muster_client::catalog::{Answer, Content};
use muster_model::catalog::facts::Operation;
use serde_json::{Value, json};

use super::given::CallFlags;
use crate::app::App;
use crate::commands::change::{self, Finished};
use crate::error::{Failure, Outcome};
use crate::output::{Column, Format, Heading, Sheet, jq, plural, replace};

/// So many columns of rows whose form nobody chose fit on a screen.
const ON_SCREEN: usize = 8;

/// Refuses an expression that cannot be read, before anything is sent.
pub(super) fn check(expression: &str) -> Result<(), Failure> {
    jq::Filter::new(expression).map(drop)
}

/// One answer.
pub(super) fn print(app: &mut App, operation: &Operation, answer: Answer, flags: &CallFlags) -> Result<(), Failure> {
    if let Some(path) = &flags.out_file {
        let bytes = match &answer.content {
            Content::Json(value) => pretty(value).into_bytes(),
            Content::Text { text, .. } => text.clone().into_bytes(),
            Content::File { bytes, .. } => bytes.to_vec(),
            _ => Vec::new(),
        };
        replace(path, &bytes).map_err(|error| Failure::io(format!("cannot write {}", path.display()), &error))?;
        app.notes.line(format!("{} bytes to {}", bytes.len(), path.display()));
        return Ok(());
    }
    match answer.content {
        Content::Nothing if app.printer.for_people() && flags.jq.is_none() => {
            app.notes.line(format!("{}: the tenant has nothing to say", answer.status));
            Ok(())
        }
        Content::Text { text, .. } => app.printer.text(&format!("{}\n", text.trim_end())),
        Content::File { kind, bytes } => {
            Err(Failure::usage(format!("{} answers with a file ({kind}, {} bytes)", operation.key, bytes.len()))
                .hint("write --out-file FILE"))
        }
        Content::Json(value) => document(app, operation, value, flags),
        _ => document(app, operation, Value::Null, flags),
    }
}

fn document(app: &mut App, operation: &Operation, value: Value, flags: &CallFlags) -> Result<(), Failure> {
    if let Some(expression) = &flags.jq {
        return filtered(app, expression, &value);
    }
    // One page of a list is shown as its rows, where rows are wanted.
    if matches!(app.printer.format, Format::Table | Format::Csv)
        && let Some(paging) = operation.paging(operation.facts())
        && let Some((rows, total)) = paging.take(value.clone())
    {
        app.list(&sheet(&rows), Heading::new(&operation.key))?;
        let total = total.map_or_else(|| "more may follow".to_owned(), |total| format!("of {total}"));
        app.notes.line(format!("{} rows, {total}; --all reads every page", rows.len()));
        return Ok(());
    }
    app.printer.document(&value, || pretty(&value))
}

/// The rows of a list.
pub(super) fn print_rows(
    app: &mut App,
    operation: &Operation,
    rows: &[Value],
    flags: &CallFlags,
) -> Result<(), Failure> {
    let whole = Value::Array(rows.to_vec());
    if let Some(expression) = &flags.jq {
        return filtered(app, expression, &whole);
    }
    if let Some(path) = &flags.out_file {
        replace(path, pretty(&whole).as_bytes())
            .map_err(|error| Failure::io(format!("cannot write {}", path.display()), &error))?;
        app.notes.line(format!("{} rows to {}", rows.len(), path.display()));
        return Ok(());
    }
    match app.printer.format {
        // As the tenant wrote them.
        Format::Json => app.printer.document(&whole, String::new)?,
        Format::Jsonl => rows.iter().try_for_each(|row| app.printer.event(row))?,
        Format::Table | Format::Csv => app.list(&sheet(rows), Heading::new(&operation.key))?,
    }
    if app.printer.for_people() {
        app.notes.line(format!("{} {}", rows.len(), plural(rows.len() as u64, "row", "rows")));
    }
    Ok(())
}

/// What became of a change, and what the tenant said about it.
pub(super) fn print_finished(
    app: &mut App,
    purpose: &str,
    finished: &Finished,
    answers: Vec<(String, Answer)>,
    flags: &CallFlags,
) -> Outcome {
    let answer = answers.into_iter().next().and_then(|(_, answer)| answer.into_json());
    if let (Some(path), Some(answer)) = (&flags.out_file, &answer) {
        replace(path, pretty(answer).as_bytes())
            .map_err(|error| Failure::io(format!("cannot write {}", path.display()), &error))?;
    }
    if let (Some(expression), Some(answer)) = (&flags.jq, &answer) {
        filtered(app, expression, answer)?;
        return Ok(change::exit_of(finished));
    }
    match app.printer.format {
        Format::Json => {
            let mut document = change::about(purpose, finished);
            let items = change::items_sheet(&finished.tasks);
            document["items"] = serde_json::to_value(items.records().collect::<Vec<_>>()).unwrap_or_default();
            document["answer"] = answer.unwrap_or_default();
            app.printer.document(&document, String::new)?;
            Ok(change::exit_of(finished))
        }
        Format::Jsonl => {
            if let Some(answer) = &answer {
                app.printer.event(&json!({ "event": "answer", "answer": answer }))?;
            }
            change::print_finished(app, purpose, finished, None)
        }
        Format::Table | Format::Csv => {
            let exit = change::print_finished(app, purpose, finished, None)?;
            if let Some(answer) = answer.filter(|answer| !answer.is_null() && app.printer.for_people()) {
                app.printer.text(&pretty(&answer))?;
            }
            Ok(exit)
        }
    }
}

/// How many calls it took, under `-v`.
pub(super) fn say_calls(app: &App, client: &Client) {
    if app.globals.verbose > 0 {
        let calls = client.statistics().calls;
        app.notes.line(format!("{calls} {}", plural(calls, "call", "calls")));
    }
}

/// Each result on its line; texts as they are.
fn filtered(app: &mut App, expression: &str, value: &Value) -> Result<(), Failure> {
    for result in jq::Filter::new(expression)?.apply(value)? {
        let line = result.as_str().map_or_else(|| result.to_string(), str::to_owned);
        app.printer.text(&format!("{line}\n"))?;
    }
    Ok(())
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).map(|text| text + "\n").unwrap_or_default()
}

/// Rows as a sheet: every member that any of them has, those that most people look for in front.
fn sheet(rows: &[Value]) -> Sheet {
    const FIRST: [&str; 8] = ["id", "uuid", "name", "serialnumber", "username", "status", "platform", "type"];
    let mut names: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys()) {
        if seen.insert(name.clone()) {
            names.push(name.clone());
        }
    }
    if names.is_empty() && !rows.is_empty() {
        let mut sheet = Sheet::new(&["value"]);
        rows.iter().for_each(|row| sheet.push(vec![row.clone()]));
        return sheet;
    }
    let rank = |name: &String| {
        let letters = name.to_lowercase().replace('_', "");
        FIRST.iter().position(|first| letters == *first || letters.ends_with(first)).unwrap_or(FIRST.len())
    };
    let nested = |name: &String| rows.iter().any(|row| row.get(name).is_some_and(|value| flat(value).is_array()));
    names.sort_by_key(|name| (nested(name), rank(name)));
    let column = |(place, name): (usize, &String)| Column { key: name.clone(), on_screen: place < ON_SCREEN };
    let mut sheet = Sheet { columns: names.iter().enumerate().map(column).collect(), rows: Vec::new() };
    for row in rows {
        sheet.push(names.iter().map(|name| row.get(name).map(flat).unwrap_or_default()).collect());
    }
    sheet
}

/// `{"Value": 7}` as 7; what is nested further as its JSON.
fn flat(value: &Value) -> Value {
    match value {
        Value::Object(members) => match (members.get("Value"), members.get("Id"), members.get("Name")) {
            (Some(inner), _, _) if members.len() == 1 => flat(inner),
            (None, _, Some(name)) => name.clone(),
            (None, Some(id), None) => flat(id),
            _ => value.to_string().into(),
        },
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_any_form_become_a_sheet() {
        let rows = [
            json!({"Zeta": 1, "Id": {"Value": 7}, "UserName": "ada", "Deep": {"a": {"b": 1}}}),
            json!({"Id": {"Value": 8}, "Group": {"Id": {"Value": 570}, "Name": "World", "Uuid": "u"}}),
        ];
        let sheet = sheet(&rows);
        let keys: Vec<&str> = sheet.columns.iter().map(|column| column.key.as_str()).collect();
        assert_eq!(keys[..2], ["Id", "UserName"]);
        let cell = |row: usize, key: &str| sheet.rows[row][sheet.position(key).expect("a column")].clone();
        assert_eq!(
            (cell(0, "Id"), cell(1, "Group"), cell(0, "Deep")),
            (json!(7), json!("World"), json!("{\"a\":{\"b\":1}}"))
        );
        assert_eq!(cell(1, "Zeta"), Value::Null);
    }
}
