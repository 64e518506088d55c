//! The connections of this process to a SQLite database: the one that writes, the few that read, or the single one to a
//! database in memory.
//!
//! Each is a thread that asks SQLite. One that comes back is free at once, for whoever has waited longest. (The pools of
//! sqlx give it back in a task of their own, which first asks its thread whether it is still there: the next change
//! would wait for that longer than for most statements.)

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{ConnectOptions as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError},
    time::timeout,
};

use crate::{Changes, Row, Sql, Value, database::sqlite_query, log::Log};

/// How long a caller waits for a connection of this process.
pub(crate) const ACQUIRE: Duration = Duration::from_secs(60);

/// At most so many connections, each of which is opened when it is first needed. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: SqliteConnectOptions,
    most: u32,
    /// As many permits as there are connections, less those that are taken.
    places: Arc<Semaphore>,
    free: Mutex<Vec<Line>>,
    watched: &'static [&'static str],
    changes: Changes,
    /// Present where changes go through a log first.
    log: Option<Log>,
}

#[derive(Debug)]
struct Line {
    sqlite: SqliteConnection,
    /// Whether a change was begun on it whose end nobody saw.
    left_open: bool,
}

impl Connections {
    pub(crate) fn reading(options: SqliteConnectOptions, most: u32) -> Self {
        Self::new(options, most, None, &[])
    }

    /// One for all changes, which tells what it touches in the watched tables.
    pub(crate) fn writing(options: SqliteConnectOptions, log: Option<Log>, watched: &'static [&'static str]) -> Self {
        Self::new(options, 1, log, watched)
    }

    fn new(options: SqliteConnectOptions, most: u32, log: Option<Log>, watched: &'static [&'static str]) -> Self {
        let places = Arc::new(Semaphore::new(most as usize));
        let (free, changes) = (Mutex::default(), Changes::default());
        Self(Arc::new(Shared { options, most, places, free, watched, changes, log }))
    }

    pub(crate) fn options(&self) -> &SqliteConnectOptions {
        &self.0.options
    }

    /// Told of what is touched, and when a change has ended.
    pub(crate) fn changes(&self) -> &Changes {
        &self.0.changes
    }

    /// The log, where changes go through one.
    pub(crate) fn log(&self) -> Option<&Log> {
        self.0.log.as_ref()
    }

    /// Waits for a connection. What was left open on it is rolled back by then.
    pub(crate) async fn take(&self) -> Result<Connection, sqlx::Error> {
        let places = Arc::clone(&self.0.places);
        let place = match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => place,
            Err(TryAcquireError::Closed) => return Err(sqlx::Error::PoolClosed),
            Err(TryAcquireError::NoPermits) => timeout(ACQUIRE, places.acquire_owned())
                .await
                .map_err(|_| sqlx::Error::PoolTimedOut)?
                .map_err(|_| sqlx::Error::PoolClosed)?,
        };
        let free = self.0.free().pop();
        let line = match free {
            Some(line) => line,
            None => Line { sqlite: self.0.connect().await?, left_open: false },
        };
        let left_open = line.left_open;
        let mut connection = Connection { line: Some(line), of: self.clone(), _place: place };
        if left_open {
            // Where the disk was full, SQLite has done it already and there is nothing to roll back.
            let _ = sqlx::query("rollback").execute(connection.line()?).await;
            connection.end();
        }
        Ok(connection)
    }

    /// All rows of an answer.
    pub(crate) async fn fetch(&self, sql: Sql, args: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        rows(self.take().await?.line()?, sql, args).await
    }

    /// Carries a whole change out.
    pub(crate) async fn change<T>(
        &self,
        change: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        let mut connection = self.take().await?;
        connection.begins().await?;
        let outcome = change(connection.line()?).await;
        connection.ended(&outcome).await;
        outcome
    }

    /// Waits until all connections are back, and closes them. Nobody gets one after that.
    pub(crate) async fn close(&self) {
        if self.0.places.acquire_many(self.0.most).await.is_ok() {
            self.0.places.close();
            let free = std::mem::take(&mut *self.0.free());
            for line in free {
                // It has nothing to write that was acknowledged.
                let _ = sqlx::Connection::close(line.sqlite).await;
            }
        }
    }
}

