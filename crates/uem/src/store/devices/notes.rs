//! Notes that administrators keep about a device.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) device: i64,
    pub(crate) text: String,
    pub(crate) created_at: Timestamp,
    pub(crate) modified_at: Timestamp,
}

fn read(row: &Row) -> Result<Note, Error> {
    Ok(Note {
        id: row.get("id")?,
        device: row.get("device_id")?,
        text: row.get("note")?,
        created_at: row.get("created_at")?,
        modified_at: row.get("modified_at")?,
    })
}

/// A device's notes, oldest first.
pub(crate) async fn list(database: &Database, device: i64) -> Result<Vec<Note>, Error> {
    let sql = "select id, device_id, note, created_at, modified_at from device_notes where device_id = $1 order by id";
    database.fetch(sql, args![device]).await?.iter().map(read).collect()
}

/// A note of a device.
pub(crate) async fn get(database: &Database, device: i64, id: i64) -> Result<Option<Note>, Error> {
    let sql = "select id, device_id, note, created_at, modified_at from device_notes \
               where device_id = $1 and id = $2";
    database.fetch_optional(sql, args![device, id]).await?.as_ref().map(read).transpose()
}

/// Adds a note and answers its id.
pub(crate) async fn add(
    tx: &mut Transaction,
    device: i64,
    text: &str,
    author: &str,
    now: Timestamp,
) -> Result<i64, Error> {
    let sql = "insert into device_notes (id, device_id, note, created_by, created_at, modified_at) \
               select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $4 from device_notes returning id";
    tx.fetch_one(sql, args![device, text, author, now]).await?.get("id")
}

/// Rewrites a note; tells whether the device has it.
pub(crate) async fn rewrite(
    tx: &mut Transaction,
    device: i64,
    id: i64,
    text: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "update device_notes set note = $3, modified_at = $4 where device_id = $1 and id = $2";
    Ok(tx.execute(sql, args![device, id, text, now]).await? > 0)
}

/// Removes a note; tells whether the device had it.
pub(crate) async fn remove(tx: &mut Transaction, device: i64, id: i64) -> Result<bool, Error> {
    let sql = "delete from device_notes where device_id = $1 and id = $2";
    Ok(tx.execute(sql, args![device, id]).await? > 0)
}
