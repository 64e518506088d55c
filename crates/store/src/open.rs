//! Finds and opens the database behind a URL, and makes sure that it is one of ours.

use std::{
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
    str::FromStr as _,
    time::Duration,
};

use sqlx::{
    ConnectOptions as _, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    Error, Kind, Options, Row, args,
    connections::{ACQUIRE, Connections, touched},
    damage,
    error::kind_of,
    inline::Inline,
    lock::make_private_folder,
    log::{self, Log},
};

/// Written into the header of every SQLite file of ours ("mstr"), so that another program's file is recognised.
const APPLICATION_ID: i64 = 0x6d73_7472;

/// Before it, a reset of the write-ahead log could damage the database.
const OLDEST_SQLITE: &str = "3.51.3";

/// How long one process waits for another one's write lock.
const BUSY: Duration = Duration::from_secs(10);

pub(crate) enum Address {
    Memory,
    File(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// The path of `sqlite:PATH` is taken as it is: a file name may contain `%` or `?`.
pub(crate) fn address(url: &str) -> Result<Address, Error> {
    let unknown = || Error::Address { address: without_password(url) };
    if let Some(rest) = url.strip_prefix("sqlite:") {
        let path = rest.strip_prefix("//").unwrap_or(rest);
        return match path {
            "" => Err(unknown()),
            ":memory:" => Ok(Address::Memory),
            path => Ok(Address::File(PathBuf::from(path))),
        };
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return PgConnectOptions::from_str(url)
            .map(|connect| Address::Postgres(Box::new(connect)))
            .map_err(|_| unknown());
    }
    Err(unknown())
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split_once(':').map_or(login, |(user, _)| user);
            format!("{scheme}://{user}@{place}")
        }
        None => url.to_owned(),
    }
}

/// How soon a file that was locked is tried again.
const AGAIN: Duration = Duration::from_millis(20);

const ROWS_ON_THE_WAY: usize = 512;

fn sqlite_options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        // Rows come over from the thread of the connection; with few places for them on the way the two wait for each
        // other more than they work.
        .row_buffer_size(ROWS_ON_THE_WAY)
        // Rooms log what they do, in their own words.
        .disable_statement_logging()
}

pub(crate) async fn sqlite_memory(options: Options) -> Result<Connections, Error> {
    let memory = Connections::writing(sqlite_options().in_memory(true), None, options.watched);
    drop(memory.take().await.map_err(|source| failed(":memory:", source))?);
    new_enough(first(&memory, "select sqlite_version() as version").await?.get("version")?)?;
    Ok(memory)
}

/// In memory, for one thread.
pub(crate) fn sqlite_inline(options: Options) -> Result<Inline, Error> {
    Inline::open(&sqlite_options().in_memory(true), options.watched).map_err(|source| failed(":memory:", source))
}