impl Shared {
    fn free(&self) -> MutexGuard<'_, Vec<Line>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<SqliteConnection, sqlx::Error> {
        let mut line = self.options.connect().await?;
        if !self.watched.is_empty() {
            let (watched, changes) = (self.watched, self.changes.clone());
            line.lock_handle().await?.set_update_hook(move |touched| {
                if watched.contains(&touched.table) {
                    changes.begun();
                }
            });
        }
        Ok(line)
    }
}

/// A connection while somebody has it. Dropped in the middle of a change, that is rolled back.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Present until it is given back.
    line: Option<Line>,
    of: Connections,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    pub(crate) fn line(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.line.as_mut().map(|line| &mut line.sqlite).ok_or(sqlx::Error::PoolClosed)
    }

    /// Before a change: what a failed commit left behind has to be out of the way. From here on it has been begun, until
    /// [`Connection::ended`] says that it is over.
    pub(crate) async fn begins(&mut self) -> Result<(), sqlx::Error> {
        let Some(line) = &mut self.line else { return Ok(()) };
        line.left_open = true;
        match &self.of.0.log {
            Some(log) => log.ready(&mut line.sqlite).await,
            None => Ok(()),
        }
    }

    /// After what ends a change: it is over, unless that has failed.
    pub(crate) async fn ended<T>(&mut self, outcome: &Result<T, sqlx::Error>) {
        match (outcome, &self.of.0.log, &mut self.line) {
            (Ok(_), ..) => self.end(),
            (Err(failure), Some(log), Some(line)) => log.failed(&mut line.sqlite, failure).await,
            _ => {}
        }
    }

    fn end(&mut self) {
        if let Some(line) = &mut self.line {
            line.left_open = false;
        }
        self.of.0.changes.ended();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(line) = self.line.take() else { return };
        let left_open = line.left_open;
        self.of.0.free().push(line);
        // The next one who takes it rolls it back; so that nobody of another process waits for that, one is sent.
        if let (true, Ok(runtime)) = (left_open, Handle::try_current()) {
            let connections = self.of.clone();
            runtime.spawn(async move { connections.take().await.map(drop) });
        }
    }
}

/// All rows of an answer of SQLite.
pub(crate) async fn rows(line: &mut SqliteConnection, sql: Sql, args: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
    sqlite_query(sql, args).fetch_all(line).await.and_then(|rows| Row::from_sqlite(&rows))
}

/// How many rows a statement touched in SQLite.
pub(crate) async fn touched(line: &mut SqliteConnection, sql: Sql, args: Vec<Value>) -> Result<u64, sqlx::Error> {
    Ok(sqlite_query(sql, args).execute(line).await?.rows_affected())
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::args;

    fn memory() -> Connections {
        Connections::writing(SqliteConnectOptions::new().in_memory(true), None, &[])
    }

    #[tokio::test]
    async fn who_waited_longest_is_next_and_closing_waits_for_all() {
        let connections = memory();
        let first = connections.take().await.expect("is free");
        let (mut second, mut third) = (Box::pin(connections.take()), Box::pin(connections.take()));
        assert!(second.as_mut().now_or_never().is_none() && third.as_mut().now_or_never().is_none());
        let mut closing = Box::pin(connections.close());
        assert!(closing.as_mut().now_or_never().is_none());
        drop(first);
        assert!(third.as_mut().now_or_never().is_none());
        let second = second.await.expect("is back");
        drop((second, third));
        closing.await;
        assert!(matches!(connections.take().await, Err(sqlx::Error::PoolClosed)));
    }

    #[tokio::test]
    async fn what_is_cut_off_has_ended_before_anybody_else_begins() {
        let connections = memory();
        let change = |sql: &'static str| connections.change(async move |line| touched(line, sql.into(), args![]).await);
        change("create table rows (row integer)").await.expect("made");
        let cut_off = change(
            "begin; with recursive n (n) as (select 1 union all select n + 1 from n where n < 100000) \
             insert into rows select n from n",
        );
        assert!(Box::pin(cut_off).as_mut().now_or_never().is_none());
        let rows = connections.fetch("select count(*) as n from rows".into(), args![]).await.expect("reads");
        assert_eq!(rows[0].get::<i64>("n").expect("a number"), 0, "it is rolled back");
        change("begin").await.expect("nothing is open");
    }
}
