//! Parameters without names, for SQLite. It keeps the names of parameters (`$1`, `$2`, …) in a list that it walks for
//! each of them, while it reads a statement and again while values are bound: of a statement with thousands of them
//! that is most of the cost. Nameless ones (`?`) stand in the order in which they are written.

use crate::{Engine, Sql, Value};

/// Statements with so few parameters keep their text.
const FEW: usize = 16;
/// The most parameters of a statement: neither engine is given more than SQLite takes.
pub(crate) const MOST: usize = 32_766;

/// Writes places for so many rows of so many values: `(?, ?), (?, ?)`, or with names where they cost nothing.
pub(crate) fn write_rows(text: &mut String, engine: Engine, columns: usize, rows: usize) {
    use std::fmt::Write as _;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            text.push_str(if column == 0 { "" } else { ", " });
            match engine {
                Engine::Sqlite => text.push('?'),
                Engine::Postgres => {
                    let _ = write!(text, "${}", row * columns + column + 1); // writing to a String cannot fail
                }
            }
        }
        text.push(')');
    }
}

/// The same statement with nameless parameters, and its values in their order.
pub(crate) fn nameless(sql: Sql, args: Vec<Value>) -> (Sql, Vec<Value>) {
    if args.len() <= FEW {
        return (sql, args);
    }
    match rewrite(&sql) {
        Some((_, order))
            if order.is_empty() || order.len() > MOST || order.iter().any(|place| *place >= args.len()) =>
        {
            (sql, args)
        }
        Some((text, order)) if order.iter().copied().eq(0..args.len()) => (text.into(), args),
        Some((text, order)) => (text.into(), order.into_iter().map(|place| args[place].clone()).collect()),
        None => (sql, args),
    }
}

/// The text with `?` for every `$n`, and which value each of them is; `None` if it has nameless ones already, or a quote
/// that is never closed.
pub(crate) fn rewrite(sql: &str) -> Option<(String, Vec<usize>)> {
    let (mut text, mut order, mut rest) = (String::with_capacity(sql.len()), Vec::new(), sql);
    while let Some(at) = rest.find(['$', '?', '\'', '"', '-']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let digits = rest[1..].bytes().take_while(u8::is_ascii_digit).count();
        let length = match rest.as_bytes()[0] {
            b'$' if digits > 0 => {
                order.push(rest[1..=digits].parse::<usize>().ok()?.checked_sub(1)?);
                text.push('?');
                rest = &rest[1 + digits..];
                continue;
            }
            b'?' => return None,
            quote @ (b'\'' | b'"') => rest[1..].find(char::from(quote))? + 2,
            b'-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            _ => 1,
        };
        text.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    text.push_str(rest);
    Some((text, order))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_and_values_stand_where_they_are_used() {
        let (text, order) =
            rewrite("update t set a = $2, b = '$3' || \"$1\" where c = $1 -- $4\n and d - 1 = $12").expect("text");
        assert_eq!(text, "update t set a = ?, b = '$3' || \"$1\" where c = ? -- $4\n and d - 1 = ?");
        assert_eq!(order, [1, 0, 11]);
        assert!(rewrite("select 'open").is_none());
        assert!(rewrite("values (?, ?) $3").is_none());
        assert!(rewrite("select '?', $1").is_some());
    }

    #[test]
    fn few_parameters_keep_their_text_and_many_their_meaning() {
        let values = |count: i64| (1..=count).map(|number| Value::Integer(Some(number))).collect::<Vec<_>>();
        let list = |count: i64| (1..=count).map(|number| format!("${number}")).collect::<Vec<_>>().join(",");
        let (text, args) = nameless(list(3).into(), values(3));
        assert_eq!((&*text, args), ("$1,$2,$3", values(3)));
        let (text, args) = nameless(list(20).into(), values(20));
        assert_eq!((text.matches('?').count(), args), (20, values(20)));
        let (text, args) = nameless(format!("$20,{}", list(20)).into(), values(20));
        assert_eq!((text.matches('?').count(), &args[..2]), (21, &[values(20)[19].clone(), values(20)[0].clone()][..]));
    }
}
