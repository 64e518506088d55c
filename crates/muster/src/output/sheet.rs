//! Rows and columns before they become a table, JSON, CSV or HTML.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// One column: its stable key, which is also the JSON field and the CSV heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) key: String,
    /// Whether a table on a terminal shows it. JSON, CSV and reports always do.
    pub(crate) on_screen: bool,
}

/// Data of one command: every row has one value for every column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Value>>,
}

impl Sheet {
    /// A sheet whose columns are all shown everywhere. A key that starts with `+` is left out of tables.
    pub(crate) fn new(keys: &[&str]) -> Self {
        let column = |key: &&str| match key.strip_prefix('+') {
            Some(key) => Column { key: key.to_owned(), on_screen: false },
            None => Column { key: (*key).to_owned(), on_screen: true },
        };
        Self { columns: keys.iter().map(column).collect(), rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Vec<Value>) {
        debug_assert_eq!(row.len(), self.columns.len(), "a row has one value for every column");
        self.rows.push(row);
    }

    /// The rows as JSON objects, fields in the order of the columns.
    pub(crate) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.rows.iter().map(|row| Record { columns: &self.columns, row })
    }

    /// The columns meant for a screen, aligned, for stderr.
    pub(crate) fn to_text(&self) -> String {
        super::table::render(self, super::table::Medium::Stderr)
    }

    /// Position of a column.
    pub(crate) fn position(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == key)
    }
}

/// One row with its columns' names.
pub(crate) struct Record<'a> {
    columns: &'a [Column],
    row: &'a [Value],
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, value) in self.columns.iter().zip(self.row) {
            map.serialize_entry(&column.key, value)?;
        }
        map.end()
    }
}

/// A value as text for a cell: no quotes around strings, nothing for `null`, lists joined by `;`.
pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_keep_the_order_of_the_columns() {
        let mut sheet = Sheet::new(&["zebra", "+ant"]);
        sheet.push(vec!["z".into(), 1.into()]);
        let line = serde_json::to_string(&sheet.records().next()).expect("writes");
        assert_eq!(line, r#"{"zebra":"z","ant":1}"#);
        assert!(!sheet.columns[1].on_screen);
    }

    #[test]
    fn a_cell_is_plain_text() {
        assert_eq!(cell(&serde_json::json!(["a", "b"])), "a;b");
        assert_eq!(cell(&Value::Null), "");
        assert_eq!(cell(&serde_json::json!(true)), "true");
    }
}
