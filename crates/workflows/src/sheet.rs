//! A table as people save it: UTF-8 with or without a byte order mark, any line ending, cells parted by
//! comma, semicolon or tab. Bytes in, records with their line numbers out; what the columns mean is for
//! the reader of the sheet.

use csv::StringRecord;

use crate::error::{Error, Problems};

/// Columns and the reader of the records below them.
pub(crate) struct Sheet<'a> {
    /// Header cells, trimmed.
    pub(crate) header: Vec<String>,
    /// What parts the cells: `,`, `;` or tab.
    pub(crate) delimiter: u8,
    reader: csv::Reader<&'a [u8]>,
    text: &'a [u8],
    /// Lines before the header that the reader does not see.
    before: u64,
}

/// A record with the line it begins on, counted from 1.
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) cells: StringRecord,
}

impl<'a> Sheet<'a> {
    /// Reads the header of a table called `name` in messages.
    ///
    /// # Errors
    /// [`Error::Input`] if the bytes are not UTF-8 text or there is no header.
    pub(crate) fn open(name: &str, bytes: &'a [u8]) -> Result<Self, Error> {
        let text = text(name, bytes)?;
        let (declared, text, before) = declared_delimiter(text);
        let delimiter = declared.unwrap_or_else(|| detect(text));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut header = StringRecord::new();
        let read = reader.read_record(&mut header).map_err(|error| broken(name, &error))?;
        if !read || header.iter().all(|cell| cell.trim().is_empty()) {
            return Err(whole(name, "the file has no header line"));
        }
        let header = header.iter().map(|cell| cell.trim().to_owned()).collect();
        Ok(Self { header, delimiter, reader, text: text.as_bytes(), before })
    }

    /// The next record that has anything in it; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Input`] if the text ends inside a record.
    pub(crate) fn next(&mut self, name: &str, line: &mut Line) -> Result<bool, Error> {
        while self.reader.read_record(&mut line.cells).map_err(|error| broken(name, &error))? {
            if line.cells.iter().any(|cell| !cell.trim().is_empty()) {
                line.number = self.begin(&line.cells) + self.before;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Line of a record's first cell. The reader's own position stands before the blank lines it skipped.
    fn begin(&self, record: &StringRecord) -> u64 {
        let Some(position) = record.position() else { return 0 };
        let from = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(self.text.len());
        let skipped = self.text[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        position.line() + skipped.filter(|byte| **byte == b'\n').count() as u64
    }
}

impl Line {
    /// An empty line to read into.
    pub(crate) fn new() -> Self {
        Self { number: 0, cells: StringRecord::new() }
    }
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}

/// The bytes as text, without a byte order mark.
///
/// # Errors
/// [`Error::Input`] that says which encoding was found and what to do.
pub(crate) fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    const SAVE_AS: &str = "save it as UTF-8 (in Excel: CSV UTF-8)";
    let utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    if utf16 || bytes.iter().take(200).any(|byte| *byte == 0) {
        return Err(whole(name, format!("the text is UTF-16, not UTF-8: {SAVE_AS}")));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let mut problems = Problems::of(name);
        problems.add(line, format!("this line is not UTF-8 text: {SAVE_AS}"));
        Error::Input(problems)
    })
}

/// Excel's own first line `sep=;` names the delimiter.
fn declared_delimiter(text: &str) -> (Option<u8>, &str, u64) {
    let first = text.lines().next().unwrap_or_default();
    let declared = first.strip_prefix("sep=").and_then(|rest| match rest.as_bytes() {
        [b','] => Some(b','),
        [b';'] => Some(b';'),
        [b'\t'] => Some(b'\t'),
        _ => None,
    });
    match declared {
        Some(_) => (declared, text[first.len()..].trim_start_matches('\r').strip_prefix('\n').unwrap_or_default(), 1),
        None => (None, text, 0),
    }
}

/// The delimiter that occurs most often in the header, outside of quotes; a comma if none does.
fn detect(text: &str) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.trim_start_matches(['\r', '\n']).bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            other if !quoted => counts.iter_mut().filter(|(delimiter, _)| *delimiter == other).for_each(|c| c.1 += 1),
            _ => {}
        }
    }
    // `max_by_key` would take the last of equals: a tie goes to the comma.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

fn whole(name: &str, text: impl Into<String>) -> Error {
    let mut problems = Problems::of(name);
    problems.add(None, text);
    Error::Input(problems)
}

fn broken(name: &str, error: &csv::Error) -> Error {
    let mut problems = Problems::of(name);
    problems.add(error.position().map(csv::Position::line), format!("the table cannot be read: {error}"));
    Error::Input(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> (Vec<String>, Vec<(u64, Vec<String>)>) {
        let mut sheet = Sheet::open("t.csv", bytes).expect("opens");
        let (mut line, mut rows) = (Line::new(), Vec::new());
        while sheet.next("t.csv", &mut line).expect("reads") {
            rows.push((line.number, line.cells.iter().map(str::to_owned).collect()));
        }
        (sheet.header, rows)
    }

    #[test]
    fn every_way_of_saving_a_table_means_the_same() {
        let expected = (
            vec!["a".to_owned(), "b".to_owned()],
            vec![(2, vec!["1".to_owned(), "x;y".to_owned()]), (4, vec!["2".to_owned(), String::new()])],
        );
        for text in [
            "a,b\n1,x;y\n\n2,\n",
            "\u{feff}a,b\r\n1,x;y\r\n\r\n2,\r\n",
            "a;b\n1;\"x;y\"\n\n2;\n",
            "a\tb\n1\tx;y\n\t\n2\t",
            "\"a\",\"b\"\n\"1\",\"x;y\"\n,\n2,\n",
        ] {
            assert_eq!(rows(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn a_declared_delimiter_is_taken_and_the_lines_still_count() {
        let (header, rows) = rows(b"sep=;\r\na;b\r\n1;2\r\n");
        assert_eq!(header, ["a", "b"]);
        assert_eq!(rows, [(3, vec!["1".to_owned(), "2".to_owned()])]);
    }

    #[test]
    fn foreign_encodings_are_named() {
        let utf16: Vec<u8> = "\u{feff}a,b".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, word) in [(utf16.as_slice(), "UTF-16"), (b"a,b\nM\xfcller,1\n", "line 2"), (b"", "no header")] {
            let text = Sheet::open("t.csv", bytes).err().expect("refused").to_string();
            assert!(text.contains(word), "{text}");
        }
    }
}
