//! Long-running operations. Callers start them, the fleet brings them forward.

use jiff::Timestamp;
use muster_model::words::OperationStatus;
use muster_store::{Database, Error, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::scope::Scope;

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

/// What an operation works on. It belongs to the organization group of that.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject {
    App(i64),
    UserGroup(i64),
    OrganizationGroup(i64),
    /// All user groups of an organization group.
    UserGroupsOf(i64),
}

/// Starts an operation.
pub(crate) async fn start(
    tx: &mut Transaction,
    kind: &str,
    subject: Subject,
    now: Timestamp,
) -> Result<Operation, Error> {
    let (uuid, status) = (Uuid::new_v4(), OperationStatus::Pending);
    let (id, subject, group) = match subject {
        Subject::App(id) => (id, "$4", "(select organization_group_id from apps where id = $4)"),
        Subject::UserGroup(id) => (id, "$4", "(select organization_group_id from user_groups where id = $4)"),
        Subject::OrganizationGroup(id) => (id, "$4", "$4"),
        Subject::UserGroupsOf(id) => (id, "null", "$4"),
    };
    let sql = format!(
        "insert into operations (uuid, kind, status, progress, error, subject_id, organization_group_id, \
         created_at, updated_at) values ($1, $2, $3, 0, '', {subject}, {group}, $5, $5)"
    );
    tx.execute(sql, args![uuid, kind, status.as_str(), id, now]).await?;
    Ok(Operation { uuid, kind: kind.to_owned(), status, progress: 0, error: None })
}

pub(crate) async fn get(database: &Database, uuid: Uuid, scope: &Scope) -> Result<Option<Operation>, Error> {
    let mut filter = Filter::default();
    filter.equal("uuid", uuid);
    filter.within("organization_group_id", scope);
    let sql = format!("select kind, status, progress, error from operations{}", filter.text());
    let Some(row) = database.fetch_optional(sql, filter.args()).await? else { return Ok(None) };
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
