//! A tenant in one file: everything that its database holds at one moment, and its credentials. The file is the same
//! for both engines, so a tenant can move from one to the other.
//!
//! Lines of JSON: what it is and which migrations had run, then for each table a line with its columns and one for
//! each row, and at the end how many rows there were, so that half a file is not taken for a whole one.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_store::{Database, FolderLock, Options, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::credentials::{self, Credentials};
use crate::error::Error;
use crate::secret;
use crate::settings::Data;
use crate::store;

const VERSION: u32 = 1;
/// Rows that are put back together.
const ROWS: usize = 1_000;

/// How much a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Contents {
    pub tables: u64,
    pub rows: u64,
}

#[derive(Serialize, Deserialize)]
struct Head {
    muster_uem_backup: u32,
    migrations: Vec<String>,
    credentials: Option<Credentials>,
}

#[derive(Serialize, Deserialize)]
struct Table {
    table: String,
    columns: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct End {
    end: u64,
}

/// Writes a backup while the tenant may be running. The file is for its owner only: it holds the credentials.
///
/// # Errors
/// [`Error::Backup`] when there is no tenant, [`Error::File`], [`Error::Store`].
pub async fn backup(data: &Data, to: &Path) -> Result<Contents, Error> {
    if let Some(file) = data.database_file()
        && !file.is_file()
    {
        return Err(Error::Backup { path: file, why: "there is no tenant".to_owned() });
    }
    let database = Database::open(&data.address(), Options { readers: 1, ..Options::default() }).await?;
    let credentials = match data.folder() {
        Some(folder) => Credentials::kept_in(&folder.join(credentials::FILE))?,
        None => None,
    };
    let failed = |source| Error::File { path: to.to_owned(), source };
    let (part, file) = secret::begin_private(to)?;
    let written = write(&database, credentials, BufWriter::new(file)).await;
    database.close().await;
    match written {
        Ok(contents) => {
            std::fs::rename(&part, to).map_err(failed)?;
            Ok(contents)
        }
        Err(Broken::Store(error)) => {
            let _ = std::fs::remove_file(&part);
            Err(error.into())
        }
        Err(Broken::File(source)) => {
            let _ = std::fs::remove_file(&part);
            Err(failed(source))
        }
    }
}

enum Broken {
    Store(muster_store::Error),
    File(std::io::Error),
}

impl From<muster_store::Error> for Broken {
    fn from(error: muster_store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Self {
        Self::File(error)
    }
}

async fn write(
    database: &Database,
    credentials: Option<Credentials>,
    mut out: BufWriter<File>,
) -> Result<Contents, Broken> {
    let mut snapshot = database.snapshot().await?;
    let migrations = snapshot.migrations(store::ROOM).await?;
    line(&mut out, &Head { muster_uem_backup: VERSION, migrations, credentials })?;
    let mut contents = Contents { tables: 0, rows: 0 };
    for table in snapshot.tables().await? {
        let columns = snapshot.columns(&table).await?;
        line(&mut out, &Table { table: table.clone(), columns })?;
        contents.tables += 1;
        loop {
            let rows = snapshot.read(&table).await?;
            if rows.is_empty() {
                break;
            }
            contents.rows += rows.len() as u64;
            for row in rows {
                line(&mut out, &row.into_iter().map(cell).collect::<Vec<_>>())?;
            }
        }
    }
    line(&mut out, &End { end: contents.rows })?;
    let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(contents)
}

fn line(out: &mut BufWriter<File>, value: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Reals are texts, because JSON's numbers are not read back to the last bit.
fn cell(value: Value) -> serde_json::Value {
    match value {
        Value::Integer(Some(number)) => json!(number),
        Value::Real(Some(number)) => json!({"real": format!("{number:?}")}),
        Value::Text(Some(text)) => json!(text.as_ref()),
        Value::Bytes(Some(bytes)) => json!({"bytes": STANDARD.encode(bytes)}),
        Value::Integer(None) | Value::Real(None) | Value::Text(None) | Value::Bytes(None) => serde_json::Value::Null,
    }
}

fn value(cell: &serde_json::Value) -> Option<Value> {
    Some(match cell {
        serde_json::Value::Null => Value::Text(None),
        serde_json::Value::Number(number) => Value::from(number.as_i64()?),
        serde_json::Value::String(text) => Value::from(text),
        serde_json::Value::Object(members) => match (members.get("real"), members.get("bytes")) {
            (Some(real), None) => Value::from(real.as_str()?.parse::<f64>().ok()?),
            (None, Some(bytes)) => Value::from(STANDARD.decode(bytes.as_str()?).ok()?),
            _ => return None,
        },
        serde_json::Value::Bool(_) | serde_json::Value::Array(_) => return None,
    })
}

/// Makes a tenant of a backup, where there is none yet.
///
/// # Errors
/// [`Error::Backup`] when the file is no whole backup or the place is taken, [`Error::File`], [`Error::Store`].
pub async fn restore(from: &Path, data: &Data) -> Result<Contents, Error> {
    let mut lines = Lines::open(from)?;
    let head: Head = lines.next()?;
    if head.muster_uem_backup != VERSION {
        return Err(lines.bad("it was written by a newer muster"));
    }
    let lock = data.folder().map(FolderLock::acquire).transpose()?;
    let database = Database::open(&data.address(), Options::default()).await?;
    let outcome = fill(&database, data, head, &mut lines).await;
    database.close().await;
    drop(lock);
    outcome
}

async fn fill(database: &Database, data: &Data, head: Head, lines: &mut Lines) -> Result<Contents, Error> {
    if !database.tables().await?.is_empty() {
        return Err(Error::Backup { path: data.place(), why: "there is a tenant already".to_owned() });
    }
    if !store::migrate_as(database, &head.migrations).await? {
        return Err(lines.bad("it was written by a newer muster"));
    }
    let mut tx = database.begin().await?;
    let mut contents = Contents { tables: 0, rows: 0 };
    let mut table: Option<Table> = None;
    let mut rows: Vec<Vec<Value>> = Vec::new();
    loop {
        let next: serde_json::Value = lines.next()?;
        if let (Some(row), Some(table)) = (next.as_array(), &table) {
            contents.rows += 1;
            let values = row.iter().map(value).collect::<Option<Vec<_>>>();
            rows.push(values.ok_or_else(|| lines.bad("a row cannot be read"))?);
            if rows.len() == ROWS {
                tx.put_back(&table.table, &table.columns, std::mem::take(&mut rows)).await?;
            }
            continue;
        }
        if let Some(table) = &table {
            tx.put_back(&table.table, &table.columns, std::mem::take(&mut rows)).await?;
        }
        if let Ok(End { end }) = serde_json::from_value(next.clone()) {
            if end != contents.rows {
                return Err(lines.bad("rows are missing"));
            }
            break;
        }
        let begun: Table = serde_json::from_value(next).map_err(|_| lines.bad("a line cannot be read"))?;
        // Its name and columns become part of statements.
        let known = |name: &String| name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if !known(&begun.table) || !begun.columns.iter().all(known) {
            return Err(lines.bad("a table has an impossible name"));
        }
        // What migrations put there is in the backup as well.
        tx.execute(format!("delete from {}", begun.table), vec![]).await?;
        contents.tables += 1;
        table = Some(begun);
    }
    tx.commit().await?;
    store::migrate(database).await?;
    if let (Some(credentials), Some(folder)) = (&head.credentials, data.folder()) {
        credentials.write(&folder.join(credentials::FILE))?;
    }
    Ok(contents)
}

struct Lines {
    path: PathBuf,
    lines: std::io::Lines<BufReader<File>>,
}

impl Lines {
    fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|source| Error::File { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), lines: BufReader::new(file).lines() })
    }

    fn next<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, Error> {
        let Some(line) = self.lines.next() else { return Err(self.bad("it ends early")) };
        let line = line.map_err(|source| Error::File { path: self.path.clone(), source })?;
        serde_json::from_str(&line).map_err(|_| self.bad("a line cannot be read"))
    }

    fn bad(&self, why: &str) -> Error {
        Error::Backup { path: self.path.clone(), why: format!("it is no whole backup of a UEM: {why}") }
    }
}
