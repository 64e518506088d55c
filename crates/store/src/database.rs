//! One database of either kind, behind the same few calls.
//!
//! SQLite has one connection that writes and several that read, so that no statement ever meets another writer of
//! this process. In memory there is a single connection for both. What a statement does decides which it gets.

use std::{borrow::Cow, sync::Arc};

use sqlx::{
    Arguments, AssertSqlSafe, Encode, PgPool, Postgres, Sqlite, Type, postgres::PgArguments, query::Query,
    sqlite::SqliteArguments,
};

use crate::parameters::nameless;
use crate::{
    Changes, Error, Migration, Row, Transaction, Value, at_once,
    connections::{Connections, rows, touched},
    error::shorten,
    group::{Group, Source},
    inline::Inline,
    open,
};

/// The text of a statement: a literal, or one that was put together by code (never from input).
pub type Sql = Cow<'static, str>;

/// A statement with the values of its parameters.
pub type Statement = (Sql, Vec<Value>);

/// Which engine a database runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// How a database is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// A commit has reached the disk when it returns. Without it the last commits may be lost at a power failure,
    /// but never part of one.
    pub durable: bool,
    /// Connections for reading.
    pub readers: u32,
    /// Changes of this process follow one another, and those that come together share a commit: durable and fast,
    /// for a process that has the database to itself. (In memory there is nothing to wait for, and no groups.)
    pub grouped: bool,
    /// Pages (of 4 KiB) that SQLite gathers in its log before it folds them into the file: a page that changes again and
    /// again is then written there once.
    pub log_pages: u32,
    /// Megabytes of pages that SQLite's writer keeps in memory, instead of its usual two.
    pub cache_mb: u32,
    /// In memory only: each statement is carried out in the thread that asks, before anything else runs there. For
    /// simulations, in which nothing may be left to the operating system.
    pub inline: bool,
    /// Tables whose changes are counted, where the engine runs inside of this process and nobody else writes.
    pub watched: &'static [&'static str],
}

impl Default for Options {
    fn default() -> Self {
        Self { durable: true, readers: 4, grouped: false, log_pages: 1_000, cache_mb: 2, inline: false, watched: &[] }
    }
}

/// An open database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Database {
    inner: Inner,
    group: Option<Group>,
    changes: Option<Changes>,
}

#[derive(Debug, Clone)]
pub(crate) enum Inner {
    Sqlite { writer: Connections, readers: Connections, in_memory: bool },
    Inline(Inline),
    Postgres(PgPool),
}

impl Database {
    /// Opens the database at `url`: `sqlite:FILE` (made with its folder, for its owner only, if missing), `sqlite::memory:` or
    /// `postgres://…`.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Open`], [`Error::Foreign`] or [`Error::OldSqlite`].
    pub async fn open(url: &str, options: Options) -> Result<Self, Error> {
        let inner = match open::address(url)? {
            open::Address::Memory if options.inline => Inner::Inline(open::sqlite_inline(options)?),
            open::Address::Memory => {
                let writer = open::sqlite_memory(options).await?;
                Inner::Sqlite { readers: writer.clone(), writer, in_memory: true }
            }
            open::Address::File(path) => {
                let (writer, readers) = open::sqlite_file(&path, options).await?;
                Inner::Sqlite { writer, readers, in_memory: false }
            }
            open::Address::Postgres(connect) => Inner::Postgres(open::postgres(*connect, options).await?),
        };
        let source = match &inner {
            Inner::Sqlite { writer, in_memory: false, .. } => Some(Source::Sqlite(writer.clone())),
            Inner::Sqlite { .. } | Inner::Inline(_) => None,
            Inner::Postgres(pool) => Some(Source::Postgres(pool.clone())),
        };
        let group = source.filter(|_| options.grouped).map(Group::new);
        let changes = match &inner {
            Inner::Sqlite { writer, .. } if !options.watched.is_empty() => Some(writer.changes().clone()),
            Inner::Inline(inline) if !options.watched.is_empty() => Some(inline.changes().clone()),
            _ => None,
        };
        Ok(Self { inner, group, changes })
    }

