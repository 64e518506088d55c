//! A sheet as an aligned table for terminals.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::Value;

use super::sheet::{Sheet, cell};

/// Where a table goes. On a terminal it keeps to its width; elsewhere nothing wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    Plain,
    Stdout,
    Stderr,
}

/// Between two columns.
const GAP: usize = 2;
/// A column of sentences may be wrapped down to this width; every other column keeps its own.
const SENTENCE: usize = 24;
/// Characters of a cell on a terminal: what is longer makes a column of words of each row.
const LONGEST: usize = 160;

/// Where a text was cut.
const CUT: char = '…';

/// Renders the columns meant for a screen.
pub(super) fn render(sheet: &Sheet, medium: Medium) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if medium == Medium::Stderr {
        table.use_stderr();
    }
    let width = if medium == Medium::Plain { None } else { table.width().map(usize::from) };
    let (text, dropped) = fill(table, sheet, width);
    let mut lines: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if text.contains(CUT) {
        lines.push_str("(long texts are cut; -o csv and -o json have them)\n");
    }
    if !dropped.is_empty() {
        lines.push_str(&format!("(no room for {}; -o csv and -o json have it)\n", dropped.join(", ")));
    }
    lines
}

/// The table's text for a terminal of that width, and the columns that it had no room for.
fn fill(mut table: Table, sheet: &Sheet, width: Option<usize>) -> (String, Vec<String>) {
    let mut shown: Vec<usize> = (0..sheet.columns.len()).filter(|&index| sheet.columns[index].on_screen).collect();
    let text = |value: &Value| match (width, printable(value)) {
        (Some(_), text) if text.chars().count() > LONGEST => text.chars().take(LONGEST).chain([CUT]).collect(),
        (_, text) => text,
    };
    let texts: Vec<Vec<String>> =
        sheet.rows.iter().map(|row| shown.iter().map(|&index| text(&row[index])).collect()).collect();
    let dropped = match width {
        Some(width) => {
            table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(u16::try_from(width).unwrap_or(u16::MAX));
            fit(sheet, &mut shown, &texts, width)
        }
        None => Vec::new(),
    };
    let all: Vec<usize> = (0..sheet.columns.len()).filter(|&index| sheet.columns[index].on_screen).collect();
    let places: Vec<usize> = (0..all.len()).filter(|&place| shown.contains(&all[place])).collect();
    table.set_header(shown.iter().map(|&index| title(sheet, index)));
    for row in &texts {
        table.add_row(places.iter().map(|&place| row[place].as_str()));
    }
    for (position, &index) in shown.iter().enumerate() {
        let numbers = !sheet.rows.is_empty() && sheet.rows.iter().all(|row| row[index].is_number());
        if let Some(column) = table.column_mut(position) {
            column.set_padding((0, GAP as u16));
            if numbers {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    (table.lines().map(|line| format!("{line}\n")).collect(), dropped)
}

/// Takes columns away from the right until the rest has room; columns of sentences stay and are wrapped.
fn fit(sheet: &Sheet, shown: &mut Vec<usize>, texts: &[Vec<String>], width: usize) -> Vec<String> {
    let sentences = |index: usize| {
        matches!(
            sheet.columns[index].key.as_str(),
            "reason" | "detail" | "details" | "BrokenRules" | "next" | "why" | "value"
        )
    };
    let natural: Vec<(usize, usize)> = shown
        .iter()
        .enumerate()
        .map(|(place, &index)| {
            let widest = texts.iter().map(|row| row[place].chars().count()).max().unwrap_or_default();
            let widest = widest.max(title(sheet, index).chars().count());
            (index, GAP + if sentences(index) { widest.min(SENTENCE) } else { widest })
        })
        .collect();
    let mut needed: usize = natural.iter().map(|(_, width)| width).sum();
    let mut dropped = Vec::new();
    for (index, own) in natural.iter().rev() {
        if needed <= width || shown.len() <= 3 {
            break;
        }
        if !sentences(*index) && sheet.columns[*index].key != "status" && sheet.columns[*index].key != "verdict" {
            shown.retain(|kept| kept != index);
            dropped.insert(0, title(sheet, *index).to_lowercase());
            needed -= own;
        }
    }
    dropped
}

fn title(sheet: &Sheet, index: usize) -> String {
    sheet.columns[index].key.to_uppercase().replace('_', " ")
}

/// Without control characters: a device's name must not be able to move the cursor. Moments are shown in
/// local time, to the minute.
fn printable(value: &Value) -> String {
    let text = cell(value);
    if let Some(local) = moment(&text) {
        return local;
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn moment(text: &str) -> Option<String> {
    let looks_like_one = (20..=30).contains(&text.len()) && text.ends_with('Z') && text.as_bytes()[10] == b'T';
    let at: jiff::Timestamp = looks_like_one.then(|| text.parse().ok())??;
    Some(at.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let mut sheet = Sheet::new(&["device_id", "name", "model", "os", "reason", "+uuid"]);
        sheet.push(vec![
            7.into(),
            "Ann's\u{1b}[2J iPad".into(),
            "iPad Air".into(),
            "26.1".into(),
            "as wished".into(),
            "u".into(),
        ]);
        sheet.push(vec![
            1234.into(),
            "x".into(),
            "Pixel".into(),
            "16".into(),
            "it has rained all day long in the harbour".into(),
            "u".into(),
        ]);
        sheet
    }

    #[test]
    fn columns_line_up_and_hidden_ones_are_left_out() {
        let text = render(&sheet(), Medium::Plain);
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("DEVICE ID  NAME            MODEL     OS    REASON"));
        assert_eq!(lines.next(), Some("        7  Ann's [2J iPad  iPad Air  26.1  as wished"));
    }

    #[test]
    fn long_texts_are_cut_on_a_terminal_only() {
        let mut sheet = Sheet::new(&["reason"]);
        sheet.push(vec!["because ".repeat(100).into()]);
        let (text, _) = fill(Table::new(), &sheet, Some(80));
        assert_eq!((text.matches("because").count(), text.matches(CUT).count()), (20, 1), "{text}");
        let (text, _) = fill(Table::new(), &sheet, None);
        assert_eq!((text.matches("because").count(), text.matches(CUT).count()), (100, 0), "{text}");
    }

    #[test]
    fn a_narrow_terminal_loses_columns_and_says_which() {
        let (text, dropped) = fill(Table::new(), &sheet(), Some(64));
        assert_eq!(dropped, ["os"]);
        assert!(text.contains("iPad Air") && !text.contains("26.1"), "{text}");
        let (_, dropped) = fill(Table::new(), &sheet(), Some(200));
        assert!(dropped.is_empty());
    }

    #[test]
    fn a_moment_is_shown_to_the_minute() {
        assert_eq!(moment("2026-11-25T15:47:30.936Z").map(|text| text.len()), Some(16));
        assert_eq!(moment("20028658516107 or not Z"), None);
    }
}
