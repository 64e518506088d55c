//! Long-running operations. Callers start them, the fleet brings them forward.

use jiff::Timestamp;
use muster_model::words::OperationStatus;
use muster_store::{Database, Error, Transaction, args};
use uuid::Uuid;

/// `operations.kind` of an assignment on its way to devices; its subject is the app.
pub(crate) const APP_PUBLISH: &str = "AppPublish";
/// `operations.kind` of a synchronisation with the directory.
pub(crate) const GROUP_SYNC: &str = "GroupSync";
/// `operations.kind` of putting protection around an app; its subject is the app.
pub(crate) const APP_WRAP: &str = "AppWrap";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) uuid: Uuid,
    pub(crate) kind: String,
    pub(crate) status: OperationStatus,
    /// Percent.
    pub(crate) progress: u32,
    pub(crate) error: Option<String>,
}

/// Starts an operation.
pub(crate) async fn start(
    tx: &mut Transaction,
    kind: &str,
    subject: Option<i64>,
    now: Timestamp,
) -> Result<Operation, Error> {
    let (uuid, status) = (Uuid::new_v4(), OperationStatus::Pending);
    tx.execute(
        "insert into operations (uuid, kind, status, progress, error, subject_id, created_at, updated_at) \
         values ($1, $2, $3, 0, '', $4, $5, $5)",
        args![uuid, kind, status.as_str(), subject, now],
    )
    .await?;
    Ok(Operation { uuid, kind: kind.to_owned(), status, progress: 0, error: None })
}

pub(crate) async fn get(database: &Database, uuid: Uuid) -> Result<Option<Operation>, Error> {
    let sql = "select kind, status, progress, error from operations where uuid = $1";
    let Some(row) = database.fetch_optional(sql, args![uuid]).await? else { return Ok(None) };
    let error: String = row.get("error")?;
    Ok(Some(Operation {
        uuid,
        kind: row.get("kind")?,
        status: OperationStatus::from(row.get::<String>("status")?.as_str()),
        progress: row.get("progress")?,
        error: Some(error).filter(|error| !error.is_empty()),
    }))
}

/// The newest operation of a kind on something: its status, and when it began and went on.
pub(crate) async fn last(
    database: &Database,
    kind: &str,
    subject: i64,
) -> Result<Option<(String, Timestamp, Timestamp)>, Error> {
    let sql = "select status, created_at, updated_at from operations where kind = $1 and subject_id = $2 \
               order by created_at desc limit 1";
    let row = database.fetch_optional(sql, args![kind, subject]).await?;
    row.map(|row| Ok((row.get("status")?, row.get("created_at")?, row.get("updated_at")?))).transpose()
}

/// Ends an operation that has not ended by itself.
pub(crate) async fn cancel(tx: &mut Transaction, uuid: &str) -> Result<(), Error> {
    let sql = "update operations set status = 'Failed', error = 'Cancelled' \
               where uuid = $1 and status in ('Pending', 'InProgress')";
    tx.execute(sql, args![uuid]).await.map(|_| ())
}
