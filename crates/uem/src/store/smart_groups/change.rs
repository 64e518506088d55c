//! One smart group: made, read, changed, removed.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, Value, args};
use uuid::Uuid;

use super::super::filter::Filter;
use super::super::objects::Key;
use super::super::scope::Scope;
use super::Criteria;

/// A smart group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    /// The organization group that manages it.
    pub(crate) group: i64,
    pub(crate) group_name: String,
    pub(crate) group_uuid: Option<Uuid>,
    pub(crate) criteria: Criteria,
}

fn condition(key: Key, scope: &Scope) -> (String, Filter) {
    let mut filter = Filter::default();
    match key {
        Key::Id(id) => filter.equal("s.id", id),
        Key::Uuid(uuid) => filter.equal("s.uuid", uuid),
    }
    filter.within("s.organization_group_id", scope);
    let sql = format!(
        "select s.id, s.uuid, s.name, s.organization_group_id, s.criteria, g.name as group_name, \
         g.uuid as group_uuid from smart_groups s left join organization_groups g \
         on g.id = s.organization_group_id{}",
        filter.text()
    );
    (sql, filter)
}

fn read(row: &Row) -> Result<Group, Error> {
    Ok(Group {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        name: row.get("name")?,
        group: row.get("organization_group_id")?,
        group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
        group_uuid: row.get("group_uuid")?,
        // What cannot be read describes no device.
        criteria: Criteria::parse(&row.get::<String>("criteria")?)
            .unwrap_or_else(|| Criteria { only_named: true, ..Criteria::default() }),
    })
}

/// The group of a key, if the scope has it.
pub(crate) async fn get(database: &Database, key: impl Into<Key>, scope: &Scope) -> Result<Option<Group>, Error> {
    let (sql, filter) = condition(key.into(), scope);
    database.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

/// As [`get`], inside a change.
pub(crate) async fn find(tx: &mut Transaction, key: impl Into<Key>, scope: &Scope) -> Result<Option<Group>, Error> {
    let (sql, filter) = condition(key.into(), scope);
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

fn text(criteria: &Criteria) -> String {
    // Texts, numbers and lists always make JSON.
    serde_json::to_string(criteria).unwrap_or_default()
}

/// Makes a group; `None` if its name is taken in the organization group.
pub(crate) async fn create(
    tx: &mut Transaction,
    name: &str,
    group: i64,
    criteria: &Criteria,
    now: Timestamp,
) -> Result<Option<(i64, Uuid)>, Error> {
    if taken(tx, name, group, None).await? {
        return Ok(None);
    }
    let uuid = Uuid::new_v4();
    let sql = "insert into smart_groups (id, uuid, name, organization_group_id, criteria, modified_at) \
               select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5 from smart_groups returning id";
    let id = tx.fetch_one(sql, args![uuid, name, group, text(criteria), now]).await?.get("id")?;
    Ok(Some((id, uuid)))
}

async fn taken(tx: &mut Transaction, name: &str, group: i64, but: Option<i64>) -> Result<bool, Error> {
    let sql = "select id from smart_groups where lower(name) = lower($1) and organization_group_id = $2 and id <> $3";
    Ok(tx.fetch_optional(sql, args![name, group, but.unwrap_or_default()]).await?.is_some())
}

/// Writes a group's name, manager and criteria; `false` if the name is taken.
pub(crate) async fn save(tx: &mut Transaction, group: &Group, now: Timestamp) -> Result<bool, Error> {
    if taken(tx, &group.name, group.group, Some(group.id)).await? {
        return Ok(false);
    }
    let sql = "update smart_groups set name = $2, organization_group_id = $3, criteria = $4, modified_at = $5 \
               where id = $1";
    tx.execute(sql, args![group.id, group.name.as_str(), group.group, text(&group.criteria), now]).await?;
    Ok(true)
}

/// Whether something is assigned to the group: an app, or whatever is linked to it.
pub(crate) async fn is_assigned(tx: &mut Transaction, group: &Group) -> Result<bool, Error> {
    let apps = "select app_id from app_assignments where smart_group_id = $1 limit 1";
    let links = "select kind from object_links where to_uuid = $1 limit 1";
    Ok(tx.fetch_optional(apps, args![group.id]).await?.is_some()
        || tx.fetch_optional(links, args![group.uuid]).await?.is_some())
}

pub(crate) async fn remove(tx: &mut Transaction, id: i64) -> Result<(), Error> {
    tx.execute("delete from smart_groups where id = $1", args![id]).await.map(drop)
}

/// Whether a smart group's criteria name a tag.
pub(crate) async fn uses_tag(tx: &mut Transaction, id: i64, name: &str) -> Result<bool, Error> {
    for row in tx.fetch("select criteria from smart_groups", args![]).await? {
        let criteria = Criteria::parse(&row.get::<String>("criteria")?).unwrap_or_default();
        if criteria.tag_ids.contains(&id) || criteria.tags.iter().any(|tag| tag == name) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Ids, UUIDs and names of rows of a table that criteria refer to, by id or UUID, as far as the scope has them.
pub(crate) async fn names(
    tx: &mut Transaction,
    table: &'static str,
    name: &'static str,
    owner: &'static str,
    keys: &[Key],
    scope: &Scope,
) -> Result<Vec<(i64, Uuid, String)>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    let ids = keys.iter().filter_map(|key| if let Key::Id(id) = key { Some(Value::from(*id)) } else { None });
    let uuids = keys.iter().filter_map(|key| if let Key::Uuid(uuid) = key { Some(Value::from(*uuid)) } else { None });
    let (ids, uuids): (Vec<Value>, Vec<Value>) = (ids.collect(), uuids.collect());
    let ways = [filter.group(|filter| filter.one_of("id", ids)), filter.group(|filter| filter.one_of("uuid", uuids))];
    let ways: Vec<&String> = ways.iter().filter(|way| !way.is_empty()).collect();
    filter.and(format!("({})", ways.iter().map(|way| way.as_str()).collect::<Vec<_>>().join(" or ")));
    filter.within(owner, scope);
    let sql = format!("select id, uuid, {name} as name from {table}{} order by id", filter.text());
    let rows = tx.fetch(sql, filter.args()).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("uuid")?, row.get("name")?))).collect()
}
