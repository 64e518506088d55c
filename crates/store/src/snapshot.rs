//! Everything that a database holds at one moment, table by table, while others go on writing; and the way back into
//! an empty one, of either engine.

use sqlx::{ConnectOptions as _, Postgres, SqliteConnection};

use crate::{
    Database, Engine, Error, Row, Transaction, Value, args,
    connections::rows,
    database::{Inner, postgres_query},
};

/// Rows that are read in one go.
const ROWS: usize = 2_000;

/// Our own records of what ran; whoever restores runs it again.
const OWN: &str = "muster_migrations";

/// A look at the database that does not change while it is open.
pub struct Snapshot {
    line: Line,
    /// Of the table that is being read: its name, and for SQLite the last row that was read.
    reading: Option<(String, i64)>,
}

enum Line {
    Sqlite(SqliteConnection),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("reading", &self.reading).finish_non_exhaustive()
    }
}

impl Database {
    /// Looks at the database as it is now. A database in memory has no second connection, so there is none of it.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        let failed = |source| Error::statement("begin", source);
        let line = match self.inner() {
            Inner::Sqlite { readers, .. } => {
                let mut connection = readers.options().connect().await.map_err(failed)?;
                sqlx::raw_sql("begin").execute(&mut connection).await.map_err(failed)?;
                Line::Sqlite(connection)
            }
            Inner::Inline(_) => return Err(failed(sqlx::Error::PoolClosed)),
            Inner::Postgres(pool) => {
                let mut transaction = pool.begin().await.map_err(failed)?;
                let steady = "set transaction isolation level repeatable read, read only";
                sqlx::raw_sql(steady).execute(&mut *transaction).await.map_err(failed)?;
                Line::Postgres(transaction)
            }
        };
        Ok(Snapshot { line, reading: None })
    }

    /// The names of all tables, but for the record of what migrations ran.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub async fn tables(&self) -> Result<Vec<String>, Error> {
        names(self.fetch(tables_text(self.engine()), args![]).await?)
    }
}

fn tables_text(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name"
        }
        Engine::Postgres => {
            "select table_name::text as name from information_schema.tables \
             where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1"
        }
    }
}

fn names(rows: Vec<Row>) -> Result<Vec<String>, Error> {
    let names = rows.iter().map(|row| row.get("name")).collect::<Result<Vec<String>, Error>>()?;
    Ok(names.into_iter().filter(|name| name != OWN).collect())
}

impl Snapshot {
    fn engine(&self) -> Engine {
        match self.line {
            Line::Sqlite(_) => Engine::Sqlite,
            Line::Postgres(_) => Engine::Postgres,
        }
    }

    async fn fetch(&mut self, sql: String, args: Vec<Value>) -> Result<Vec<Row>, Error> {
        let answer = match &mut self.line {
            Line::Sqlite(connection) => rows(connection, sql.clone().into(), args).await,
            Line::Postgres(transaction) => postgres_query(sql.clone().into(), args)
                .fetch_all(&mut **transaction)
                .await
                .and_then(|rows| Row::from_postgres(&rows)),
        };
        answer.map_err(|source| Error::statement(&sql, source))
    }

    /// The names of all tables, but for the record of what migrations ran.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub async fn tables(&mut self) -> Result<Vec<String>, Error> {
        let text = tables_text(self.engine());
        names(self.fetch(text.to_owned(), args![]).await?)
    }

    /// The migrations of a room that had run, in their order.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub async fn migrations(&mut self, room: &str) -> Result<Vec<String>, Error> {
        let sql = format!("select name from {OWN} where room = $1 order by position");
        self.fetch(sql, args![room]).await?.iter().map(|row| row.get("name")).collect()
    }

    /// The next rows of a table, from its first on; none at its end. Another table may be read after that.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub async fn read(&mut self, table: &str) -> Result<Vec<Vec<Value>>, Error> {
        let begins = self.reading.as_ref().is_none_or(|(name, _)| name != table);
        let last = match &self.reading {
            Some((name, last)) if name == table => *last,
            _ => i64::MIN,
        };
        let mut rows = match self.engine() {
            Engine::Sqlite => {
                let columns = self.columns(table).await?.join(", ");
                let sql = format!(
                    "select {columns}, rowid as muster_row from {table} where rowid > $1 order by rowid limit {ROWS}"
                );
                self.fetch(sql, args![last]).await?
            }
            Engine::Postgres => {
                // A cursor of another name for each table: a statement that is known keeps its columns.
                if begins {
                    self.fetch(format!("declare rows_of_{table} no scroll cursor for select * from {table}"), args![])
                        .await?;
                }
                self.fetch(format!("fetch forward {ROWS} from rows_of_{table}"), args![]).await?
            }
        };
        if rows.is_empty() {
            self.reading = None;
            if self.engine() == Engine::Postgres {
                self.fetch(format!("close rows_of_{table}"), args![]).await?;
            }
            return Ok(Vec::new());
        }
        let last = match (self.engine(), rows.last()) {
            (Engine::Sqlite, Some(row)) => row.get("muster_row")?,
            _ => i64::MIN,
        };
        self.reading = Some((table.to_owned(), last));
        let sqlite = self.engine() == Engine::Sqlite;
        Ok(rows
            .drain(..)
            .map(|row| {
                let mut values = row.into_values();
                values.truncate(values.len() - usize::from(sqlite));
                values
            })
            .collect())
    }

    /// The columns of a table, in its order.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub async fn columns(&mut self, table: &str) -> Result<Vec<String>, Error> {
        let sql = columns_text(self.engine());
        self.fetch(sql.to_owned(), args![table]).await?.iter().map(|row| row.get("name")).collect()
    }
}

fn columns_text(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "select name, type from pragma_table_info($1) order by cid",
        Engine::Postgres => {
            "select column_name::text as name, data_type::text as type from information_schema.columns \
             where table_schema = current_schema() and table_name = $1 order by ordinal_position"
        }
    }
}

impl Transaction {
    /// Puts rows into a table as a [`Snapshot`] read them; a null becomes one of its column's type.
    ///
    /// # Errors
    /// As [`Transaction::insert`].
    pub async fn put_back(&mut self, table: &str, columns: &[String], rows: Vec<Vec<Value>>) -> Result<(), Error> {
        let found = self.fetch(columns_text(self.engine()), args![table]).await?;
        let mut nulls = Vec::new();
        for column in columns {
            let kind = found.iter().find(|row| row.get::<String>("name").is_ok_and(|name| name == *column));
            let kind: String = kind.map(|row| row.get("type")).transpose()?.unwrap_or_default();
            nulls.push(match kind.to_lowercase().as_str() {
                "bigint" | "integer" | "boolean" => Value::Integer(None),
                "double precision" | "real" => Value::Real(None),
                "bytea" | "blob" => Value::Bytes(None),
                _ => Value::Text(None),
            });
        }
        let typed = |row: Vec<Value>| {
            let values = row.into_iter().zip(&nulls);
            values.map(|(value, null)| if value.is_null() { null.clone() } else { value }).collect()
        };
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        self.insert(table, &columns, rows.into_iter().map(typed).collect()).await
    }
}
