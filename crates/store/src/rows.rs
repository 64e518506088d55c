//! A statement over many rows at once. Its text depends on how many there are; it is written once for each of a few
//! numbers, in the form that the engine reads fastest, and lives as long as the program.

use std::sync::OnceLock;

use crate::{
    Engine, Value,
    parameters::{self, write_rows},
};

/// Larger statements gain nothing.
const MOST: usize = 1_024;
/// Numbers of rows for which there are texts: 1, 2, 3, 4, 6, 8, 12, …, [`MOST`]. What is between them is filled up with rows
/// that say nothing, so that neither we nor the engine keep a statement for every number.
const SIZES: usize = 20;

/// What is done with rows that come with the statement, as `static`: the rows are the table `v` in it.
#[derive(Debug)]
pub struct ForRows {
    columns: &'static [&'static str],
    nothing: fn() -> Vec<Value>,
    statement: &'static str,
    texts: [[OnceLock<String>; SIZES]; 2],
}

impl ForRows {
    /// The statement over the table `v` with these columns, with `$1`, `$2`, … for what all rows have in common. Of a row
    /// that says `nothing` it must take no notice.
    #[must_use]
    pub const fn new(columns: &'static [&'static str], nothing: fn() -> Vec<Value>, statement: &'static str) -> Self {
        Self { columns, nothing, statement, texts: [const { [const { OnceLock::new() }; SIZES] }; 2] }
    }

    /// The largest number of rows of one statement.
    fn most(&self, common: usize) -> usize {
        let fits = (parameters::MOST - common) / self.columns.len().max(1);
        (0..SIZES).rev().map(size).find(|size| *size <= fits).unwrap_or(1)
    }

    /// Takes values from the front of `rows` for one statement: its text and its parameters.
    pub(crate) fn next(
        &'static self,
        engine: Engine,
        common: &[Value],
        rows: &mut std::vec::IntoIter<Value>,
    ) -> (&'static str, Vec<Value>) {
        let width = self.columns.len().max(1);
        let count = (rows.len() / width).min(self.most(common.len()));
        let place = (0..SIZES).find(|place| size(*place) >= count).unwrap_or(SIZES - 1);
        let whole = size(place);
        let mut values = Vec::with_capacity(whole * width + common.len());
        values.extend(rows.by_ref().take(count * width));
        (count..whole).for_each(|_| values.extend((self.nothing)()));
        values.extend_from_slice(common);
        (self.text(engine, place), values)
    }

    fn text(&'static self, engine: Engine, place: usize) -> &'static str {
        let of_engine = usize::from(engine == Engine::Postgres);
        self.texts[of_engine][place].get_or_init(|| self.write(engine, size(place)))
    }

    fn write(&self, engine: Engine, rows: usize) -> String {
        use std::fmt::Write as _;
        let width = self.columns.len();
        let mut text = format!("with v ({}) as (values ", self.columns.join(", "));
        write_rows(&mut text, engine, width, rows);
        text.push_str(") ");
        // What is common comes behind the rows.
        let mut pieces = self.statement.split('$');
        text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            match piece[..digits].parse::<usize>() {
                Ok(number) => {
                    let _ = write!(text, "${}", rows * width + number);
                }
                Err(_) => text.push('$'),
            }
            text.push_str(&piece[digits..]);
        }
        text
    }
}

/// The number of rows of a text.
const fn size(place: usize) -> usize {
    match place {
        0 => 1,
        // 2, 3, 4, 6, 8, 12, …
        place if place % 2 == 1 => 2 << (place / 2),
        place => 3 << (place / 2 - 1),
    }
}

const _: () = assert!(size(SIZES - 1) == MOST, "the last text is the largest");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    static TWO: ForRows = ForRows::new(
        &["a", "b"],
        || args![-1, ""],
        "update t set b = v.b, at = $2 from v where t.of = $1 and t.a = v.a",
    );

    #[test]
    fn sizes_are_those_that_it_says() {
        assert_eq!((0..9).map(size).collect::<Vec<_>>(), [1, 2, 3, 4, 6, 8, 12, 16, 24]);
    }

    #[test]
    fn rows_come_first_and_are_filled_up_and_what_is_common_comes_behind_them() {
        let row = |number: i64| args![number, "x"];
        let mut rows = (1..=5).flat_map(row).collect::<Vec<_>>().into_iter();
        let common = args!["it", 7];
        let (text, values) = TWO.next(Engine::Postgres, &common, &mut rows);
        assert!(text.starts_with("with v (a, b) as (values ($1, $2), ($3, $4), "), "{text}");
        assert!(text.ends_with(" ($11, $12)) update t set b = v.b, at = $14 from v where t.of = $13 and t.a = v.a"));
        assert_eq!((values.len(), &values[10..12], &values[12..]), (14, &args![-1, ""][..], &common[..]));
        assert_eq!(rows.len(), 0);
        let (text, _) = TWO.next(Engine::Sqlite, &common, &mut row(1).into_iter());
        assert!(text.starts_with("with v (a, b) as (values (?, ?)) update t set b = v.b, at = $4 from"), "{text}");
    }

    #[test]
    fn more_than_fit_into_one_statement_are_taken_in_several() {
        let mut rows = (0..2_500).flat_map(|number: i64| args![number, "x"]).collect::<Vec<_>>().into_iter();
        let mut sizes = Vec::new();
        while rows.len() > 0 {
            sizes.push(TWO.next(Engine::Sqlite, &args![1, 2], &mut rows).1.len() / 2 - 1);
        }
        assert_eq!(sizes, [1_024, 1_024, 512]);
    }
}
