//! What a record must look like to be one of a table's.

use super::Record;
use crate::{Database, Error, Value, args};

/// Tells rows of a table from those of others that have the same types.
pub type Tell = fn(&[Value]) -> bool;

/// A table that records are looked for of.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Where the types do not tell.
    pub tell: Option<Tell>,
}

/// A column of it.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    kind: Kind,
    /// Whether it may be null.
    nullable: bool,
    /// Whether it may be missing: it was added later, and has a value where nothing is said.
    optional: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer,
    Real,
    Text,
    Bytes,
}

impl Table {
    /// The tables of a database, in the order of their columns.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub async fn all_of(database: &Database) -> Result<Vec<Self>, Error> {
        let sql = "select t.name as tbl, c.name as col, c.type as kind, c.\"notnull\" as needed, \
                   c.dflt_value is not null as given from sqlite_schema t, pragma_table_info(t.name) c \
                   where t.type = 'table' and t.name not like 'sqlite_%' order by t.name, c.cid";
        let mut tables: Vec<Self> = Vec::new();
        for row in &database.fetch(sql, args![]).await? {
            let name: String = row.get("tbl")?;
            if tables.last().is_none_or(|table| table.name != name) {
                tables.push(Self { name, columns: Vec::new(), tell: None });
            }
            let kind = match row.get::<String>("kind")?.to_lowercase().as_str() {
                "bigint" | "integer" => Kind::Integer,
                "double precision" | "real" => Kind::Real,
                "bytea" | "blob" => Kind::Bytes,
                _ => Kind::Text,
            };
            let nullable = !row.get::<bool>("needed")?;
            let optional = nullable || row.get::<bool>("given")?;
            let column = Column { name: row.get("col")?, kind, nullable, optional };
            if let Some(table) = tables.last_mut() {
                table.columns.push(column);
            }
        }
        Ok(tables)
    }

    /// Whether these can be the values of a row; columns that were added after it was written are missing.
    #[must_use]
    pub fn fits(&self, values: &[Value]) -> bool {
        let fits = |(column, value): (&Column, &Value)| match value {
            value if value.is_null() => column.nullable,
            Value::Integer(_) => matches!(column.kind, Kind::Integer | Kind::Real),
            Value::Real(_) => column.kind == Kind::Real,
            Value::Text(_) => column.kind == Kind::Text,
            Value::Bytes(_) => column.kind == Kind::Bytes,
        };
        values.len() <= self.columns.len()
            && self.columns.iter().zip(values).all(fits)
            && self.columns[values.len()..].iter().all(|column| column.optional)
    }
}

/// Whether records that fit a table can be its own, as far as that can be told beside their types.
pub(super) fn may_be(table: &Table, records: &[Record]) -> bool {
    table.tell.is_none_or(|tell| records.is_empty() || records.iter().any(|record| tell(&record.values)))
}

/// Of several tables that records fit, the one whose they are; `None` if that is not clear.
pub(super) fn clearest(fitting: &[usize], tables: &[Table], records: &[Record]) -> Option<usize> {
    if let [one] = fitting {
        return Some(*one);
    }
    let told = |place: &&usize| {
        let tell = tables[**place].tell;
        tell.is_some_and(|tell| records.iter().any(|record| tell(&record.values)))
    };
    let mut told = fitting.iter().filter(told);
    let first = told.next().copied();
    first.filter(|_| told.next().is_none())
}

/// What a record of SQLite's own list names.
pub(super) enum Named {
    /// A table, and its first page.
    Table(String, u32),
    /// An index.
    Other,
    Damaged,
}

pub(super) fn named(values: &[Value]) -> Named {
    let [Value::Text(Some(kind)), Value::Text(Some(name)), Value::Text(Some(of)), Value::Integer(Some(root)), sql] =
        values
    else {
        return Named::Damaged;
    };
    match (&**kind, u32::try_from(*root)) {
        ("index" | "view" | "trigger", Ok(_)) => Named::Other,
        ("table", Ok(root)) if root > 1 && name == of && says(sql, name) => {
            Named::Table(name.as_ref().to_owned(), root)
        }
        _ => Named::Damaged,
    }
}

/// The statement that made a table names it once more.
fn says(sql: &Value, name: &str) -> bool {
    let Value::Text(Some(sql)) = sql else { return false };
    let mut words = sql.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    words.nth(2) == Some(name)
}
