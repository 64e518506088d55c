//! Brings a database to the form a room expects, and refuses one that a newer or another muster has formed.
//!
//! Every room has its own ordered list; the table `muster_migrations` records which of them ran, and a checksum of
//! their text, so that a migration which was edited after it ran is noticed.

use crate::{Database, Engine, Error, Kind, Transaction, args, error::kind_of};

/// One step of a room's list. Steps are only ever appended; one that was released is never edited.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The name under which it is recorded; unique within its room.
    pub name: &'static str,
    /// One or more statements.
    pub sql: &'static str,
    /// The text for PostgreSQL, where it has to differ.
    pub postgres: Option<&'static str>,
}

impl Migration {
    fn text(&self, engine: Engine) -> &'static str {
        match (engine, self.postgres) {
            (Engine::Postgres, Some(text)) => text,
            _ => self.sql,
        }
    }
}

/// Tables of the store itself; they come first in every database.
const OWN: &[Migration] = &[Migration {
    name: "0001_leases",
    sql: "create table leases (name text primary key, owner text not null, fence bigint not null, expires_at bigint not null)",
    postgres: None,
}];
const OWN_ROOM: &str = "store";

const RECORDED: &str = "select name, checksum from muster_migrations where room = $1 order by position";

const RECORDED_OF_BOTH: &str =
    "select room, name, checksum from muster_migrations where room in ($1, $2) order by room, position";

/// Any number that no other program asks PostgreSQL to lock.
const ADVISORY_LOCK: i64 = 0x6d75_7374_6572;

pub(crate) async fn migrate(database: &Database, room: &str, migrations: &[Migration]) -> Result<(), Error> {
    let engine = database.engine();
    // Nearly always everything ran long ago: then no write lock is taken.
    if let Ok(rows) = database.fetch_with_writer(RECORDED_OF_BOTH, args![OWN_ROOM, room]).await {
        let mut own = Vec::new();
        let mut of_room = Vec::new();
        for row in &rows {
            let list = if row.get::<String>("room")? == room { &mut of_room } else { &mut own };
            list.push(named(row)?);
        }
        if open(engine, OWN_ROOM, OWN, &own)?.is_empty() && open(engine, room, migrations, &of_room)?.is_empty() {
            return Ok(());
        }
    }
    let mut transaction = database.begin().await?;
    if engine == Engine::Postgres {
        transaction.fetch("select pg_advisory_xact_lock($1)::text as locked", args![ADVISORY_LOCK]).await?;
    }
    transaction
        .execute(
            "create table if not exists muster_migrations (room text not null, position bigint not null, \
             name text not null, checksum text not null, primary key (room, name))",
            args![],
        )
        .await?;
    apply(&mut transaction, OWN_ROOM, OWN).await?;
    apply(&mut transaction, room, migrations).await?;
    transaction.commit().await
}

async fn apply(transaction: &mut Transaction, room: &str, migrations: &[Migration]) -> Result<(), Error> {
    let engine = transaction.engine();
    let rows = transaction.fetch(RECORDED, args![room]).await?;
    let recorded = recorded(&rows)?;
    let position = recorded.len();
    for (index, migration) in open(engine, room, migrations, &recorded)?.iter().enumerate() {
        let text = migration.text(engine);
        transaction.script(text).await.map_err(|source| Error::Migration {
            room: room.to_owned(),
            name: migration.name.to_owned(),
            kind: match kind_of(&source) {
                // A constraint that fails inside a migration is nothing the caller can settle by another key.
                Kind::Unique => Kind::Other,
                kind => kind,
            },
            source: Box::new(source),
        })?;
        transaction
            .execute(
                "insert into muster_migrations (room, position, name, checksum) values ($1, $2, $3, $4)",
                args![room, position + index, migration.name, checksum(text)],
            )
            .await?;
    }
    Ok(())
}

fn recorded(rows: &[crate::Row]) -> Result<Vec<(String, String)>, Error> {
    rows.iter().map(named).collect()
}

fn named(row: &crate::Row) -> Result<(String, String), Error> {
    Ok((row.get("name")?, row.get("checksum")?))
}

/// The migrations that have yet to run; what has run must be the beginning of the list, word for word.
fn open<'a>(
    engine: Engine,
    room: &str,
    migrations: &'a [Migration],
    recorded: &[(String, String)],
) -> Result<&'a [Migration], Error> {
    for (index, (name, sum)) in recorded.iter().enumerate() {
        match migrations.get(index) {
            Some(migration) if migration.name == name => {
                if checksum(migration.text(engine)) != *sum {
                    return Err(Error::Changed { room: room.to_owned(), name: name.clone() });
                }
            }
            _ => return Err(Error::Newer { room: room.to_owned(), name: name.clone() }),
        }
    }
    Ok(&migrations[recorded.len()..])
}

/// FNV-1a: it guards against an edit by mistake, not against an enemy, who could write to the table as well.
fn checksum(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}
