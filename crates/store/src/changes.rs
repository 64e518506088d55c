//! Whether anything has changed in some tables, known without asking the database: for whoever keeps what was read.
//!
//! SQLite's one writer tells every row that it touches, whatever statement or trigger does it. A change that is under
//! way may become visible at any moment, so between its first touch and its end nothing can be said.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Counts the changes of the tables that [`Options::watched`](crate::Options) names. Clones are the same count.
#[derive(Debug, Clone, Default)]
pub struct Changes(Arc<Count>);

#[derive(Debug, Default)]
struct Count {
    number: AtomicU64,
    /// Whether a transaction that touched a table has not ended yet.
    open: AtomicBool,
}

impl Changes {
    /// How many changes there were; `None` while there is one. What is read between two equal answers is the same
    /// as what would be read at any moment between them.
    #[must_use]
    pub fn settled(&self) -> Option<u64> {
        if self.0.open.load(Ordering::SeqCst) {
            return None;
        }
        Some(self.0.number.load(Ordering::SeqCst))
    }

    /// Something has changed that belongs to these tables and is not in the database.
    pub fn note(&self) {
        self.0.number.fetch_add(1, Ordering::SeqCst);
    }

    /// A row was touched.
    pub(crate) fn begun(&self) {
        self.0.open.store(true, Ordering::SeqCst);
        self.note();
    }

    /// A transaction has ended, in whatever way.
    pub(crate) fn ended(&self) {
        if self.0.open.load(Ordering::SeqCst) {
            self.note();
            self.0.open.store(false, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Database, Migration, Options, args};

    const TABLES: Migration = Migration {
        name: "0001_tables",
        sql: "create table seen (id bigint primary key, n bigint not null);
              create table other (id bigint primary key);
              create trigger counted after insert on other begin update seen set n = n + 1; end;",
        postgres: None,
    };

    async fn database(address: &str, grouped: bool) -> Database {
        let options = Options { watched: &["seen"], grouped, ..Options::default() };
        let database = Database::open(address, options).await.expect("opens");
        database.migrate("test", &[TABLES]).await.expect("migrates");
        database
    }

    fn settled(database: &Database) -> Option<u64> {
        database.changes().expect("is watched").settled()
    }

    async fn every_touch_is_noticed(database: Database) {
        let mut last = settled(&database);
        for (sql, touches) in [
            ("insert into seen (id, n) values (1, 0)", true),
            ("update seen set n = 5", true),
            ("insert into other (id) values (1)", true),
            ("update other set id = 2", false),
            ("delete from seen where id = 1", true),
            ("delete from seen where id = 1", false),
        ] {
            database.execute(sql, args![]).await.expect("runs");
            let now = settled(&database);
            assert_eq!((now.is_some(), now > last), (true, touches), "{sql}");
            last = now;
        }
        let mut tx = database.begin().await.expect("begins");
        tx.execute("insert into seen (id, n) values (2, 0)", args![]).await.expect("inserts");
        assert_eq!(settled(&database), None, "nothing is certain half way");
        tx.commit().await.expect("commits");
        let committed = settled(&database);
        assert!(committed > last);
        let mut tx = database.begin().await.expect("begins");
        tx.execute("delete from seen where id = 2", args![]).await.expect("deletes");
        tx.rollback().await.expect("rolls back");
        let taken_back = settled(&database);
        assert!(taken_back > committed, "taken back is a change, too");
        let mut tx = database.begin().await.expect("begins");
        tx.execute("delete from seen where id = 2", args![]).await.expect("deletes");
        drop(tx);
        // That is undone by whoever has the connection next.
        while settled(&database).is_none() {
            tokio::task::yield_now().await;
        }
        assert!(settled(&database) > taken_back);
        database.close().await;
    }

    #[tokio::test]
    async fn every_touch_is_noticed_in_memory_in_a_file_and_in_groups() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
        every_touch_is_noticed(database("sqlite::memory:", false).await).await;
        every_touch_is_noticed(database(&file("one"), false).await).await;
        every_touch_is_noticed(database(&file("two"), true).await).await;
    }

    #[tokio::test]
    async fn who_watches_nothing_is_told_nothing() {
        let database = Database::open("sqlite::memory:", Options::default()).await.expect("opens");
        assert!(database.changes().is_none());
    }
}
