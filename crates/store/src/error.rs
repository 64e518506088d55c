//! What can go wrong with stored state, by what the caller can do about it. Reading engine codes happens here only.

use std::{io, path::PathBuf};

/// What an [`Error`] means to a caller that has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Somebody else holds it; trying again later may help.
    Locked,
    /// The disk is full, or a limit on it is reached, or it takes no more for another reason: nothing was written.
    Full,
    /// The disk did not do what it was told: nothing can be said of what was to be written then.
    Faulty,
    /// The place cannot be written to.
    ReadOnly,
    /// Not ours: no database, another program's, or one of a newer muster.
    Foreign,
    /// Ours, and not as it was written.
    Damaged,
    /// A row with this key exists already.
    Unique,
    /// Anything else; often a mistake in a statement.
    Other,
}

/// An error of the store. Its text is its own part only; the cause is its `source`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address names neither engine.
    #[error("{address:?} is no database address: write sqlite:FILE, sqlite::memory: or postgres://…")]
    Address { address: String },
    /// The database could not be opened.
    #[error("cannot open the database {place}{}", explain(*.kind))]
    Open { place: String, kind: Kind, source: Box<dyn std::error::Error + Send + Sync> },
    /// The database is not ours.
    #[error("{place} is not a database of muster: {why}")]
    Foreign { place: String, why: String },
    /// Something that was lasting is not as it was written.
    #[error("{place} is damaged: {why}")]
    Damaged { place: String, why: String },
    /// The database was written by a later version.
    #[error("the database was written by a newer muster: it has the {room} migration {name:?}, unknown here")]
    Newer { room: String, name: String },
    /// A migration that was already applied reads differently now.
    #[error("the {room} migration {name:?} was applied with another text than this muster carries")]
    Changed { room: String, name: String },
    /// A migration failed; none of its list was applied.
    #[error("the {room} migration {name:?} failed{}", explain(*.kind))]
    Migration { room: String, name: String, kind: Kind, source: Box<dyn std::error::Error + Send + Sync> },
    /// A statement failed.
    #[error("a statement failed{}: {sql}", explain(*.kind))]
    Statement { sql: String, kind: Kind, source: Box<dyn std::error::Error + Send + Sync> },
    /// A statement of this transaction failed before; nothing of it will be kept.
    #[error("the transaction has failed already: {sql}")]
    Abandoned { sql: String },
    /// Exactly one row was asked for and there was none.
    #[error("no row found by: {sql}")]
    NoRow { sql: String },
    /// A column is missing or holds something else than was asked for.
    #[error("column {column:?} {why}")]
    Column { column: String, why: String },
    /// Another process has the folder.
    #[error("{} is in use by another muster{}", .folder.display(), holder(*.process))]
    Locked { folder: PathBuf, process: Option<u32> },
    /// A file of the state folder could not be used.
    #[error("cannot use {}", .path.display())]
    Io { path: PathBuf, source: io::Error },
    /// SQLite is older than the version without the known data loss at a log reset.
    #[error("SQLite {found} can damage a database; {needed} or newer is needed")]
    OldSqlite { found: String, needed: &'static str },
}

impl Error {
    /// What this error means to a caller that has to decide.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Open { kind, .. } | Self::Migration { kind, .. } | Self::Statement { kind, .. } => *kind,
            Self::Foreign { .. } | Self::Newer { .. } | Self::Changed { .. } => Kind::Foreign,
            Self::Damaged { .. } => Kind::Damaged,
            Self::Locked { .. } => Kind::Locked,
            Self::Io { source, .. } => kind_of_io(source),
            Self::Address { .. }
            | Self::Abandoned { .. }
            | Self::NoRow { .. }
            | Self::Column { .. }
            | Self::OldSqlite { .. } => Kind::Other,
        }
    }

    /// What a person can do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Newer { .. } | Self::Changed { .. } => Some("use the muster that wrote it, or another state folder"),
            _ => match self.kind() {
                Kind::Locked => Some("wait until the other muster has ended, or end it"),
                Kind::Full => Some("make room on the disk, then give the same command again: nothing is lost"),
                Kind::Faulty => Some("see what the system says of this disk, then give the same command again"),
                Kind::ReadOnly => Some("check who owns the folder and whether its disk is mounted read-only"),
                Kind::Foreign => Some("name another state folder, or move this file away"),
                Kind::Damaged => Some("keep a copy of it, and restore it from a backup"),
                Kind::Unique | Kind::Other => None,
            },
        }
    }

    pub(crate) fn statement(sql: &str, source: sqlx::Error) -> Self {
        Self::Statement { sql: shorten(sql), kind: kind_of(&source), source: Box::new(source) }
    }
}

