//! Files that callers uploaded: packages of apps, icons, tokens. A large one may come in chunks, which are put
//! together when all of them are there.

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, Value, args};
use uuid::Uuid;

use super::filter::Filter;
use super::objects::Key;
use super::scope::Scope;

/// What is known of a file besides its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) group: i64,
    pub(crate) file_name: String,
    pub(crate) size: i64,
    /// In hexadecimal digits.
    pub(crate) sha256: String,
}

/// A file that is to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewBlob<'a> {
    pub(crate) group: i64,
    pub(crate) file_name: &'a str,
    /// A word of the API: `Application`, `Profile`, …
    pub(crate) module_type: &'a str,
    pub(crate) bytes: &'a [u8],
}

const COLUMNS: &str = "id, uuid, organization_group_id, file_name, size, sha256";

fn read(row: &Row) -> Result<Blob, Error> {
    Ok(Blob {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        group: row.get("organization_group_id")?,
        file_name: row.get("file_name")?,
        size: row.get("size")?,
        sha256: row.get("sha256")?,
    })
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) async fn create(tx: &mut Transaction, new: NewBlob<'_>, now: Timestamp) -> Result<Blob, Error> {
    let (uuid, hash) = (Uuid::new_v4(), sha256(new.bytes));
    let size = i64::try_from(new.bytes.len()).unwrap_or(i64::MAX);
    let sql = "insert into blobs (id, uuid, organization_group_id, file_name, module_type, size, sha256, bytes, \
               created_at) select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 from blobs returning id";
    let bytes = Value::Bytes(Some(new.bytes.to_vec()));
    let values = args![uuid, new.group, new.file_name, new.module_type, size, hash.as_str(), bytes, now];
    let id = tx.fetch_one(sql, values).await?.get("id")?;
    Ok(Blob { id, uuid, group: new.group, file_name: new.file_name.to_owned(), size, sha256: hash })
}

fn one(columns: &str, key: Key, scope: &Scope) -> (String, Filter) {
    let mut filter = Filter::default();
    match key {
        Key::Id(id) => filter.equal("id", id),
        Key::Uuid(uuid) => filter.equal("uuid", uuid),
    }
    filter.within("organization_group_id", scope);
    (format!("select {columns} from blobs{}", filter.text()), filter)
}

/// A file that the scope has, without its bytes.
pub(crate) async fn find(tx: &mut Transaction, key: impl Into<Key>, scope: &Scope) -> Result<Option<Blob>, Error> {
    let (sql, filter) = one(COLUMNS, key.into(), scope);
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

/// The bytes of a file that the scope has.
pub(crate) async fn bytes(
    database: &Database,
    key: impl Into<Key>,
    scope: &Scope,
) -> Result<Option<(Blob, Vec<u8>)>, Error> {
    let (sql, filter) = one(&format!("{COLUMNS}, bytes"), key.into(), scope);
    let row = database.fetch_optional(sql, filter.args()).await?;
    row.map(|row| Ok((read(&row)?, row.get("bytes")?))).transpose()
}

/// As [`bytes`], inside a change.
pub(crate) async fn find_bytes(
    tx: &mut Transaction,
    key: impl Into<Key>,
    scope: &Scope,
) -> Result<Option<(Blob, Vec<u8>)>, Error> {
    let (sql, filter) = one(&format!("{COLUMNS}, bytes"), key.into(), scope);
    let row = tx.fetch_optional(sql, filter.args()).await?;
    row.map(|row| Ok((read(&row)?, row.get("bytes")?))).transpose()
}

pub(crate) async fn remove(tx: &mut Transaction, id: i64) -> Result<bool, Error> {
    Ok(tx.execute("delete from blobs where id = $1", args![id]).await? > 0)
}

/// A part of a file that is still on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk<'a> {
    pub(crate) transaction: &'a str,
    pub(crate) sequence: i64,
    pub(crate) group: i64,
    /// The size of the whole file.
    pub(crate) total: i64,
    pub(crate) bytes: &'a [u8],
}

/// Stores a chunk; one that is sent again takes the place of the first.
pub(crate) async fn add_chunk(tx: &mut Transaction, chunk: Chunk<'_>, now: Timestamp) -> Result<(), Error> {
    let sql = "insert into blob_chunks (transaction_id, sequence, organization_group_id, total, bytes, created_at) \
               values ($1, $2, $3, $4, $5, $6) on conflict (transaction_id, sequence) \
               do update set bytes = excluded.bytes, total = excluded.total";
    let bytes = Value::Bytes(Some(chunk.bytes.to_vec()));
    tx.execute(sql, args![chunk.transaction, chunk.sequence, chunk.group, chunk.total, bytes, now]).await.map(|_| ())
}

/// What has come of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) group: i64,
    /// The size that was announced.
    pub(crate) total: i64,
    /// The size of the chunks that are here.
    pub(crate) size: i64,
    /// Whether their numbers follow one another without a gap.
    pub(crate) gapless: bool,
}

pub(crate) async fn arrived(tx: &mut Transaction, transaction: &str) -> Result<Option<Arrived>, Error> {
    let sql = "select count(*) as chunks, min(sequence) as first, max(sequence) as last, max(total) as total, \
               sum(length(bytes)) as size, min(organization_group_id) as owner from blob_chunks \
               where transaction_id = $1";
    let row = tx.fetch_one(sql, args![transaction]).await?;
    let chunks: i64 = row.get("chunks")?;
    if chunks == 0 {
        return Ok(None);
    }
    let (first, last): (i64, i64) = (row.get("first")?, row.get("last")?);
    let gapless = last - first + 1 == chunks && first <= 1;
    Ok(Some(Arrived { group: row.get("owner")?, total: row.get("total")?, size: row.get("size")?, gapless }))
}

/// The bytes of all chunks in order; the chunks are gone afterwards.
pub(crate) async fn merge(tx: &mut Transaction, transaction: &str) -> Result<Vec<u8>, Error> {
    let sql = "select bytes from blob_chunks where transaction_id = $1 order by sequence";
    let mut whole = Vec::new();
    for row in tx.fetch(sql, args![transaction]).await? {
        whole.extend(row.get::<Vec<u8>>("bytes")?);
    }
    tx.execute("delete from blob_chunks where transaction_id = $1", args![transaction]).await?;
    Ok(whole)
}
