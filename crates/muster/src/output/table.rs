//! A sheet as an aligned table for terminals.

use comfy_table::{ContentArrangement, Table, presets};

use super::sheet::{Sheet, cell};

/// Where a table goes. On a terminal it keeps to its width; elsewhere nothing wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    Plain,
    Stdout,
    Stderr,
}

/// Renders the columns meant for a screen.
pub(super) fn render(sheet: &Sheet, medium: Medium) -> String {
    let shown: Vec<usize> = (0..sheet.columns.len()).filter(|&index| sheet.columns[index].on_screen).collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if medium != Medium::Plain {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    if medium == Medium::Stderr {
        table.use_stderr();
    }
    table.set_header(shown.iter().map(|&index| sheet.columns[index].key.to_uppercase().replace('_', " ")));
    for row in &sheet.rows {
        table.add_row(shown.iter().map(|&index| printable(&cell(&row[index]))));
    }
    for (position, &index) in shown.iter().enumerate() {
        let numbers = !sheet.rows.is_empty() && sheet.rows.iter().all(|row| row[index].is_number());
        if let Some(column) = table.column_mut(position) {
            column.set_padding((0, 2));
            if numbers {
                column.set_cell_alignment(comfy_table::CellAlignment::Right);
            }
        }
    }
    let mut text: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if text.is_empty() {
        text.push('\n');
    }
    text
}

/// Without control characters: a device's name must not be able to move the cursor.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_hidden_ones_are_left_out() {
        let mut sheet = Sheet::new(&["device_id", "name", "+uuid"]);
        sheet.push(vec![7.into(), "Ann's\u{1b}[2J iPad".into(), "u".into()]);
        sheet.push(vec![1234.into(), "x".into(), "u".into()]);
        assert_eq!(render(&sheet, Medium::Plain), "DEVICE ID  NAME\n        7  Ann's [2J iPad\n     1234  x\n");
    }
}
