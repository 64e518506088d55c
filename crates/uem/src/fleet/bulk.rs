//! One statement for many rows, on either engine.

use muster_store::{Engine, Error, Transaction, Value};

/// Parameters that one statement may have on either engine.
const PARAMETERS: usize = 32_000;
/// Rows that one statement takes; more gain nothing.
const ROWS: usize = 1_000;

/// A statement around a list of values: `before (…), (…) after`.
pub(super) struct Bulk {
    pub(super) before: &'static str,
    pub(super) after: &'static str,
}

impl Bulk {
    /// An insert; the text ends with ` values `.
    pub(super) const fn insert(before: &'static str) -> Self {
        Self { before, after: "" }
    }

    /// Carries it out over rows of the same width, in as few parts as the engine allows.
    pub(super) async fn run(self, tx: &mut Transaction, rows: Vec<Vec<Value>>) -> Result<(), Error> {
        let width = rows.first().map_or(1, Vec::len);
        let chunk = (PARAMETERS / width).min(ROWS);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let values: Vec<Value> = rows.by_ref().take(chunk).flatten().collect();
            let mut sql = String::from(self.before);
            for row in 0..values.len() / width {
                sql.push_str(if row == 0 { "(" } else { ", (" });
                marks(&mut sql, tx.engine(), row * width, width);
                sql.push(')');
            }
            sql.push_str(self.after);
            tx.execute(sql, values).await?;
        }
        Ok(())
    }
}

/// One mark for each of `count` arguments, separated by commas.
pub(super) fn placeholders(engine: Engine, count: usize) -> String {
    let mut list = String::new();
    marks(&mut list, engine, 0, count);
    list
}

/// SQLite looks a numbered parameter up among all those before it, so that a statement with thousands of
/// them takes seconds; without numbers it counts.
fn marks(sql: &mut String, engine: Engine, before: usize, count: usize) {
    for number in before + 1..=before + count {
        sql.push_str(if number == before + 1 { "" } else { ", " });
        match engine {
            Engine::Sqlite => sql.push('?'),
            Engine::Postgres => {
                sql.push('$');
                sql.push_str(&number.to_string());
            }
        }
    }
}

/// Ids as arguments.
pub(super) fn ids(ids: &[i64]) -> Vec<Value> {
    ids.iter().map(|id| Value::from(*id)).collect()
}
