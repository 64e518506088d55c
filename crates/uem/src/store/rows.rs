//! Many rows in one argument, and one answer for many rows: as JSON.
//!
//! A statement with arguments for each row has another text for each number of rows, so it is prepared anew each time,
//! and every value travels alone. Here any number of rows is one text and one value.

use muster_store::{Engine, Value};
use serde::Serialize;

/// Rows (lists of columns, or single values) as an argument.
pub(crate) fn argument<T: Serialize>(rows: &[T]) -> Value {
    // Numbers and texts always make JSON.
    serde_json::to_string(rows).unwrap_or_default().into()
}

/// What stands in a `from` for rows of columns: `place`, from 0, and `value`, of which `value->>0` is the first column.
/// Numbers among them are cast, because PostgreSQL takes out texts.
pub(crate) fn each(engine: Engine, argument: &str) -> String {
    match engine {
        Engine::Sqlite => format!("(select key as place, value from json_each({argument}))"),
        Engine::Postgres => format!(
            "(select e.n - 1 as place, e.value from json_array_elements({argument}::json) with ordinality as e (value, n))"
        ),
    }
}

/// A list of the single values of an argument, as `in` takes it.
pub(crate) fn values(engine: Engine, argument: &str, kind: Kind) -> String {
    match (engine, kind) {
        (Engine::Sqlite, _) => format!("(select value from json_each({argument}))"),
        (Engine::Postgres, Kind::Texts) => format!("(select json_array_elements_text({argument}::json))"),
        (Engine::Postgres, Kind::Numbers) => {
            format!("(select cast(e.value as bigint) from json_array_elements_text({argument}::json) as e (value))")
        }
    }
}

/// What single values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Texts,
    Numbers,
}

/// One text for all rows of a query: a list of lists of these columns, to be read as `answer`. Rows come in no order.
pub(crate) fn answer(engine: Engine, columns: &str) -> String {
    match engine {
        Engine::Sqlite => format!("json_group_array(json_array({columns})) as answer"),
        Engine::Postgres => format!("coalesce(json_agg(json_build_array({columns}))::text, '[]') as answer"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_one_value() {
        assert_eq!(argument(&[(1, "a"), (2, "b\"")]), Value::from(r#"[[1,"a"],[2,"b\""]]"#));
        assert_eq!(argument::<i64>(&[]), Value::from("[]"));
    }
}
