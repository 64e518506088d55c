//! What a failed commit leaves in SQLite's write-ahead log.
//!
//! When the disk refuses to make a commit lasting, SQLite undoes the change, but its pages stand in the log, whole and
//! with the mark of a commit. The system takes them for written from then on and shows them to everybody, although they
//! never reached the disk. Two things follow. Whoever opens the database next would believe them and write behind them;
//! after a power cut the log ends where they are missing, and everything behind them is lost although it was
//! acknowledged. And whoever writes over them cannot trust the disk's yes: ext4 does not note that a block is in use
//! now if the first write to it failed, and gives back zeros after a power cut.
//!
//! So the log is cut off behind the last page that counts before anybody hears that the commit failed. Nobody finds
//! what failed, and the next change gets other blocks of the disk.

use std::{
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{Kind, damage, error::kind_of};

/// Bytes of the log's own header, and of the header before each page.
const HEADER: u64 = damage::HEADER as u64;
const PAGE_HEADER: u64 = damage::PAGE_HEADER as u64;

/// A page of the usual size in the log.
pub(crate) const PAGE: u64 = PAGE_HEADER + damage::PAGE as u64;

/// The log of one database.
#[derive(Debug)]
pub(crate) struct Log {
    database: SqliteConnectOptions,
    /// Whether pages that do not count may still stand at its end.
    disbelieved: AtomicBool,
    /// Bytes that it is left with at most.
    longest: u64,
}

impl Log {
    pub(crate) fn of(database: SqliteConnectOptions, pages: u32) -> Self {
        // Before it is so long that a commit folds it.
        let longest = u64::from(pages) * PAGE * 3 / 4;
        Self { database, disbelieved: AtomicBool::new(false), longest }
    }

    /// Whether it is too long to be left.
    pub(crate) fn is_long(&self) -> bool {
        std::fs::metadata(beside(self.database.get_filename())).is_ok_and(|log| log.len() > self.longest)
    }

    /// After a change that failed.
    pub(crate) async fn failed(&self, writer: &mut SqliteConnection, failure: &sqlx::Error) {
        if matches!(kind_of(failure), Kind::Faulty | Kind::Full) {
            self.disbelieved.store(true, Ordering::SeqCst);
            // A commit that failed is undone by then; of anything else SQLite may have kept the transaction open.
            let _ = sqlx::query("rollback").execute(&mut *writer).await;
            // What does not work now is asked for again before the next change.
            let _ = self.ready(writer).await;
        }
    }

    /// Before a change: no page may stand behind those that count.
    pub(crate) async fn ready(&self, writer: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        if !self.disbelieved.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.cut_off(writer).await?;
        self.disbelieved.store(false, Ordering::SeqCst);
        Ok(())
    }

    async fn cut_off(&self, writer: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        // As long as this is held nobody, of whatever process, adds a page.
        sqlx::query("begin immediate").execute(&mut *writer).await?;
        let cut = match self.end().await {
            Ok(end) => shorten(&beside(self.database.get_filename()), end).map_err(sqlx::Error::Io),
            Err(error) => Err(error),
        };
        sqlx::query("rollback").execute(writer).await?;
        cut
    }

    /// Where the next page would be written: after those that count.
    async fn end(&self) -> Result<u64, sqlx::Error> {
        let mut reader = self.database.connect().await?;
        // Reads once, so that the log is open when it is asked about.
        let sql = "select page_size from pragma_page_size, (select count(*) from sqlite_schema)";
        let page: i64 = sqlx::query(sql).fetch_one(&mut reader).await?.try_get(0)?;
        let pages: i64 = sqlx::query("pragma wal_checkpoint(noop)").fetch_one(&mut reader).await?.try_get(1)?;
        reader.close().await?;
        let (page, pages) = (u64::try_from(page).unwrap_or_default(), u64::try_from(pages).unwrap_or_default());
        // Without pages the header does not count either: it comes with the first one.
        Ok(if pages == 0 { 0 } else { HEADER + pages * (PAGE_HEADER + page) })
    }
}

/// The file of the log of a database.
pub(crate) fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

fn shorten(log: &Path, end: u64) -> io::Result<()> {
    let log = match OpenOptions::new().write(true).open(log) {
        // Nothing has been changed yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        log => log?,
    };
    if log.metadata()?.len() > end { log.set_len(end) } else { Ok(()) }
}
