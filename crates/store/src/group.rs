//! Group commit: changes that come at the same time share one commit, and so one wait for the disk.
//!
//! A durable commit costs a trip to the disk, and an engine makes one trip after the other. Here the changes of a
//! process follow one another on one connection inside *one* transaction of the engine, each behind a savepoint of
//! its own, and none is acknowledged before that transaction is committed. Whoever is first in a group sends the
//! commit off: it queues for the connection like everybody else, so it comes right after those who were waiting
//! already, and they are the group. Alone, a change is committed at once; in a crowd, a trip carries the crowd.
//!
//! A change that is given up (an error, a caller who went away) is undone alone, back to its savepoint.

use std::sync::Arc;

use sqlx::{PgPool, Postgres, pool::PoolConnection};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use crate::{
    Engine, Error, Kind,
    connections::{Connection, Connections},
    error::kind_of,
};

/// Where the connection of a group comes from and goes back to.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Sqlite(Connections),
    Postgres(PgPool),
}

/// The connection that a group's changes share.
#[derive(Debug)]
pub(crate) enum Line {
    Sqlite(Connection),
    Postgres(PoolConnection<Postgres>),
}

/// Changes of a process that follow one another. Clones are the same queue.
#[derive(Debug, Clone)]
pub(crate) struct Group(Arc<Mutex<State>>);

#[derive(Debug)]
pub(crate) struct State {
    source: Source,
    /// Present while the engine has a transaction of ours open.
    line: Option<Line>,
    /// Whether there is a change behind the savepoint that has not ended.
    occupied: bool,
    /// Those who wait for the commit.
    waiting: Vec<oneshot::Sender<Result<(), Lost>>>,
}

/// Why a group's commit failed. Everybody in it gets told.
#[derive(Debug, Clone)]
struct Lost {
    kind: Kind,
    why: Arc<str>,
}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Self {
        Self::Statement { sql: "commit".to_owned(), kind: lost.kind, source: lost.why.to_string().into() }
    }
}

impl Group {
    pub(crate) fn new(source: Source) -> Self {
        let state = State { source, line: None, occupied: false, waiting: Vec::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Waits for its turn and begins a change.
    pub(crate) async fn begin(&self) -> Result<Turn, Error> {
        let state = Arc::clone(&self.0).lock_owned().await;
        // From here on, somebody who goes away is cleaned up after.
        let mut turn = Turn { state: Some(state), group: self.clone() };
        if let Some(state) = &mut turn.state {
            state.enter().await?;
        }
        Ok(turn)
    }

    /// Commits what waits, after those who are in the queue before it. It is a task of its own, because whoever
    /// started it may go away, and others wait for it by then.
    fn commit_soon(&self) {
        let group = Arc::clone(&self.0);
        tokio::spawn(async move {
            group.lock_owned().await.commit().await;
        });
    }
}

impl State {
    /// Opens the engine's transaction if there is none, and sets a savepoint.
    async fn enter(&mut self) -> Result<(), Error> {
        let failed = |source| Error::statement("begin", source);
        if self.line.is_none() {
            let line = match &self.source {
                Source::Sqlite(connections) => Line::Sqlite(connections.take().await.map_err(failed)?),
                Source::Postgres(pool) => Line::Postgres(pool.acquire().await.map_err(failed)?),
            };
            // Until this has succeeded there is no group; dropped on the way, the connection is not used again.
            let mut line = Opening(Some(line));
            if let Some(Line::Sqlite(connection)) = &mut line.0 {
                connection.begins().await.map_err(failed)?;
            }
            line.run(match self.source {
                Source::Sqlite(_) => "begin immediate; savepoint change",
                Source::Postgres(_) => "begin; savepoint change",
            })
            .await
            .map_err(failed)?;
            self.line = line.0.take();
            self.occupied = true;
            return Ok(());
        }
        self.occupied = true;
        let Some(line) = &mut self.line else { return Ok(()) };
        // The savepoint of the change before is let go only now: together with the next it costs one trip.
        match line.run("release savepoint change; savepoint change").await {
            Ok(()) => Ok(()),
            Err(source) => {
                let lost = Lost { kind: kind_of(&source), why: source.to_string().into() };
                self.lose(lost).await;
                Err(failed(source))
            }
        }
    }

    /// A change ended without a commit: it alone is undone.
    async fn undo_what_was_given_up(&mut self) {
        if !std::mem::take(&mut self.occupied) {
            return;
        }
        if let Some(line) = &mut self.line
            && let Err(source) = line.run("rollback to savepoint change").await
        {
            // The engine has undone the whole transaction by itself, as SQLite does when the disk is full.
            self.lose(Lost { kind: kind_of(&source), why: source.to_string().into() }).await;
        }
        if self.waiting.is_empty() {
            // Nothing was in it.
            let _ = self.end("rollback").await;
        }
    }

    async fn commit(&mut self) {
        let outcome = match self.line {
            Some(_) => self.end("commit").await,
            // Whoever was to tell them went away half way.
            None => Err(Lost { kind: Kind::Other, why: "the group of changes was lost".into() }),
        };
        for waiting in self.waiting.drain(..) {
            // One who went away is not told.
            let _ = waiting.send(outcome.clone());
        }
    }

    async fn lose(&mut self, lost: Lost) {
        self.occupied = false;
        // The transaction is gone or broken: there is nothing more to be learnt from how it ends.
        let _ = self.end("rollback").await;
        for waiting in self.waiting.drain(..) {
            let _ = waiting.send(Err(lost.clone()));
        }
    }

    /// Ends the engine's transaction and gives its connection back.
    async fn end(&mut self, how: &'static str) -> Result<(), Lost> {
        let Some(mut line) = self.line.take() else { return Ok(()) };
        let ended = line.run(how).await;
        if let Line::Sqlite(connection) = &mut line {
            connection.ended(&ended).await;
        }
        ended.map_err(|source| {
            if let Line::Postgres(connection) = line {
                // It may be in the middle of anything.
                drop(connection.detach());
            }
            Lost { kind: kind_of(&source), why: source.to_string().into() }
        })
    }
}

impl Line {
    async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => sqlx::raw_sql(sql).execute(connection.line()?).await.map(drop),
            Self::Postgres(connection) => sqlx::raw_sql(sql).execute(&mut **connection).await.map(drop),
        }
    }
}

