//! `--report FILE`: the result of a command as a file that can be handed on.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use muster_store::{Clock as _, SystemClock};
use serde::Serialize;

use super::sheet::{Record, Sheet};
use super::{csv, html};
use crate::error::Failure;

/// A file whose ending says how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReportFile {
    pub(crate) path: PathBuf,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    Json,
    Html,
}

impl std::str::FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let path = PathBuf::from(text);
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let kind = match ending.as_str() {
            "csv" => Kind::Csv,
            "json" => Kind::Json,
            "html" | "htm" => Kind::Html,
            _ => return Err(String::from("the file must end in .csv, .json or .html")),
        };
        Ok(Self { path, kind })
    }
}

/// What a report says above its rows.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Heading {
    pub(crate) title: String,
    /// Where the data comes from: the tenant.
    pub(crate) tenant: String,
    /// RFC 3339.
    pub(crate) created_at: String,
    /// Key figures in order, such as `done` and `12`.
    pub(crate) figures: Vec<(String, String)>,
    /// Sentences that belong to the result.
    pub(crate) remarks: Vec<String>,
}

impl Heading {
    /// A heading without figures, made now.
    pub(crate) fn new(title: &str) -> Self {
        let now = SystemClock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Self { title: title.to_owned(), created_at: now, ..Self::default() }
    }
}

impl ReportFile {
    /// Makes sure, before anything is sent, that the file can be written later.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if self.path.is_dir() {
            return Err(Failure::usage(format!("the report {} is a folder", self.path.display())));
        }
        match folder {
            Some(folder) if !folder.is_dir() => {
                Err(Failure::usage(format!("the folder {} for the report does not exist", folder.display()))
                    .hint(format!("mkdir -p {}", folder.display())))
            }
            _ => Ok(()),
        }
    }

    /// Writes the report; an older file of that name is replaced only by a complete one.
    pub(crate) fn write(&self, heading: &Heading, sheet: &Sheet) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::io(format!("cannot write {}", self.path.display()), &error);
        let mut content = Vec::new();
        match self.kind {
            Kind::Csv => csv::write(&mut content, sheet).map_err(failed)?,
            Kind::Json => json(&mut content, heading, sheet).map_err(failed)?,
            Kind::Html => html::write(&mut content, heading, sheet).map_err(failed)?,
        }
        replace(&self.path, &content).map_err(failed)
    }
}

fn json(content: &mut Vec<u8>, heading: &Heading, sheet: &Sheet) -> std::io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: u32,
        #[serde(flatten)]
        heading: View<'a>,
        rows: Vec<Record<'a>>,
    }
    #[derive(Serialize)]
    struct View<'a> {
        title: &'a str,
        tenant: &'a str,
        created_at: &'a str,
        figures: serde_json::Map<String, serde_json::Value>,
        remarks: &'a [String],
    }
    let figures = heading.figures.iter().map(|(name, value)| (name.clone(), number(value))).collect();
    let view = View {
        title: &heading.title,
        tenant: &heading.tenant,
        created_at: &heading.created_at,
        figures,
        remarks: &heading.remarks,
    };
    serde_json::to_writer_pretty(
        &mut *content,
        &Document { schema: 1, heading: view, rows: sheet.records().collect() },
    )?;
    content.write_all(b"\n")
}

fn number(text: &str) -> serde_json::Value {
    text.parse::<i64>().map_or_else(|_| text.into(), Into::into)
}

/// Writes beside the target and renames, so that a reader never sees half a file.
pub(crate) fn replace(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = fs::write(&part, content).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides() {
        assert!("out/r.CSV".parse::<ReportFile>().is_ok());
        assert!("report".parse::<ReportFile>().is_err());
        assert!("report.xlsx".parse::<ReportFile>().is_err());
    }

    #[test]
    fn a_json_report_has_figures_and_rows() {
        let folder = tempfile::tempdir().expect("a folder");
        let file: ReportFile = folder.path().join("r.json").to_string_lossy().parse().expect("a report");
        let mut sheet = Sheet::new(&["id"]);
        sheet.push(vec![1.into()]);
        let heading = Heading { title: "T".into(), figures: vec![("done".into(), "1".into())], ..Heading::default() };
        file.write(&heading, &sheet).expect("writes");
        let value: serde_json::Value = serde_json::from_slice(&fs::read(&file.path).expect("reads")).expect("is JSON");
        assert_eq!(
            (&value["schema"], &value["figures"]["done"], &value["rows"][0]["id"]),
            (&1.into(), &1.into(), &1.into())
        );
        assert_eq!(fs::read_dir(folder.path()).expect("lists").count(), 1);
    }
}
