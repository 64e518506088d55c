//! Writes what is intact of a damaged file into a new database.

use std::collections::BTreeMap;

use super::{Leaf, Table, Wreck};
use crate::parameters::write_rows;
use crate::{Database, Engine, Error, Value};

/// What became of the records of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// Written as they are.
    pub kept: u64,
    /// Not written: a row with the same key was there already, or what they must not be together.
    pub refused: u64,
    /// On pages of the table, and not readable.
    pub unreadable: u64,
}

/// What became of all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refilled {
    pub tables: BTreeMap<String, Kept>,
    /// Records of which nobody can say to which table they belong.
    pub unassigned: u64,
    /// Records that cannot be read, on pages of no table.
    pub unreadable: u64,
    /// Records of tables that the new database does not have, and their names.
    pub foreign: (u64, Vec<String>),
    /// Whether the file contradicts itself anywhere, or its log does.
    pub damaged: bool,
    /// The log ends in something that may have been a change.
    pub torn: bool,
}

impl Wreck {
    /// Writes every record that is intact, and whose table the database has, into it. It must be SQLite's, and empty but
    /// for its migrations. `without` names tables that are left as they are.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub async fn refill(&mut self, database: &Database, tables: &[Table], without: &[&str]) -> Result<Refilled, Error> {
        let survey = self.survey(tables);
        let mut refilled = Refilled {
            tables: tables.iter().map(|table| (table.name.clone(), Kept::default())).collect(),
            damaged: survey.faults > 0 || survey.adrift > 0,
            torn: survey.torn,
            ..Refilled::default()
        };
        refilled.foreign.1 = survey.foreign;
        let mut transaction = database.begin().await?;
        for stretch in survey.stretches {
            let Leaf { table, records, unreadable, foreign } = self.leaf(stretch, tables);
            if foreign {
                refilled.foreign.0 += records.len() as u64 + unreadable;
                continue;
            }
            let Some(place) = table else {
                refilled.unassigned += records.len() as u64;
                refilled.unreadable += unreadable;
                continue;
            };
            let table = &tables[place];
            if without.contains(&table.name.as_str()) {
                continue;
            }
            let kept = refilled.tables.entry(table.name.clone()).or_default();
            kept.unreadable += unreadable;
            // Rows from before a migration have fewer columns.
            let mut by_width: BTreeMap<usize, Vec<Vec<Value>>> = BTreeMap::new();
            for record in records {
                by_width.entry(record.values.len()).or_default().push(record.values);
            }
            for (width, rows) in by_width {
                let columns: Vec<&str> = table.columns[..width].iter().map(|column| column.name.as_str()).collect();
                for rows in rows.chunks((MOST / width.max(1)).max(1)) {
                    let mut sql = format!("insert or ignore into {} ({}) values ", table.name, columns.join(", "));
                    write_rows(&mut sql, Engine::Sqlite, width, rows.len());
                    let values = rows.iter().flatten().cloned().collect();
                    let written = transaction.execute(sql, values).await?;
                    kept.kept += written;
                    kept.refused += (rows.len() as u64).saturating_sub(written);
                }
            }
        }
        transaction.commit().await?;
        Ok(refilled)
    }
}

/// Values of one statement.
const MOST: usize = 4_000;
