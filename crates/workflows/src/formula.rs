//! Texts that a spreadsheet would take for a formula: how a cell is written so that it stays a text, and how it is read
//! again.

use std::borrow::Cow;

/// The text as it is written into a CSV file: one that a spreadsheet would run gets an apostrophe in front.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if runs(text.trim_start_matches('\'')) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before [`neutral`].
pub fn original(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if runs(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

/// Whether a spreadsheet takes it for a formula. A phone number or a negative number is none.
fn runs(text: &str) -> bool {
    let number = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || " -./".contains(c));
    text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number(&text[1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_before_a_cell_is_taken_off_again() {
        for (text, cell) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2+3+cmd|'/C calc'!A0", "'-2+3+cmd|'/C calc'!A0"),
            ("=", "'="),
            // What has an apostrophe of its own keeps it.
            ("'=A1", "''=A1"),
            ("''=A1", "'''=A1"),
            ("'tis", "'tis"),
            ("'+49 30 1234", "'+49 30 1234"),
            ("+49 30 1234", "+49 30 1234"),
            ("-3", "-3"),
            ("", ""),
        ] {
            assert_eq!((neutral(text).as_ref(), original(cell)), (cell, text));
        }
    }
}
