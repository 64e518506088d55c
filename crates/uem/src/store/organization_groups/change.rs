//! Groups come, change and go.

use jiff::Timestamp;
use muster_store::{Error, Transaction, args};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Group;

/// Makes a group below another one.
pub(crate) async fn create(
    tx: &mut Transaction,
    parent: i64,
    name: &str,
    code: &str,
    kind: &str,
    details: Map<String, Value>,
    now: Timestamp,
) -> Result<Group, Error> {
    let uuid = Uuid::new_v4();
    let sql = "insert into organization_groups (id, uuid, parent_id, name, group_id, kind, details, created_at) \
               select max(id) + 1, $1, $2, $3, $4, $5, $6, $7 from organization_groups returning id";
    let text = Value::Object(details.clone()).to_string();
    let id = tx.fetch_one(sql, args![uuid, parent, name, code, kind, text, now]).await?.get("id")?;
    Ok(Group {
        id,
        uuid,
        parent: Some(parent),
        name: name.to_owned(),
        code: code.to_owned(),
        kind: kind.to_owned(),
        details,
        created_at: now,
    })
}

/// Stores what was changed: name, code, kind and details.
pub(crate) async fn save(tx: &mut Transaction, group: &Group) -> Result<(), Error> {
    let sql = "update organization_groups set name = $2, group_id = $3, kind = $4, details = $5 where id = $1";
    let details = Value::Object(group.details.clone()).to_string();
    let arguments = args![group.id, group.name.as_str(), group.code.as_str(), group.kind.as_str(), details];
    tx.execute(sql, arguments).await?;
    Ok(())
}

/// Removes a group that owns nothing.
pub(crate) async fn remove(tx: &mut Transaction, id: i64) -> Result<(), Error> {
    tx.execute("delete from organization_groups where id = $1", args![id]).await?;
    Ok(())
}

/// Whether no other group has a code, whatever its case.
pub(crate) async fn free_code(tx: &mut Transaction, code: &str, owner: Option<i64>) -> Result<bool, Error> {
    let sql = "select id from organization_groups where lower(group_id) = lower($1)";
    let row = tx.fetch_optional(sql, args![code]).await?;
    Ok(row.map(|row| row.get::<i64>("id")).transpose()?.is_none_or(|id| Some(id) == owner))
}

/// Whether another child of a group has a name.
pub(crate) async fn name_taken(
    tx: &mut Transaction,
    parent: Option<i64>,
    name: &str,
    owner: Option<i64>,
) -> Result<bool, Error> {
    let sql = "select id from organization_groups where parent_id = $1 and lower(name) = lower($2) and id <> $3";
    Ok(tx.fetch_optional(sql, args![parent, name, owner.unwrap_or_default()]).await?.is_some())
}
