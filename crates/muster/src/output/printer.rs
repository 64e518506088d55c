//! The only writer of stdout. A reader that went away (`muster … | head`) ends nothing but the printing.

use std::io::{self, BufWriter, Stdout, Write};

use serde::Serialize;

use super::sheet::Sheet;
use super::{csv, table};
use crate::error::Failure;

/// How data is written to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Aligned columns for people; may change between releases.
    Table,
    /// One JSON document; fields never change their meaning.
    Json,
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values with a heading.
    Csv,
}

/// Writes data to stdout in the chosen format.
pub(crate) struct Printer {
    out: BufWriter<Stdout>,
    pub(crate) format: Format,
    /// Whether a person sits at stdout: tables then keep to the width of the terminal.
    terminal: bool,
    /// Whether somebody asked for the format.
    asked: bool,
    closed: bool,
}

impl Printer {
    /// In the format that was asked for, or else in `usual`.
    pub(crate) fn new(asked: Option<Format>, usual: Format, terminal: bool) -> Self {
        let (format, asked) = (asked.unwrap_or(usual), asked.is_some());
        Self { out: BufWriter::new(io::stdout()), format, terminal, asked, closed: false }
    }

    /// Whether the output is for people.
    pub(crate) fn for_people(&self) -> bool {
        self.format == Format::Table
    }

    /// A list: a table, an array, lines, or CSV.
    pub(crate) fn sheet(&mut self, sheet: &Sheet) -> Result<(), Failure> {
        let format = self.format;
        let medium = if self.terminal { table::Medium::Stdout } else { table::Medium::Plain };
        self.write(|out| match format {
            Format::Table => out.write_all(table::render(sheet, medium).as_bytes()),
            Format::Json => {
                out.write_all(b"[")?;
                for (index, record) in sheet.records().enumerate() {
                    out.write_all(if index == 0 { b"\n  " } else { b",\n  " })?;
                    serde_json::to_writer(&mut *out, &record)?;
                }
                out.write_all(if sheet.rows.is_empty() { b"]\n" } else { b"\n]\n" })
            }
            Format::Jsonl => sheet.records().try_for_each(|record| line(out, &record)),
            Format::Csv => csv::write(out, sheet),
        })
    }

    /// One thing: `text` for people, the document for everybody else.
    pub(crate) fn document(&mut self, document: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.format {
            Format::Table => self.text(&text()),
            Format::Json => self.write(|out| {
                serde_json::to_writer_pretty(&mut *out, document)?;
                out.write_all(b"\n")
            }),
            Format::Jsonl => self.write(|out| line(out, document)),
            Format::Csv => {
                let mut sheet = Sheet::new(&["field", "value"]);
                flatten("", &serde_json::to_value(document).unwrap_or_default(), &mut sheet);
                self.sheet(&sheet)
            }
        }
    }

    /// One thing that has a text form of its own, which other programs read: `text`, unless a format was asked for.
    pub(crate) fn standard(&mut self, document: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        if self.asked { self.document(document, text) } else { self.text(&text()) }
    }

    /// One event of a stream: a line of JSON in the JSON formats, nothing otherwise.
    pub(crate) fn event(&mut self, event: &impl Serialize) -> Result<(), Failure> {
        if self.format == Format::Jsonl { self.write(|out| line(out, event)) } else { Ok(()) }
    }

    /// Text as it is. The caller ends its lines.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.write(|out| out.write_all(text.as_bytes()))
    }

    /// Writes out what is still buffered.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.write(|out| out.flush())
    }

    fn write(&mut self, write: impl FnOnce(&mut BufWriter<Stdout>) -> io::Result<()>) -> Result<(), Failure> {
        if self.closed {
            return Ok(());
        }
        // On a terminal, rows and notes share the screen: what is printed first has to be seen first.
        let written = write(&mut self.out).and_then(|()| if self.terminal { self.out.flush() } else { Ok(()) });
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(Failure::io("cannot write to the output", &error)),
            Ok(()) => Ok(()),
        }
    }
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// A nested document as `a.b.c` and value.
fn flatten(path: &str, value: &serde_json::Value, sheet: &mut Sheet) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, inner) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&path, inner, sheet);
            }
        }
        other => sheet.push(vec![path.into(), other.clone()]),
    }
}
