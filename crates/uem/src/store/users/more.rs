//! What stands beside the columns of a user: details, times, and what else points at it.

use jiff::Timestamp;
use muster_model::ids::UserId;
use muster_store::{Database, Error, Transaction, args};
use serde_json::{Map, Value};

/// Only this folder writes details.
pub(super) fn parse(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Everything that is said of a user beside the columns.
pub(crate) async fn details(database: &Database, id: UserId) -> Result<Map<String, Value>, Error> {
    let row = database.fetch_optional("select details from users where id = $1", args![id.0]).await?;
    Ok(row.map(|row| row.get::<String>("details")).transpose()?.map(|text| parse(&text)).unwrap_or_default())
}

/// Changes details: a null takes a member away.
pub(crate) async fn set_details(tx: &mut Transaction, id: UserId, new: Map<String, Value>) -> Result<(), Error> {
    if new.is_empty() {
        return Ok(());
    }
    let row = tx.fetch_one("select details from users where id = $1", args![id.0]).await?;
    let mut details = parse(&row.get::<String>("details")?);
    for (name, value) in new {
        if value.is_null() {
            details.remove(&name);
        } else {
            details.insert(name, value);
        }
    }
    let text = Value::Object(details).to_string();
    tx.execute("update users set details = $2 where id = $1", args![id.0, text]).await.map(|_| ())
}

/// When a user was made and last changed.
pub(crate) async fn times(database: &Database, id: UserId) -> Result<(Timestamp, Timestamp), Error> {
    let row = database.fetch_one("select created_at, updated_at from users where id = $1", args![id.0]).await?;
    Ok((row.get("created_at")?, row.get("updated_at")?))
}

/// Whether a device is or was a user's.
pub(crate) async fn has_devices(tx: &mut Transaction, id: UserId) -> Result<bool, Error> {
    let sql = "select 1 as found from devices where user_id = $1 limit 1";
    Ok(tx.fetch_optional(sql, args![id.0]).await?.is_some())
}

/// Moves a user to another organization group.
pub(crate) async fn move_to(tx: &mut Transaction, id: UserId, group: i64, now: Timestamp) -> Result<(), Error> {
    let sql = "update users set organization_group_id = $2, updated_at = $3 where id = $1";
    tx.execute(sql, args![id.0, group, now]).await.map(|_| ())
}

/// Removes a user who has no devices, also from the groups.
pub(crate) async fn remove(tx: &mut Transaction, id: UserId) -> Result<(), Error> {
    tx.execute("delete from user_group_members where user_id = $1", args![id.0]).await?;
    tx.execute("delete from users where id = $1", args![id.0]).await.map(|_| ())
}
