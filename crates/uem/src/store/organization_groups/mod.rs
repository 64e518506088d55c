//! The tree in which everything is owned.

mod change;
mod owned;

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Map, Value};
use uuid::Uuid;

pub(crate) use change::{create, free_code, name_taken, remove, save};
pub(crate) use owned::{device_counts, what_it_owns};

use super::filter::Filter;
use super::objects::Key;
use super::page::Page;
use super::scope::Scope;

/// A group as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) parent: Option<i64>,
    pub(crate) name: String,
    /// The short text by which devices enroll into it.
    pub(crate) code: String,
    pub(crate) kind: String,
    /// What else was said of it.
    pub(crate) details: Map<String, Value>,
    pub(crate) created_at: Timestamp,
}

/// What a group and those below it own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Owned {
    pub(crate) users: i64,
    pub(crate) admins: i64,
    pub(crate) devices: i64,
}

/// A group and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Placed {
    pub(crate) group: Group,
    /// 0 for the topmost one.
    pub(crate) level: i64,
    pub(crate) owned: Owned,
    /// The parent's id, UUID and name.
    pub(crate) parent: Option<(i64, Uuid, String)>,
}

/// Which groups are searched for.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// A part of the name.
    pub(crate) name: Option<&'a str>,
    pub(crate) code: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    pub(crate) order_by: Option<&'a str>,
    pub(crate) descending: bool,
}

const COLUMNS: &str = "id, uuid, parent_id, name, group_id, kind, details, created_at";

fn read(row: &Row) -> Result<Group, Error> {
    let details: String = row.get("details")?;
    Ok(Group {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        parent: row.get("parent_id")?,
        name: row.get("name")?,
        code: row.get("group_id")?,
        kind: row.get("kind")?,
        // Only this folder writes details.
        details: serde_json::from_str(&details).unwrap_or_default(),
        created_at: row.get("created_at")?,
    })
}

/// The column that the API's word for an order means.
fn column(order_by: Option<&str>) -> &'static str {
    match order_by.unwrap_or_default().to_ascii_lowercase().as_str() {
        "name" => "name",
        "groupid" => "group_id",
        "type" | "locationgrouptype" => "kind",
        "createdon" => "created_at",
        _ => "id",
    }
}

/// One page of the groups that match, and how many match. Counters include the groups below.
pub(crate) async fn search(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Placed>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(name) = wanted.name {
        filter.contains("name", name);
    }
    if let Some(code) = wanted.code {
        let code = filter.arg(code);
        filter.and(format!("lower(group_id) = lower({code})"));
    }
    if let Some(kind) = wanted.kind {
        let kind = filter.arg(kind);
        filter.and(format!("lower(kind) = lower({kind})"));
    }
    filter.within("id", scope);
    let condition = filter.text();
    let count = format!("select count(*) as total from organization_groups{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let direction = if wanted.descending { " desc" } else { "" };
    let order = column(wanted.order_by);
    let sql =
        format!("select {COLUMNS} from organization_groups{condition} order by {order}{direction}, id{}", page.text());
    let groups = database.fetch(sql, filter.args()).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let places = places(database).await?;
    Ok((groups.into_iter().map(|group| placed(group, &places)).collect(), total))
}

fn condition(key: Key, scope: &Scope) -> (String, Filter) {
    let mut filter = Filter::default();
    match key {
        Key::Id(id) => filter.equal("id", id),
        Key::Uuid(uuid) => filter.equal("uuid", uuid),
    }
    filter.within("id", scope);
    (format!("select {COLUMNS} from organization_groups{}", filter.text()), filter)
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

/// The group of a code, whatever its case.
pub(crate) async fn by_code(database: &Database, code: &str, scope: &Scope) -> Result<Option<Group>, Error> {
    let mut filter = Filter::default();
    let code = filter.arg(code);
    filter.and(format!("lower(group_id) = lower({code})"));
    filter.within("id", scope);
    let sql = format!("select {COLUMNS} from organization_groups{}", filter.text());
    database.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

/// A group with its place in the tree.
pub(crate) async fn place(database: &Database, group: Group) -> Result<Placed, Error> {
    Ok(placed(group, &places(database).await?))
}

/// A group and all below it, parents before their children.
pub(crate) async fn below(database: &Database, top: i64) -> Result<Vec<Placed>, Error> {
    let places = places(database).await?;
    let sql = format!("select {COLUMNS} from organization_groups order by id");
    let groups = database.fetch(sql, args![]).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let inside = groups.into_iter().filter(|group| above(&places, group.id).any(|id| id == top));
    let mut found: Vec<Placed> = inside.map(|group| placed(group, &places)).collect();
    found.sort_by_key(|placed| (placed.level, placed.group.id));
    Ok(found)
}

/// Ids of a group and of all below it.
pub(crate) async fn ids_below(database: &Database, top: i64) -> Result<Vec<i64>, Error> {
    Ok(below(database, top).await?.into_iter().map(|placed| placed.group.id).collect())
}

/// Ids of a group and of all above it, from the bottom up.
pub(crate) async fn ids_above(database: &Database, bottom: i64) -> Result<Vec<i64>, Error> {
    Ok(above(&places(database).await?, bottom).collect())
}

#[derive(Debug, Clone)]
struct Place {
    parent: Option<i64>,
    uuid: Uuid,
    name: String,
    level: i64,
    owned: Owned,
}

type Places = BTreeMap<i64, Place>;

fn placed(group: Group, places: &Places) -> Placed {
    let place = places.get(&group.id);
    let parent = group.parent.and_then(|id| places.get(&id).map(|parent| (id, parent.uuid, parent.name.clone())));
    Placed {
        level: place.map_or(0, |place| place.level),
        owned: place.map(|place| place.owned).unwrap_or_default(),
        parent,
        group,
    }
}

/// Where every group stands, and what it owns with all below it.
async fn places(database: &Database) -> Result<Places, Error> {
    let mut places = Places::new();
    for row in database.fetch("select id, uuid, parent_id, name from organization_groups", args![]).await? {
        let (uuid, name, parent) = (row.get("uuid")?, row.get("name")?, row.get("parent_id")?);
        places.insert(row.get("id")?, Place { parent, uuid, name, level: 0, owned: Owned::default() });
    }
    let levels: Vec<(i64, i64)> =
        places.keys().map(|&id| (id, above(&places, id).count().cast_signed() as i64 - 1)).collect();
    for (id, level) in levels {
        if let Some(place) = places.get_mut(&id) {
            place.level = level;
        }
    }
    for (group, more) in owned::counts(database).await? {
        for group in above(&places, group).collect::<Vec<_>>() {
            if let Some(Place { owned, .. }) = places.get_mut(&group) {
                owned.users += more.users;
                owned.admins += more.admins;
                owned.devices += more.devices;
            }
        }
    }
    Ok(places)
}

/// A group and all above it.
fn above(places: &Places, id: i64) -> impl Iterator<Item = i64> {
    let known = places.contains_key(&id).then_some(id);
    std::iter::successors(known, |id| places.get(id).and_then(|place| place.parent))
}

/// Whether a group of that id exists.
pub(crate) async fn exists(database: &Database, id: i64) -> Result<bool, Error> {
    let sql = "select id from organization_groups where id = $1";
    Ok(database.fetch_optional(sql, args![id]).await?.is_some())
}