pub(crate) async fn sqlite_file(path: &Path, options: Options) -> Result<(Connections, Connections), Error> {
    let place = path.display().to_string();
    create_private(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    refuse_damage(path, &place)?;
    let connect = sqlite_options().filename(path);
    let writing = connect.clone().journal_mode(SqliteJournalMode::Wal).synchronous(if options.durable {
        SqliteSynchronous::Full
    } else {
        SqliteSynchronous::Normal
    });
    // What a savepoint would need to be undone stands in memory, not in a file of its own: a group of changes has one for
    // each of them. Where there are no groups it would only be memory that grows with what a statement sorts.
    let writing = if options.grouped { writing.pragma("temp_store", "memory") } else { writing };
    let pages = u64::from(options.log_pages.max(1));
    let writing = writing.pragma("wal_autocheckpoint", pages.to_string());
    // A log that a large change or a slow reader has stretched becomes short again: whoever opens it next reads it all.
    let writing = writing.pragma("journal_size_limit", (2 * pages * log::PAGE).to_string());
    // In kibibytes, which SQLite takes as a negative number.
    let writing = writing.pragma("cache_size", format!("-{}", u64::from(options.cache_mb.max(1)) * 1_024));
    // Whoever sets the journal mode of a new file finds it locked by others who do the same, and SQLite does not wait
    // for that by itself.
    let until = tokio::time::Instant::now() + BUSY;
    let writer = Connections::writing(writing, Some(Log::of(connect.clone(), options.log_pages)), options.watched);
    loop {
        match writer.take().await.map_err(|source| failed(&place, source)) {
            Err(error) if error.kind() == Kind::Locked && tokio::time::Instant::now() < until => {
                tokio::time::sleep(AGAIN).await;
            }
            opened => break drop(opened?),
        }
    }
    check_ours(&writer, path).await?;
    // `query_only` turns a write that strays here into an error.
    let readers = Connections::reading(connect.pragma("query_only", "1"), options.readers.max(1));
    Ok((writer, readers))
}

/// SQLite takes a log that is damaged for one that ends there, and forgets what follows.
fn refuse_damage(path: &Path, place: &str) -> Result<(), Error> {
    let log = log::beside(path);
    // Somebody may be writing to it: what is wrong only now is not damage.
    let mut before = None;
    for _ in 0..3 {
        let found = damage::of(&log).map_err(|source| Error::Io { path: log.clone(), source })?;
        match found {
            None => return Ok(()),
            Some(found) if before == Some(found) => {
                let damage::Damage { page, changes } = found;
                let why = format!("its log at page {page}, and {changes} changes that were lasting stand behind it");
                return Err(Error::Damaged { place: place.to_owned(), why });
            }
            Some(found) => before = Some(found),
        }
    }
    Ok(())
}

pub(crate) async fn postgres(connect: PgConnectOptions, options: Options) -> Result<PgPool, Error> {
    let place = format!("{} on {}", connect.get_database().unwrap_or("?"), connect.get_host());
    let connect = connect
        .application_name("muster")
        .options([("synchronous_commit", if options.durable { "on" } else { "off" })])
        .disable_statement_logging();
    PgPoolOptions::new()
        .max_connections(options.readers.max(1) + 1)
        .acquire_timeout(ACQUIRE)
        .connect_with(connect)
        .await
        .map_err(|source| failed(&place, source))
}

/// State may hold secrets, and SQLite gives its companion files the mode of the database itself.
fn create_private(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_private_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

fn new_enough(found: String) -> Result<(), Error> {
    let number = |text: &str| text.split('.').map(|part| part.parse::<u32>().unwrap_or(0)).collect::<Vec<_>>();
    if number(&found) < number(OLDEST_SQLITE) {
        return Err(Error::OldSqlite { found, needed: OLDEST_SQLITE });
    }
    Ok(())
}

/// Makes the names of new files lasting in their folder, before anything is written down that has to be found again.
/// Whoever wrote into the log before has done so; SQLite would do it with the first commit of every process.
fn keep_names(path: &Path) -> io::Result<()> {
    if std::fs::metadata(log::beside(path)).is_ok_and(|log| log.len() > 0) {
        return Ok(());
    }
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

async fn check_ours(writer: &Connections, path: &Path) -> Result<(), Error> {
    let place = &*path.display().to_string();
    let foreign = |why: String| Error::Foreign { place: place.to_owned(), why };
    // In one question: a short command asks few.
    let sql = "select sqlite_version() as version, application_id as id from pragma_application_id";
    let row = first(writer, sql).await?;
    new_enough(row.get("version")?)?;
    let id: i64 = row.get("id")?;
    // By now the log is there.
    keep_names(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    if id == APPLICATION_ID {
        return Ok(());
    }
    let tables: i64 = first(writer, "select count(*) as tables from sqlite_schema").await?.get("tables")?;
    if id != 0 || tables != 0 {
        return Err(foreign("another program has put its tables there".to_owned()));
    }
    let sql = format!("pragma application_id = {APPLICATION_ID}");
    let marked = writer.change(async |line| touched(line, sql.into(), args![]).await).await;
    marked.map(drop).map_err(|source| failed(place, source))
}

async fn first(connections: &Connections, sql: &'static str) -> Result<Row, Error> {
    let rows = connections.fetch(sql.into(), args![]).await.map_err(|source| Error::statement(sql, source))?;
    rows.into_iter().next().ok_or_else(|| Error::NoRow { sql: sql.to_owned() })
}

fn failed(place: &str, source: sqlx::Error) -> Error {
    match kind_of(&source) {
        Kind::Foreign => {
            Error::Foreign { place: place.to_owned(), why: "it is another kind of file, or damaged".to_owned() }
        }
        kind => Error::Open { place: place.to_owned(), kind, source: Box::new(source) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_an_engine_and_never_show_a_password() {
        assert!(matches!(address("sqlite::memory:"), Ok(Address::Memory)));
        assert!(matches!(address("sqlite:/a/b c%20.db"), Ok(Address::File(path)) if path == Path::new("/a/b c%20.db")));
        assert!(matches!(address("sqlite:///a.db"), Ok(Address::File(path)) if path == Path::new("/a.db")));
        assert!(matches!(address("postgres://u:p@h/db"), Ok(Address::Postgres(_))));
        assert!(matches!(address("sqlite:"), Err(Error::Address { .. })));
        let refused = address("mysql://u:hush@h/db").err().expect("unknown").to_string();
        assert!(refused.contains("mysql://u@h/db") && !refused.contains("hush"), "{refused}");
    }
}
