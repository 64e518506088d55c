//! The write transaction: all of it or nothing. Dropped without a commit, it is rolled back.

use sqlx::{AssertSqlSafe, Postgres, Sqlite};

use crate::{
    Engine, Error, Row, Sql, Value,
    database::{postgres_query, sqlite_query},
};

/// Neither engine takes more parameters in one statement than SQLite does, and larger statements gain nothing.
const PARAMETERS: usize = 32_766;
const ROWS: usize = 1_000;

/// An open write transaction. On SQLite there is one at a time in the whole process.
pub struct Transaction(Inner);

enum Inner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Transaction").field(&self.engine()).finish()
    }
}

impl Transaction {
    pub(crate) fn sqlite(transaction: sqlx::Transaction<'static, Sqlite>) -> Self {
        Self(Inner::Sqlite(transaction))
    }

    pub(crate) fn postgres(transaction: sqlx::Transaction<'static, Postgres>) -> Self {
        Self(Inner::Postgres(transaction))
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.0 {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// All rows of an answer.
    ///
    /// # Errors
    /// [`Error::Statement`]. On PostgreSQL the transaction is of no more use then.
    pub async fn fetch(&mut self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Vec<Row>, Error> {
        let sql = sql.into();
        let rows = match &mut self.0 {
            Inner::Sqlite(transaction) => sqlite_query(sql.clone(), args)
                .fetch_all(&mut **transaction)
                .await
                .and_then(|rows| Row::from_sqlite(&rows)),
            Inner::Postgres(transaction) => postgres_query(sql.clone(), args)
                .fetch_all(&mut **transaction)
                .await
                .and_then(|rows| Row::from_postgres(&rows)),
        };
        rows.map_err(|source| Error::statement(&sql, source))
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
        row.ok_or_else(|| Error::NoRow { sql: crate::error::shorten(&sql) })
    }

    /// Carries a statement out and tells how many rows it touched.
    ///
    /// # Errors
    /// As [`Transaction::fetch`].
    pub async fn execute(&mut self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<u64, Error> {
        let sql = sql.into();
        let rows = match &mut self.0 {
            Inner::Sqlite(transaction) => {
                sqlite_query(sql.clone(), args).execute(&mut **transaction).await.map(|done| done.rows_affected())
            }
            Inner::Postgres(transaction) => {
                postgres_query(sql.clone(), args).execute(&mut **transaction).await.map(|done| done.rows_affected())
            }
        };
        rows.map_err(|source| Error::statement(&sql, source))
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
        let chunk = (PARAMETERS / columns.len().max(1)).clamp(1, ROWS);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let values: Vec<Value> = rows.by_ref().take(chunk).flatten().collect();
            self.execute(insert_text(table, columns, values.len() / columns.len().max(1)), values).await?;
        }
        Ok(())
    }

    /// Several statements without parameters, such as a migration.
    pub(crate) async fn script(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        match &mut self.0 {
            Inner::Sqlite(transaction) => {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut **transaction).await.map(|_| ())
            }
            Inner::Postgres(transaction) => {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut **transaction).await.map(|_| ())
            }
        }
    }

    /// Makes everything lasting.
    ///
    /// # Errors
    /// [`Error::Statement`]: nothing was written.
    pub async fn commit(self) -> Result<(), Error> {
        match self.0 {
            Inner::Sqlite(transaction) => transaction.commit().await,
            Inner::Postgres(transaction) => transaction.commit().await,
        }
        .map_err(|source| Error::statement("commit", source))
    }

    /// Undoes everything, and waits until that is done.
    ///
    /// # Errors
    /// [`Error::Statement`]; the engine undoes it anyway when the connection ends.
    pub async fn rollback(self) -> Result<(), Error> {
        match self.0 {
            Inner::Sqlite(transaction) => transaction.rollback().await,
            Inner::Postgres(transaction) => transaction.rollback().await,
        }
        .map_err(|source| Error::statement("rollback", source))
    }
}

fn insert_text(table: &str, columns: &[&str], rows: usize) -> String {
    use std::fmt::Write as _;
    let mut sql = format!("insert into {table} ({}) values ", columns.join(", "));
    let mut parameter = 0;
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            parameter += 1;
            let comma = if column == 0 { "" } else { ", " };
            let _ = write!(sql, "{comma}${parameter}"); // writing to a String cannot fail
        }
        sql.push(')');
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_a_bulk_insert_are_numbered_through() {
        assert_eq!(insert_text("t", &["a", "b"], 2), "insert into t (a, b) values ($1, $2), ($3, $4)");
    }
}