/// A connection on which a transaction is being opened.
struct Opening(Option<Line>);

impl Opening {
    async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        match &mut self.0 {
            Some(line) => line.run(sql).await,
            None => Ok(()),
        }
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        // SQLite's goes back to the others, and what was left open on it is rolled back.
        if let Some(Line::Postgres(connection)) = self.0.take() {
            drop(connection.detach());
        }
    }
}

/// The turn of one change. Dropped, the change is undone.
pub(crate) struct Turn {
    /// Present until the turn ends.
    state: Option<OwnedMutexGuard<State>>,
    group: Group,
}

impl Turn {
    pub(crate) fn engine(&self) -> Engine {
        match self.state.as_ref().map(|state| &state.source) {
            Some(Source::Postgres(_)) => Engine::Postgres,
            _ => Engine::Sqlite,
        }
    }

    /// The connection, for the change's statements. It is gone when the group was lost.
    pub(crate) fn line(&mut self) -> Result<&mut Line, sqlx::Error> {
        self.state.as_mut().and_then(|state| state.line.as_mut()).ok_or(sqlx::Error::PoolClosed)
    }

    /// Ends the turn and waits until the change has reached the disk with its group.
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        let Some(mut state) = self.state.take() else { return Ok(()) };
        let (tell, told) = oneshot::channel();
        state.occupied = false;
        state.waiting.push(tell);
        let first = state.waiting.len() == 1;
        drop(state);
        if first {
            self.group.commit_soon();
        }
        match told.await {
            Ok(outcome) => outcome.map_err(Error::from),
            Err(_) => Err(Lost { kind: Kind::Other, why: "the program ends".into() }.into()),
        }
    }

    /// Undoes the change, and waits until that is done.
    pub(crate) async fn rollback(mut self) {
        if let Some(mut state) = self.state.take() {
            // A task of its own ends, also when this one does not.
            let undone = tokio::spawn(async move { state.undo_what_was_given_up().await });
            let _ = undone.await;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // A task of its own undoes it, and has the connection until then.
        if let (Some(mut state), Ok(runtime)) = (self.state.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { state.undo_what_was_given_up().await });
        }
    }
}
