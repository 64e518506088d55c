//! `muster api show`: all that is known about one operation.

use std::fmt::Write as _;

use clap::Args as Arguments;
use muster_model::catalog::facts::{Facts, Operation, Place};
use muster_model::catalog::{Media, Shape, Spot, Where, is_secret};
use serde_json::{Value, json};

use super::names::{Dialect, effect, named};
use crate::app::App;
use crate::error::{Exit, Outcome};

/// Which operation.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Its key or id, such as mdmv1/Tags_AddTag, or the short name of a typed one, such as tags.add
    #[arg(value_name = "OPERATION")]
    pub(crate) operation: String,
    /// Look in one dialect only: published or guide
    #[arg(long, value_name = "DIALECT", value_enum, hide_possible_values = true)]
    pub(crate) dialect: Option<Dialect>,
}

pub(super) fn run(app: &mut App, args: Args) -> Outcome {
    let operation = named(&args.operation, args.dialect)?;
    let document = document(operation);
    app.printer.document(&document, || text(operation, &document))?;
    Ok(Exit::Success)
}

fn document(operation: &Operation) -> Value {
    let facts = operation.facts();
    let parameters: Vec<Value> = operation
        .parameters
        .iter()
        .map(|parameter| {
            json!({
                "name": parameter.name,
                "in": if parameter.place == Place::Path { "path" } else { "query" },
                "type": parameter.shape.short(facts),
                "required": parameter.required,
            })
        })
        .collect();
    let line = operation.line();
    let decided = line.and_then(|line| line.by.as_ref()).map(|by| {
        let place = match by.place {
            Where::Parameter(Place::Path) => "path",
            Where::Parameter(Place::Query) => "query",
            Where::Body => "body",
        };
        format!("{place}.{}", by.name)
    });
    let paging = operation.paging(facts).map(|paging| {
        json!({
            "in": if paging.spot == Spot::Query { "query" } else { "body" },
            "page": paging.page, "size": paging.size, "rows": paging.rows, "total": paging.total,
        })
    });
    json!({
        "schema": 1,
        "operation": operation.key,
        "area": operation.area,
        "method": operation.method.as_str(),
        "path": operation.path,
        "version": operation.version,
        "effect": effect(operation.effect()),
        "effect_decided_by": decided,
        "effect_reason": line.and_then(|line| line.reason),
        "parameters": parameters,
        "body": body(operation, facts),
        "paging": paging,
        "example": example(operation, facts),
    })
}

fn body(operation: &Operation, facts: &Facts) -> Value {
    let members = match operation.body.as_ref().map(|shape| shape.resolved(facts)) {
        Some(Shape::Members { members, required, .. }) => {
            let member = |(name, shape): (&String, &Shape)| {
                json!({
                    "name": name, "type": shape.short(facts), "required": required.contains(name),
                    "secret": is_secret(name),
                })
            };
            members.iter().map(member).collect()
        }
        _ => Vec::new(),
    };
    match operation.media() {
        Media::Nothing => Value::Null,
        media => json!({
            "is": media.described(),
            "type": operation.body.as_ref().map(|shape| shape.short(facts)),
            "members": members,
        }),
    }
}

/// A line that can be copied and changed.
fn example(operation: &Operation, facts: &Facts) -> String {
    let mut line = format!("muster api call {}", operation.key);
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        let value = match parameter.shape.example(facts) {
            Value::String(text) => text,
            Value::Null => "text".to_owned(),
            other => other.to_string(),
        };
        let _ = write!(line, " -f {}={value}", parameter.name);
    }
    match operation.media() {
        Media::Nothing => {}
        Media::Json | Media::Scim => line.push_str(" --body @body.json"),
        Media::Bytes => line.push_str(" --body @FILE"),
        Media::Form => line.push_str(" --form file=@FILE"),
    }
    if operation.paging(facts).is_some() {
        line.push_str(" --all");
    }
    line
}

fn text(operation: &Operation, document: &Value) -> String {
    let mut text = format!(
        "{}\n{} {}   version {}\narea {}\n",
        operation.key,
        operation.method.as_str(),
        operation.path,
        operation.version,
        operation.area
    );
    let says = |name: &str| document[name].as_str();
    let _ = write!(text, "effect {}", effect(operation.effect()));
    if let Some(by) = says("effect_decided_by") {
        let _ = write!(text, ", at the worst: {by} decides");
    }
    if let Some(reason) = says("effect_reason") {
        let _ = write!(text, " ({reason})");
    }
    text.push('\n');
    if let Some(paging) = document["paging"].as_object() {
        let _ = writeln!(
            text,
            "pages  by {} and {} in the {}",
            word(&paging["page"]),
            word(&paging["size"]),
            word(&paging["in"])
        );
    }
    rows(&mut text, "Parameters", &document["parameters"], |row| word(&row["in"]));
    if let Some(body) = document["body"].as_object() {
        let _ = writeln!(text, "\nBody: {} {}", word(&body["is"]), word(&body["type"]));
        rows(&mut text, "Members", &body["members"], |row| {
            if row["secret"] == true { "secret".to_owned() } else { String::new() }
        });
    }
    let _ = writeln!(text, "\nExample:\n  {}", word(&document["example"]));
    text
}

fn rows(text: &mut String, title: &str, rows: &Value, remark: impl Fn(&Value) -> String) {
    let rows: Vec<&Value> = rows.as_array().into_iter().flatten().collect();
    if rows.is_empty() {
        return;
    }
    let width = rows.iter().map(|row| word(&row["name"]).chars().count()).max().unwrap_or_default();
    let _ = writeln!(text, "\n{title}:");
    for row in rows {
        let required = if row["required"] == true { " (required)" } else { "" };
        let line = format!("  {:width$}  {:6}  {}{required}", word(&row["name"]), remark(row), word(&row["type"]));
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn word(value: &Value) -> String {
    crate::output::cell(value)
}
