//! What something is called, for those who know its kind and UUID only.

use std::collections::HashMap;

use muster_store::{Database, Error, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::objects::Key;
use super::scope::Scope;

/// The name of an application, a profile, a script or a sensor that the scope has.
pub(crate) async fn of(database: &Database, kind: &str, uuid: Uuid, scope: &Scope) -> Result<Option<String>, Error> {
    let (table, group, object) = match kind {
        "Application" => ("apps", "organization_group_id", None),
        "Profile" => ("profiles", "organization_group_id", None),
        "Script" => ("objects", "group_id", Some("script")),
        "Sensor" => ("objects", "group_id", Some("sensor")),
        _ => return Ok(None),
    };
    let mut filter = Filter::default();
    filter.equal("uuid", uuid);
    if let Some(object) = object {
        filter.equal("kind", object);
    }
    filter.within(group, scope);
    let sql = format!("select name from {table}{}", filter.text());
    database.fetch_optional(sql, filter.args()).await?.map(|row| row.get("name")).transpose()
}

/// Something that other documents name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Thing {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
}

/// An application, profile, file action or event action that the scope has.
pub(crate) async fn thing(database: &Database, kind: &str, key: Key, scope: &Scope) -> Result<Option<Thing>, Error> {
    let (table, group, object) = match kind {
        "Application" => ("apps", "organization_group_id", None),
        "Profile" => ("profiles", "organization_group_id", None),
        "EventAction" => ("objects", "group_id", Some("event-action")),
        "FileAction" => ("objects", "group_id", Some("file-action")),
        _ => return Ok(None),
    };
    let mut filter = Filter::default();
    match key {
        Key::Id(id) => filter.equal("id", id),
        Key::Uuid(uuid) => filter.equal("uuid", uuid),
    }
    if let Some(object) = object {
        filter.equal("kind", object);
    }
    filter.within(group, scope);
    let sql = format!("select id, uuid, name from {table}{}", filter.text());
    let row = database.fetch_optional(sql, filter.args()).await?;
    row.map(|row| Ok(Thing { id: row.get("id")?, uuid: row.get("uuid")?, name: row.get("name")? })).transpose()
}

/// Whether an enrollment user of a name is there.
pub(crate) async fn user_exists(database: &Database, name: &str, scope: &Scope) -> Result<bool, Error> {
    let mut filter = Filter::default();
    filter.equal("username_folded", name.to_lowercase());
    filter.within("organization_group_id", scope);
    let sql = format!("select 1 as found from users{}", filter.text());
    Ok(database.fetch_optional(sql, filter.args()).await?.is_some())
}

/// Whether there is an app of an id that the scope has.
pub(crate) async fn app_exists(tx: &mut Transaction, id: i64, scope: &Scope) -> Result<bool, Error> {
    let mut filter = Filter::default();
    filter.equal("id", id);
    filter.within("organization_group_id", scope);
    let sql = format!("select 1 as found from apps{}", filter.text());
    Ok(tx.fetch_optional(sql, filter.args()).await?.is_some())
}

/// Names of all smart groups and of all organization groups, by id.
pub(crate) async fn groups(database: &Database) -> Result<(HashMap<i64, String>, HashMap<i64, String>), Error> {
    let named = async |sql: &'static str| -> Result<HashMap<i64, String>, Error> {
        let rows = database.fetch(sql, args![]).await?;
        rows.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
    };
    Ok((named("select id, name from smart_groups").await?, named("select id, name from organization_groups").await?))
}

/// UUIDs of smart groups.
pub(crate) async fn smart_group_uuids(database: &Database, ids: &[i64]) -> Result<Vec<Uuid>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    filter.one_of("id", ids.iter().copied());
    let sql = format!("select uuid from smart_groups{} order by id", filter.text());
    database.fetch(sql, filter.args()).await?.iter().map(|row| row.get("uuid")).collect()
}
