//! Where a story takes place: an empty database of each engine, kept until the story ends.

use std::io::{self, Write as _};

use muster_store::{Database, Options, testing::Postgres};
use tempfile::TempDir;

/// An empty database, and what keeps it alive.
pub(crate) struct Place {
    pub(crate) url: String,
    inline: bool,
    _folder: Option<TempDir>,
}

impl Place {
    pub(crate) fn memory() -> Self {
        Self { url: "sqlite::memory:".to_owned(), inline: false, _folder: None }
    }

    /// In memory, in the thread that asks.
    pub(crate) fn inline() -> Self {
        Self { inline: true, ..Self::memory() }
    }

    pub(crate) fn file() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { url: format!("sqlite:{}/state.db", folder.path().display()), inline: false, _folder: Some(folder) }
    }

    /// `None` where PostgreSQL is not installed; the story is then told to have been skipped.
    pub(crate) async fn postgres(story: &str) -> Option<Self> {
        let Some(server) = Postgres::shared().expect("an installed PostgreSQL starts") else {
            skipped(story, "no PostgreSQL (initdb, postgres) on the path or under /usr/lib/postgresql");
            return None;
        };
        let url = server.database().await.expect("an empty database");
        Some(Self { url, inline: false, _folder: None })
    }

    /// Another empty database of the same engine.
    pub(crate) async fn beside(place: &Self) -> Self {
        if place.url.starts_with("postgres") {
            Self::postgres("beside").await.expect("there was one")
        } else {
            Self::file()
        }
    }

    pub(crate) async fn open(&self) -> Database {
        Database::open(&self.url, Options { inline: self.inline, ..Options::default() }).await.expect("opens")
    }
}

/// Written past the capture of the test harness: a skipped story must be seen.
pub(crate) fn skipped(story: &str, why: &str) {
    let _ = writeln!(io::stderr(), "skipped: {story}: {why}");
}

/// Tells each story to each engine.
macro_rules! stories {
    ($($story:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $story() {
                super::$story(&crate::places::Place::memory()).await;
            })+
        }
        mod inline {
            $(#[tokio::test] async fn $story() {
                super::$story(&crate::places::Place::inline()).await;
            })+
        }
        mod file {
            $(#[tokio::test] async fn $story() {
                super::$story(&crate::places::Place::file()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test] async fn $story() {
                if let Some(place) = crate::places::Place::postgres(concat!(module_path!(), "::", stringify!($story))).await {
                    super::$story(&place).await;
                }
            })+
        }
    };
}
pub(crate) use stories;

/// Runs futures side by side on one task, each polled in turn, until all have ended.
pub(crate) async fn together(futures: impl IntoIterator<Item = impl Future<Output = ()>>) {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