/// Recognises the kind by the engine's own code.
pub(crate) fn kind_of(error: &sqlx::Error) -> Kind {
    match error {
        sqlx::Error::PoolTimedOut => Kind::Locked,
        sqlx::Error::Io(io) => kind_of_io(io),
        sqlx::Error::Database(database) => match database.code() {
            Some(code) => kind_of_code(&code),
            None => Kind::Other,
        },
        _ => Kind::Other,
    }
}

/// SQLite answers with its extended result code in decimal, PostgreSQL with a five-character SQLSTATE.
fn kind_of_code(code: &str) -> Kind {
    match code {
        "23505" => return Kind::Unique,
        "53100" => return Kind::Full,
        "25006" => return Kind::ReadOnly,
        "55P03" | "40P01" | "40001" | "53300" => return Kind::Locked,
        _ if code.len() == 5 => return Kind::Other,
        _ => {}
    }
    let Ok(code) = code.parse::<i32>() else { return Kind::Other };
    match code {
        libsqlite3_sys::SQLITE_CONSTRAINT_UNIQUE | libsqlite3_sys::SQLITE_CONSTRAINT_PRIMARYKEY => Kind::Unique,
        // SQLITE_FULL stands for ENOSPC only. A quota or a limit on file size comes as a failed write, and the
        // shared-memory file beside the log reports every failure to grow in its own way.
        libsqlite3_sys::SQLITE_IOERR_WRITE | libsqlite3_sys::SQLITE_IOERR_SHMSIZE => Kind::Full,
        _ => match code & 0xff {
            libsqlite3_sys::SQLITE_BUSY | libsqlite3_sys::SQLITE_LOCKED => Kind::Locked,
            libsqlite3_sys::SQLITE_FULL => Kind::Full,
            libsqlite3_sys::SQLITE_IOERR => Kind::Faulty,
            libsqlite3_sys::SQLITE_READONLY | libsqlite3_sys::SQLITE_PERM => Kind::ReadOnly,
            libsqlite3_sys::SQLITE_NOTADB => Kind::Foreign,
            libsqlite3_sys::SQLITE_CORRUPT => Kind::Damaged,
            _ => Kind::Other,
        },
    }
}

fn kind_of_io(error: &io::Error) -> Kind {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Kind::Full,
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Kind::ReadOnly,
        io::ErrorKind::WouldBlock => Kind::Locked,
        _ => Kind::Other,
    }
}

fn explain(kind: Kind) -> &'static str {
    match kind {
        Kind::Locked => ": it is in use elsewhere",
        Kind::Full => ": the disk is full, or takes no more",
        Kind::Faulty => ": the disk fails",
        Kind::ReadOnly => ": it cannot be written to",
        Kind::Foreign => ": it is no database, or a damaged one",
        Kind::Damaged => ": it is damaged",
        Kind::Unique => ": such a row exists already",
        Kind::Other => "",
    }
}

fn holder(process: Option<u32>) -> String {
    process.map(|id| format!(" (process {id})")).unwrap_or_default()
}

/// One line of at most 160 characters: statements are laid out over many lines and bulk inserts run to megabytes.
pub(crate) fn shorten(sql: &str) -> String {
    let mut line = String::new();
    for word in sql.split_whitespace() {
        if line.chars().count() + word.chars().count() > 160 {
            line.push_str(" …");
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_codes_tell_the_kind() {
        let kind = kind_of_code;
        assert_eq!(kind("13"), Kind::Full);
        assert_eq!(kind("53100"), Kind::Full);
        assert_eq!(kind("1034"), Kind::Faulty); // fsync
        assert_eq!(kind("5"), Kind::Locked);
        assert_eq!(kind("517"), Kind::Locked); // busy, snapshot
        assert_eq!(kind("8"), Kind::ReadOnly);
        assert_eq!(kind("1544"), Kind::ReadOnly); // read-only, directory
        assert_eq!(kind("26"), Kind::Foreign);
        assert_eq!(kind("11"), Kind::Damaged);
        assert_eq!(kind("779"), Kind::Damaged); // an index that does not fit its table
        assert_eq!(kind("2067"), Kind::Unique);
        assert_eq!(kind("1555"), Kind::Unique);
        assert_eq!(kind("23505"), Kind::Unique);
        assert_eq!(kind("23503"), Kind::Other);
        assert_eq!(kind("1"), Kind::Other);
    }

    #[test]
    fn a_long_statement_is_told_in_one_short_line() {
        assert_eq!(shorten("select  a,\n   b\nfrom t"), "select a, b from t");
        assert!(shorten(&"($1, $2), ".repeat(10_000)).chars().count() < 170);
        assert!(shorten(&"x".repeat(10_000)).chars().count() < 170);
    }
}
