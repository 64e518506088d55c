//! A sheet as CSV that spreadsheet programs open without running anything.

use std::borrow::Cow;
use std::io::{self, Write};

use super::sheet::{Sheet, cell};

/// Writes heading and rows, lines ended by CRLF as RFC 4180 has it.
pub(super) fn write(out: impl Write, sheet: &Sheet) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(sheet.columns.iter().map(|column| column.key.as_str()))?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(|value| neutral(cell(value), value.is_string()).into_owned()))?;
    }
    writer.flush()
}

/// A spreadsheet takes a text that starts with one of these for a formula; an apostrophe in front makes
/// it a text again. Numbers stay as they are.
fn neutral(text: String, from_text: bool) -> Cow<'static, str> {
    let formula = from_text && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    // A phone number or a negative number is no formula.
    let harmless =
        text.len() > 1 && text[1..].chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '/'));
    if formula && !harmless { Cow::Owned(format!("'{text}")) } else { Cow::Owned(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_phone_numbers_stay() {
        let mut sheet = Sheet::new(&["name", "phone", "n"]);
        sheet.push(vec!["=HYPERLINK(\"http://x\")".into(), "+49 30 1234".into(), (-3).into()]);
        sheet.push(vec!["@SUM(A1)".into(), "-2+3+cmd|'/C calc'!A0".into(), 3.into()]);
        let mut out = Vec::new();
        write(&mut out, &sheet).expect("writes");
        let text = String::from_utf8(out).expect("is text");
        assert_eq!(
            text,
            "name,phone,n\r\n\"'=HYPERLINK(\"\"http://x\"\")\",+49 30 1234,-3\r\n'@SUM(A1),'-2+3+cmd|'/C calc'!A0,3\r\n"
        );
    }
}
