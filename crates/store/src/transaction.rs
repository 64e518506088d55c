//! The write transaction: all of it or nothing. Dropped without a commit, it is rolled back.

use sqlx::{PgConnection, Postgres, SqliteConnection};

use crate::{
    Engine, Error, ForRows, Row, Sql, Statement, Value,
    at_once::{self, BEGIN, COMMIT},
    connections::{Connection, rows, touched},
    database::postgres_query,
    error::shorten,
    group::{Line, Turn},
    inline,
    parameters::{self, write_rows},
};

/// Larger statements gain nothing.
const ROWS: usize = 1_000;

/// An open write transaction. On SQLite there is one at a time in the whole process.
///
/// After a statement has failed, the transaction can only be rolled back: PostgreSQL demands it, and SQLite may have
/// rolled back by itself, so that a later statement would be carried out outside of any transaction.
///
/// (The transactions of sqlx are not used for SQLite: when it has rolled back by itself, their own rollback fails, they
/// count the transaction as open for ever, and the connection refuses every later one.)
pub struct Transaction {
    inner: Inner,
    failed: bool,
}

enum Inner {
    Sqlite(Connection),
    Inline(inline::Turn),
    Postgres(sqlx::Transaction<'static, Postgres>),
    Grouped(Turn),
}

/// The connection behind a transaction.
enum Open<'a> {
    Sqlite(&'a mut SqliteConnection),
    Inline(&'a mut inline::Turn),
    Postgres(&'a mut PgConnection),
}

impl Inner {
    fn open(&mut self) -> Result<Open<'_>, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(connection) => Open::Sqlite(connection.line()?),
            Self::Inline(turn) => Open::Inline(turn),
            Self::Postgres(transaction) => Open::Postgres(transaction),
            Self::Grouped(turn) => match turn.line()? {
                Line::Sqlite(connection) => Open::Sqlite(connection.line()?),
                Line::Postgres(connection) => Open::Postgres(connection),
            },
        })
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").field("engine", &self.engine()).field("failed", &self.failed).finish()
    }
}

impl Transaction {
    /// Over a connection on which it was begun.
    pub(crate) fn sqlite(connection: Connection) -> Self {
        Self { inner: Inner::Sqlite(connection), failed: false }
    }

    pub(crate) fn begin_inline(mut turn: inline::Turn) -> Result<Self, Error> {
        turn.begin().map_err(|source| Error::statement(BEGIN, source))?;
        Ok(Self { inner: Inner::Inline(turn), failed: false })
    }

    pub(crate) fn postgres(transaction: sqlx::Transaction<'static, Postgres>) -> Self {
        Self { inner: Inner::Postgres(transaction), failed: false }
    }

