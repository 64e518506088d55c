//! A table as people save it: UTF-8 with or without a byte order mark, any line ending, cells parted by
//! comma, semicolon or tab. Bytes in, records with their line numbers out; what the columns mean is for
//! the reader of the sheet.
//!
//! A report of ours is a table too: its outcome and whatever else we added are left out, what we put before a cell is
//! taken off, and columns have the names again that the input gave them.

use csv::StringRecord;

use crate::error::{Error, Problems};
use crate::formula::original;
use crate::report::input_columns;

/// Columns and the reader of the records below them.
pub(crate) struct Sheet<'a> {
    /// Headings, trimmed. A column without one is no part of the table.
    pub(crate) header: Vec<String>,
    /// Whether it is a report of ours.
    pub(crate) report: bool,
    /// Where the columns of `header` stand in a record.
    places: Vec<usize>,
    /// Where a record says what became of it in an earlier run.
    status: Option<usize>,
    /// Cells of a record.
    width: usize,
    delimiter: u8,
    reader: csv::Reader<&'a [u8]>,
    text: &'a [u8],
    /// Lines before the header that the reader does not see.
    before: u64,
    record: StringRecord,
}

/// A record with the line it begins on, counted from 1.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub(crate) number: u64,
    /// Trimmed, one for each column of the header.
    pub(crate) cells: Vec<String>,
    /// The state in an earlier run, in small letters; `None` if the table does not tell.
    pub(crate) status: Option<String>,
    /// What is wrong with the record: its cells mean nothing then.
    pub(crate) fault: Option<String>,
    /// Whether it begins with `#`. Reports have no comments.
    pub(crate) comment: bool,
}

impl<'a> Sheet<'a> {
    /// Reads the header of a table called `name` in messages.
    ///
    /// # Errors
    /// [`Error::Input`] if the bytes are not UTF-8 text or there is no header.
    pub(crate) fn open(name: &str, bytes: &'a [u8]) -> Result<Self, Error> {
        let text = text(name, bytes)?;
        let (declared, text, before) = declared_delimiter(text);
        let headings = |delimiter: u8| -> Result<(StringRecord, csv::Reader<&'a [u8]>), Error> {
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(delimiter)
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let mut record = StringRecord::new();
            reader.read_record(&mut record).map_err(|error| broken(name, &error))?;
            let filled = (0..record.len()).rfind(|at| !record[*at].trim().is_empty()).map_or(0, |last| last + 1);
            record.truncate(filled);
            Ok((record, reader))
        };
        let trimmed = |record: &StringRecord| record.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let given = |record: &StringRecord| input_columns(&trimmed(record));
        // Headings of an input may hold more semicolons than there are columns; a report is known by how it ends.
        let mut delimiter = declared.unwrap_or_else(|| detect(text));
        let (mut record, mut reader) = headings(delimiter)?;
        if declared.is_none() && delimiter != b',' && given(&record).is_none() {
            let by_comma = headings(b',')?;
            if given(&by_comma.0).is_some() {
                (delimiter, (record, reader)) = (b',', by_comma);
            }
        }
        if record.is_empty() {
            return Err(whole(name, "the file has no header line"));
        }
        let all = trimmed(&record);
        let ours = input_columns(&all);
        let report = ours.is_some();
        let columns = match ours {
            Some(columns) => columns.into_iter().map(|(at, name)| (at, original(&name).to_owned())).collect(),
            None => all.iter().cloned().enumerate().collect::<Vec<_>>(),
        };
        let (places, header) = columns.into_iter().filter(|(_, name)| !name.is_empty()).unzip();
        let status = all.iter().rposition(|name| name == "status");
        let (width, text) = (all.len(), text.as_bytes());
        Ok(Self { header, report, places, status, width, delimiter, reader, text, before, record })
    }

    /// Leaves a column of the header out.
    pub(crate) fn leave_out(&mut self, at: usize) {
        self.header.remove(at);
        self.places.remove(at);
    }

