//! A report as one HTML page without anything from elsewhere: readable, light or dark, printable.

use std::io::{self, Write};

use askama::Template;
use serde_json::Value;

use super::report::Heading;
use super::sheet::{Sheet, cell};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    heading: &'a Heading,
    columns: Vec<Title>,
    rows: Vec<Vec<Cell>>,
    tally: Vec<Share>,
}

struct Title {
    text: String,
    number: bool,
}

struct Cell {
    text: String,
    /// CSS class: colours a status, aligns a number.
    class: &'static str,
}

/// One status with its share of the rows, for the bar on top.
struct Share {
    name: String,
    count: usize,
    percent: String,
    class: &'static str,
}

/// Writes the page.
pub(super) fn write(mut out: impl Write, heading: &Heading, sheet: &Sheet) -> io::Result<()> {
    let status = sheet.position("status").or_else(|| sheet.position("verdict"));
    let shown = distinct(sheet);
    let numeric = |index: usize| !sheet.rows.is_empty() && sheet.rows.iter().all(|row| row[index].is_number());
    let numeric: Vec<bool> = (0..sheet.columns.len()).map(numeric).collect();
    let title = |&index: &usize| Title { text: sheet.columns[index].key.replace('_', " "), number: numeric[index] };
    let styled = |row: &[Value], index: usize| {
        let text = cell(&row[index]);
        let class = match status {
            Some(position) if position == index => tone(&text),
            _ if numeric[index] => "n",
            _ => "",
        };
        Cell { text, class }
    };
    let page = Page {
        heading,
        columns: shown.iter().map(title).collect(),
        rows: sheet.rows.iter().map(|row| shown.iter().map(|&index| styled(row, index)).collect()).collect(),
        tally: status.map(|position| tally(sheet, position)).unwrap_or_default(),
    };
    page.write_into(&mut out).map_err(io::Error::other)
}

/// Columns to show: of two that differ only in case and underscores (`CommandId`, `command_id`) the last one.
fn distinct(sheet: &Sheet) -> Vec<usize> {
    let plain = |index: usize| sheet.columns[index].key.replace('_', "").to_lowercase();
    let last = |&index: &usize| !(index + 1..sheet.columns.len()).any(|other| plain(other) == plain(index));
    (0..sheet.columns.len()).filter(last).collect()
}

fn tally(sheet: &Sheet, position: usize) -> Vec<Share> {
    let mut shares: Vec<(String, usize)> = Vec::new();
    for row in &sheet.rows {
        let name = cell(&row[position]);
        match shares.iter_mut().find(|(seen, _)| *seen == name) {
            Some((_, count)) => *count += 1,
            None => shares.push((name, 1)),
        }
    }
    shares.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let share = |(name, count): (String, usize)| Share {
        class: tone(&name),
        percent: format!("{:.2}", count as f64 * 100.0 / sheet.rows.len() as f64),
        name,
        count,
    };
    shares.into_iter().map(share).collect()
}

/// Which colour a status word has.
fn tone(word: &str) -> &'static str {
    match word.to_ascii_lowercase().as_str() {
        "done" | "success" | "installed" | "compliant" | "allow" | "ok" => "good",
        "failed" | "refuse" | "refused" | "noncompliant" | "error" => "bad",
        "unknown" | "held" | "hold" | "pending" | "sending" => "warn",
        _ => "calm",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_the_tenant_is_escaped_and_nothing_is_loaded() {
        let mut sheet = Sheet::new(&["name", "status"]);
        sheet.push(vec!["<script>alert(1)</script>".into(), "done".into()]);
        sheet.push(vec!["b".into(), "failed".into()]);
        let mut out = Vec::new();
        write(&mut out, &Heading { title: "A & B".into(), ..Heading::default() }, &sheet).expect("writes");
        let page = String::from_utf8(out).expect("is text");
        assert!(page.contains("A &#38; B") && page.contains("&#60;script&#62;"), "{page}");
        assert!(!page.contains("<script>alert") && !page.contains("http"), "{page}");
        assert!(page.contains("50.00"), "{page}");
    }
}