    pub(crate) fn grouped(turn: Turn) -> Self {
        Self { inner: Inner::Grouped(turn), failed: false }
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match &self.inner {
            Inner::Sqlite(_) | Inner::Inline(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
            Inner::Grouped(turn) => turn.engine(),
        }
    }

    fn usable(&self, sql: &str) -> Result<(), Error> {
        if self.failed { Err(Error::Abandoned { sql: shorten(sql) }) } else { Ok(()) }
    }

    fn settle<T>(&mut self, sql: &str, answer: Result<T, sqlx::Error>) -> Result<T, Error> {
        self.failed = self.failed || answer.is_err();
        answer.map_err(|source| Error::statement(sql, source))
    }

    /// All rows of an answer.
    ///
    /// # Errors
    /// [`Error::Statement`], and [`Error::Abandoned`] ever after.
    pub async fn fetch(&mut self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Vec<Row>, Error> {
        let sql = sql.into();
        self.usable(&sql)?;
        let answer = match self.inner.open() {
            Err(gone) => Err(gone),
            Ok(Open::Sqlite(line)) => rows(line, sql.clone(), args).await,
            Ok(Open::Inline(turn)) => turn.run(async |line| rows(line, sql.clone(), args).await),
            Ok(Open::Postgres(connection)) => {
                postgres_query(sql.clone(), args).fetch_all(connection).await.and_then(|rows| Row::from_postgres(&rows))
            }
        };
        self.settle(&sql, answer)
    }

    /// The first row of an answer, if there is one.
    ///
    /// # Errors
    /// As [`Transaction::fetch`].
    pub async fn fetch_optional(&mut self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Option<Row>, Error> {
        Ok(self.fetch(sql, args).await?.into_iter().next())
    }

    /// The first row of an answer that must have one.
    ///
    /// # Errors
    /// As [`Transaction::fetch`], and [`Error::NoRow`].
    pub async fn fetch_one(&mut self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Row, Error> {
        let sql = sql.into();
        let row = self.fetch_optional(sql.clone(), args).await?;
        row.ok_or_else(|| Error::NoRow { sql: shorten(&sql) })
    }

    /// Carries a statement out and tells how many rows it touched.
    ///
    /// # Errors
    /// As [`Transaction::fetch`].
    pub async fn execute(&mut self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<u64, Error> {
        let sql = sql.into();
        self.usable(&sql)?;
        let rows = match self.inner.open() {
            Err(gone) => Err(gone),
            Ok(Open::Sqlite(line)) => touched(line, sql.clone(), args).await,
            Ok(Open::Inline(turn)) => turn.run(async |line| touched(line, sql.clone(), args).await),
            Ok(Open::Postgres(connection)) => {
                postgres_query(sql.clone(), args).execute(connection).await.map(|done| done.rows_affected())
            }
        };
        self.settle(&sql, rows)
    }

    /// Carries a statement out for many rows, whose values follow one another, and tells how many rows it touched.
    ///
    /// # Errors
    /// As [`Transaction::fetch`].
    pub async fn execute_for(
        &mut self,
        statement: &'static ForRows,
        common: Vec<Value>,
        rows: Vec<Value>,
    ) -> Result<u64, Error> {
        let (mut rows, mut touched) = (rows.into_iter(), 0);
        while rows.len() > 0 {
            let (text, values) = statement.next(self.engine(), &common, &mut rows);
            touched += self.execute(text, values).await?;
        }
        Ok(touched)
    }

    /// Inserts many rows with few statements. Names of table and columns come from code, never from input.
    ///
    /// # Errors
    /// As [`Transaction::fetch`]; [`Error::Column`] when a row has another number of values than there are columns.
    pub async fn insert(&mut self, table: &str, columns: &[&str], rows: Vec<Vec<Value>>) -> Result<(), Error> {
        if let Some(odd) = rows.iter().find(|row| row.len() != columns.len()) {
            let why = format!("of a row for {table} is missing or too much: {} values", odd.len());
            return Err(Error::Column { column: columns.join(", "), why });
        }
        let chunk = (parameters::MOST / columns.len().max(1)).clamp(1, ROWS);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let values: Vec<Value> = rows.by_ref().take(chunk).flatten().collect();
            let rows = values.len() / columns.len().max(1);
            self.execute(insert_text(self.engine(), table, columns, rows), values).await?;
        }
        Ok(())
    }

    /// Several statements without parameters, such as a migration.
    pub(crate) async fn script(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        let answer = match self.inner.open() {
            Err(gone) => Err(gone),
            Ok(Open::Sqlite(connection)) => sqlx::raw_sql(sql).execute(connection).await.map(|_| ()),
            Ok(Open::Inline(turn)) => {
                turn.run(async |connection| sqlx::raw_sql(sql).execute(connection).await).map(|_| ())
            }
            Ok(Open::Postgres(connection)) => sqlx::raw_sql(sql).execute(connection).await.map(|_| ()),
        };
        self.failed = self.failed || answer.is_err();
        answer
    }

    /// Makes everything lasting.
    ///
    /// # Errors
    /// [`Error::Statement`] or [`Error::Abandoned`]: nothing was written.
    pub async fn commit(self) -> Result<(), Error> {
        self.usable(COMMIT)?;
        match self.inner {
            Inner::Sqlite(mut connection) => end(&mut connection, COMMIT).await,
            Inner::Inline(turn) => turn.commit(),
            Inner::Postgres(transaction) => transaction.commit().await,
            Inner::Grouped(turn) => return turn.commit().await,
        }
        .map_err(|source| Error::statement(COMMIT, source))
    }

    /// The same after a few last statements, whose rows nobody asks for.
    ///
    /// # Errors
    /// As [`Transaction::commit`], and [`Error::Column`] if a statement has no value for one of its parameters.
    pub async fn commit_with(mut self, last: Vec<Statement>) -> Result<(), Error> {
        match self.inner {
            Inner::Sqlite(connection) if !self.failed => return at_once::commit_with(connection, last).await,
            _ => {}
        }
        for (sql, args) in last {
            self.execute(sql, args).await?;
        }
        self.commit().await
    }

    /// Undoes everything, and waits until that is done.
    ///
    /// # Errors
    /// [`Error::Statement`]; the engine undoes it anyway when the connection ends.
    pub async fn rollback(self) -> Result<(), Error> {
        const ROLLBACK: &str = "rollback";
        match self.inner {
            // Left open, it is rolled back before anybody else gets the connection; after a failure SQLite may
            // have done so itself, which would make a second attempt an error.
            Inner::Sqlite(_) if self.failed => Ok(()),
            Inner::Sqlite(mut connection) => end(&mut connection, ROLLBACK).await,
            Inner::Inline(turn) => {
                drop(turn);
                Ok(())
            }
            Inner::Postgres(transaction) => transaction.rollback().await,
            Inner::Grouped(turn) => {
                turn.rollback().await;
                Ok(())
            }
        }
        .map_err(|source| Error::statement(ROLLBACK, source))
    }
}

/// Ends what was begun on a connection of SQLite.
async fn end(connection: &mut Connection, how: &'static str) -> Result<(), sqlx::Error> {
    let ended = sqlx::query(how).execute(connection.line()?).await;
    connection.ended(&ended).await;
    ended.map(drop)
}

fn insert_text(engine: Engine, table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = format!("insert into {table} ({}) values ", columns.join(", "));
    write_rows(&mut sql, engine, columns.len(), rows);
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_gets_its_parameters_for_many_rows() {
        let text = |engine| insert_text(engine, "t", &["a", "b"], 2);
        assert_eq!(text(Engine::Postgres), "insert into t (a, b) values ($1, $2), ($3, $4)");
        assert_eq!(text(Engine::Sqlite), "insert into t (a, b) values (?, ?), (?, ?)");
    }
}
