//! A sheet as CSV that spreadsheet programs open without running anything.

use std::io::{self, Write};

use muster_workflows::formula::neutral;
use serde_json::Value;

use super::sheet::{Sheet, cell};

/// Writes heading and rows, lines ended by CRLF as RFC 4180 has it.
pub(super) fn write(out: impl Write, sheet: &Sheet) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(sheet.columns.iter().map(|column| neutral(&column.key).into_owned()))?;
    let text = |value: &Value| {
        let text = cell(value);
        if value.is_number() { text } else { neutral(&text).into_owned() }
    };
    for row in &sheet.rows {
        writer.write_record(row.iter().map(text))?;
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_phone_numbers_stay() {
        let mut sheet = Sheet::new(&["=name()", "phone", "n"]);
        sheet.push(vec!["=HYPERLINK(\"http://x\")".into(), "+49 30 1234".into(), (-3).into()]);
        sheet.push(vec!["@SUM(A1)".into(), "-2+3+cmd|'/C calc'!A0".into(), 3.into()]);
        let mut out = Vec::new();
        write(&mut out, &sheet).expect("writes");
        let text = String::from_utf8(out).expect("is text");
        assert_eq!(
            text,
            "'=name(),phone,n\r\n\"'=HYPERLINK(\"\"http://x\"\")\",+49 30 1234,-3\r\n'@SUM(A1),'-2+3+cmd|'/C calc'!A0,3\r\n"
        );
    }
}
