//! Reports: lists that are written to a file once and fetched later.
//!
//! A report is what the tenant was when it was asked for. As on real tenants it takes some seconds before it may be
//! fetched, from the address that its status then names.

mod exported;
mod monitor;

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, json};

use super::context::Context;
use super::refusal::Refusal;
use super::table::Table;
use crate::store::exports;
use crate::store::objects::{self, NewObject, Object};

const KIND: &str = "exported-report";
/// How long a report is being written.
const WRITING: SignedDuration = SignedDuration::from_secs(5);
/// After which it is gone.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) fn routes(table: &mut Table) {
    exported::routes(table);
    monitor::routes(table);
}

/// A report that is asked for.
pub(super) struct New {
    /// What it is about, in words.
    pub(super) source: String,
    /// A word of `export_type`.
    pub(super) kind: &'static str,
    pub(super) group: i64,
}

/// Stores a report with its file.
pub(super) async fn create(context: &Context, new: New, file: String) -> Result<Object, Refusal> {
    let body = json!({ "export_type": new.kind });
    let object = NewObject {
        kind: KIND,
        group: new.group,
        parent: None,
        name: &new.source,
        state: "",
        body: body.as_object().cloned().unwrap_or_else(Map::new),
        created_by: &context.caller.name,
    };
    let mut tx = context.begin().await?;
    let made = objects::create(&mut tx, object, context.now()).await?;
    exports::keep(&mut tx, made.uuid, &file).await?;
    tx.commit().await?;
    Ok(made)
}

/// Where a report stands.
pub(super) fn status(report: &Object, now: Timestamp) -> &'static str {
    if now.duration_since(report.created_at) < WRITING { "PROCESSING" } else { "COMPLETE" }
}

/// A file of values that are separated by commas, as spreadsheets read it.
pub(super) fn csv(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut file = String::new();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        for (number, cell) in cells.enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(file, "{}{}", if number == 0 { "" } else { "," }, quoted(cell));
        }
        file.push_str("\r\n");
    };
    line(&mut head.iter().copied());
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
    file
}

/// A cell. One that a spreadsheet would take for a formula is made a text.
fn quoted(cell: &str) -> String {
    let guarded = if cell.starts_with(['=', '+', '-', '@', '\t']) { format!("'{cell}") } else { cell.to_owned() };
    if guarded.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_commas_and_are_no_formulas() {
        let file = csv(&["a", "b"], [vec!["x,\"y\"".to_owned(), "=1+1".to_owned()]]);
        assert_eq!(file, "a,b\r\n\"x,\"\"y\"\"\",'=1+1\r\n");
    }
}
