//! A database in memory whose statements are carried out in the thread that asks, before its future goes on: for
//! simulations, in which nothing may depend on when the operating system lets which thread run.
//!
//! The engine still has a thread of its own, and whoever asks stands still until it has answered; so no other task of
//! a runtime with one thread runs meanwhile, and no virtual time passes. Before each statement other tasks get their
//! turn, as they would while a disk is waited for.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use sqlx::{ConnectOptions as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::Changes;

/// The one connection, and whose turn it is. Those who wait get it in the order in which they came.
#[derive(Debug, Clone)]
pub(crate) struct Inline {
    connection: Arc<Mutex<SqliteConnection>>,
    changes: Changes,
}

impl Inline {
    pub(crate) fn open(options: &SqliteConnectOptions, watched: &'static [&'static str]) -> Result<Self, sqlx::Error> {
        let changes = Changes::default();
        let told = changes.clone();
        let connection = carried_out(async move {
            let mut connection = options.connect().await?;
            if !watched.is_empty() {
                connection.lock_handle().await?.set_update_hook(move |touched| {
                    if watched.contains(&touched.table) {
                        told.begun();
                    }
                });
            }
            Ok::<_, sqlx::Error>(connection)
        })?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), changes })
    }

    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Waits for the connection.
    pub(crate) async fn turn(&self) -> Turn {
        tokio::task::yield_now().await;
        let connection = Arc::clone(&self.connection).lock_owned().await;
        Turn { connection, begun: false, changes: self.changes.clone() }
    }
}

/// The connection while somebody has it. Dropped, what was begun and not ended is rolled back.
#[derive(Debug)]
pub(crate) struct Turn {
    connection: OwnedMutexGuard<SqliteConnection>,
    begun: bool,
    changes: Changes,
}

impl Turn {
    /// Carries something out on the connection.
    pub(crate) fn run<T>(&mut self, work: impl AsyncFnOnce(&mut SqliteConnection) -> T) -> T {
        carried_out(work(&mut self.connection))
    }

    pub(crate) fn begin(&mut self) -> Result<(), sqlx::Error> {
        self.run(async |connection| sqlx::query("begin immediate").execute(connection).await)?;
        self.begun = true;
        Ok(())
    }

    pub(crate) fn commit(mut self) -> Result<(), sqlx::Error> {
        self.run(async |connection| sqlx::query("commit").execute(connection).await)?;
        self.begun = false;
        Ok(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.begun {
            // After a failure the engine may have done so by itself.
            let _ = self.run(async |connection| sqlx::query("rollback").execute(connection).await);
        }
        self.changes.ended();
    }
}

/// Wakes a thread that stands still.
struct Standing(Thread);

impl Wake for Standing {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Stands still until it is done.
fn carried_out<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Standing(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