    /// The count of changes of the watched tables; `None` on PostgreSQL, where others may write.
    #[must_use]
    pub fn changes(&self) -> Option<&Changes> {
        self.changes.as_ref()
    }

    /// Whether changes of this process follow one another by themselves.
    #[must_use]
    pub fn is_grouped(&self) -> bool {
        self.group.is_some()
    }

    /// Whether statements are carried out in the thread that asks.
    #[must_use]
    pub fn is_inline(&self) -> bool {
        matches!(self.inner, Inner::Inline(_))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite { .. } | Inner::Inline(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Applies what is missing of a room's list, all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Newer`] and [`Error::Changed`] when the database knows another list, [`Error::Migration`].
    pub async fn migrate(&self, room: &str, migrations: &[Migration]) -> Result<(), Error> {
        crate::migrate::migrate(self, room, migrations).await
    }

    /// All rows of an answer.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub async fn fetch(&self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Vec<Row>, Error> {
        let sql = sql.into();
        if self.group.is_some() && !only_reads(&sql) {
            let mut transaction = self.begin().await?;
            let rows = transaction.fetch(sql, args).await?;
            transaction.commit().await?;
            return Ok(rows);
        }
        let answer = match &self.inner {
            Inner::Sqlite { readers, .. } if only_reads(&sql) => readers.fetch(sql.clone(), args).await,
            Inner::Sqlite { writer, .. } => writer.change(async |line| rows(line, sql.clone(), args).await).await,
            Inner::Inline(inline) => inline.turn().await.run(async |line| rows(line, sql.clone(), args).await),
            Inner::Postgres(pool) => {
                postgres_query(sql.clone(), args).fetch_all(pool).await.and_then(|rows| Row::from_postgres(&rows))
            }
        };
        answer.map_err(|source| Error::statement(&sql, source))
    }

    /// The same by the connection that writes, which is open anyway: a reader costs a short command a millisecond.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub async fn fetch_with_writer(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, Error> {
        let Inner::Sqlite { writer, .. } = &self.inner else { return self.fetch(sql, args).await };
        writer.fetch(sql.into(), args).await.map_err(|source| Error::statement(sql, source))
    }