    /// The next record that has anything in it; `false` at the end.
    ///
    /// # Errors
    /// [`Error::Input`] if the text ends inside a record.
    pub(crate) fn next(&mut self, name: &str, line: &mut Line) -> Result<bool, Error> {
        while self.reader.read_record(&mut self.record).map_err(|error| broken(name, &error))? {
            let filled = (0..self.record.len()).rfind(|at| !self.record[*at].trim().is_empty()).map(|last| last + 1);
            if let Some(filled) = filled {
                line.number = self.begin(&self.record) + self.before;
                line.comment =
                    !self.report && self.record.get(0).is_some_and(|cell| cell.trim_start().starts_with('#'));
                line.fault = self.fault(filled);
                self.take(line);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn take(&self, line: &mut Line) {
        let cell = |at: &usize| self.record.get(*at).map(str::trim).unwrap_or_default();
        let text = |at: &usize| if self.report { original(cell(at)) } else { cell(at) }.to_owned();
        line.cells.clear();
        line.cells.extend(self.places.iter().map(text));
        line.status = self.status.map(|at| cell(&at).to_lowercase());
    }

    /// A record with more or fewer cells than the header is shifted somewhere: no cell of it can be trusted.
    fn fault(&self, filled: usize) -> Option<String> {
        let (cells, columns) = (self.record.len(), self.width);
        if cells < columns || filled > columns {
            let hint = match (cells > columns, self.delimiter) {
                (true, b';') => "; a cell that contains `;`, such as several groups, must be in quotes",
                (true, b',') => "; a cell that contains a comma must be in quotes",
                _ => "",
            };
            return Some(format!("{cells} cells, but the header has {columns}{hint}"));
        }
        if self.report {
            return None;
        }
        let nameless = (0..columns).filter(|at| !self.places.contains(at));
        let mut stray = nameless.filter_map(|at| self.record.get(at)).map(str::trim).filter(|cell| !cell.is_empty());
        stray.next().map(|cell| format!("`{cell}` stands in a column without a name"))
    }

    /// Line of a record's first cell. The reader's own position stands before the blank lines it skipped.
    fn begin(&self, record: &StringRecord) -> u64 {
        let Some(position) = record.position() else { return 0 };
        let from = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(self.text.len());
        let skipped = self.text[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        position.line() + skipped.filter(|byte| **byte == b'\n').count() as u64
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
        let (mut line, mut rows) = (Line::default(), Vec::new());
        while sheet.next("t.csv", &mut line).expect("reads") {
            assert_eq!(line.fault, None);
            rows.push((line.number, line.cells.clone()));
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
    fn of_a_report_of_ours_the_input_is_left() {
        let ending = "status,reason,class,attempt,command_id,at";
        let report = format!("Status (input),'=note,SerialNumber,Result,CommandId,Message,DeviceName,{ending}\n");
        let report = format!("{report}leased,'=A1,S1,Failed,,too late,'=Ann,Failed,too late,throttled,1,,\n");
        let (header, found) = rows(report.as_bytes());
        assert_eq!(header, ["Status", "=note", "SerialNumber"]);
        assert_eq!(found[0].1, ["leased", "=A1", "S1"]);
        // In a list of somebody's own nothing is taken off.
        let (header, found) = rows(b"'=note,Serial,status\n'=A1,S1,new\n");
        assert_eq!((header[0].as_str(), found[0].1[0].as_str()), ("'=note", "'=A1"));
        // However many semicolons its headings have, and whatever a spreadsheet program has made of its commas.
        for text in [
            format!("a;b;c;d;e;f;g;h;i,Serial,action,{ending}\n"),
            "a;b;status;reason;class;attempt;command_id;at;;\n".to_owned(),
        ] {
            let sheet = Sheet::open("t.csv", text.as_bytes()).expect("opens");
            assert_eq!((sheet.report, sheet.header.len()), (true, 2), "{text}");
        }
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