    /// The first row of an answer, if there is one.
    ///
    /// # Errors
    /// As [`Database::fetch`].
    pub async fn fetch_optional(&self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Option<Row>, Error> {
        Ok(self.fetch(sql, args).await?.into_iter().next())
    }

    /// The first row of an answer that must have one.
    ///
    /// # Errors
    /// As [`Database::fetch`], and [`Error::NoRow`].
    pub async fn fetch_one(&self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Row, Error> {
        let sql = sql.into();
        let row = self.fetch_optional(sql.clone(), args).await?;
        row.ok_or_else(|| Error::NoRow { sql: shorten(&sql) })
    }

    /// Carries one statement out by itself and tells how many rows it touched.
    ///
    /// # Errors
    /// As [`Database::fetch`].
    pub async fn execute(&self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<u64, Error> {
        let sql = sql.into();
        if self.group.is_some() {
            let mut transaction = self.begin().await?;
            let rows = transaction.execute(sql, args).await?;
            transaction.commit().await?;
            return Ok(rows);
        }
        let answer = match &self.inner {
            Inner::Sqlite { writer, .. } => writer.change(async |line| touched(line, sql.clone(), args).await).await,
            Inner::Inline(inline) => inline.turn().await.run(async |line| touched(line, sql.clone(), args).await),
            Inner::Postgres(pool) => {
                postgres_query(sql.clone(), args).execute(pool).await.map(|done| done.rows_affected())
            }
        };
        answer.map_err(|source| Error::statement(&sql, source))
    }

    /// Begins the write transaction. On SQLite it takes the one writer and the write lock at once, so that it never
    /// fails half way for a lock. In memory nothing else can be read until it ends.
    ///
    /// # Errors
    /// [`Error::Statement`], of kind `Locked` when another writer holds on for too long.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        if let Some(group) = &self.group {
            return group.begin().await.map(Transaction::grouped);
        }
        match &self.inner {
            Inner::Sqlite { writer, .. } => at_once::begin_with(writer, Vec::new()).await.map(|(begun, _)| begun),
            Inner::Inline(inline) => Transaction::begin_inline(inline.turn().await),
            Inner::Postgres(pool) => {
                let begun = pool.begin().await.map_err(|source| Error::statement("begin", source))?;
                Ok(Transaction::postgres(begun))
            }
        }
    }

    /// For a process that ends with it: a log that is still short is left to whoever opens the database next, and nothing
    /// is waited for. After it, no clone can be used.
    pub async fn leave(self) {
        match &self.inner {
            Inner::Sqlite { writer, .. } if writer.log().is_some_and(|log| !log.is_long()) => {
                // Dropped, it would be folded together while the process ends, which then waits for the disk.
                std::mem::forget(self);
            }
            _ => self.close().await,
        }
    }

    /// Closes all connections; the last one of a SQLite file folds its log into it.
    pub async fn close(&self) {
        match &self.inner {
            Inner::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            // It is gone with the last of those who have it.
            Inner::Inline(_) => {}
            Inner::Postgres(pool) => pool.close().await,
        }
    }
}

/// Whether a statement leaves the database as it is, judged by its words; in doubt it does not.
fn only_reads(sql: &str) -> bool {
    let mut words = sql
        .lines()
        .map(|line| line.split_once("--").map_or(line, |(code, _)| code))
        .flat_map(|line| line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')))
        .filter(|word| !word.is_empty());
    match words.next() {
        Some(first) if first.eq_ignore_ascii_case("select") || first.eq_ignore_ascii_case("values") => true,
        Some(first) if first.eq_ignore_ascii_case("with") => {
            !words.any(|word| ["insert", "update", "delete", "replace"].iter().any(|w| word.eq_ignore_ascii_case(w)))
        }
        _ => false,
    }
}

pub(crate) fn sqlite_query(sql: Sql, args: Vec<Value>) -> Query<'static, Sqlite, SqliteArguments> {
    let (sql, args) = nameless(sql, args);
    sqlx::query_with(AssertSqlSafe(sql), encoded(args))
}

pub(crate) fn postgres_query(sql: Sql, args: Vec<Value>) -> Query<'static, Postgres, PgArguments> {
    sqlx::query_with(AssertSqlSafe(sql), encoded(args))
}

/// The parameters as an engine takes them: with one place for all, because there may be thousands.
fn encoded<A: Arguments + Default>(values: Vec<Value>) -> A
where
    Option<i64>: Encode<'static, A::Database> + Type<A::Database>,
    Option<f64>: Encode<'static, A::Database> + Type<A::Database>,
    Option<Arc<str>>: Encode<'static, A::Database> + Type<A::Database>,
    Option<Vec<u8>>: Encode<'static, A::Database> + Type<A::Database>,
{
    let mut arguments = A::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        let added = match value {
            Value::Integer(value) => arguments.add(value),
            Value::Real(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        };
        // SQLite takes everything; PostgreSQL refuses a text of 2 GiB, and then the statement for want of a value.
        debug_assert!(added.is_ok(), "{added:?}");
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_surely_reads_goes_to_a_reader() {
        assert!(only_reads("select 1"));
        assert!(only_reads("  -- why\n SELECT a from t"));
        assert!(only_reads("with x as (select 1) select * from x"));
        assert!(!only_reads("with x as (select 1) insert into t select * from x"));
        assert!(!only_reads("insert into t values (1) returning a"));
        assert!(!only_reads("update t set a = 1 returning a"));
        assert!(!only_reads("pragma user_version"));
        assert!(!only_reads(""));
    }
}
