//! Tags and the devices that have them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use muster_model::Stamp;
use muster_model::ids::{DeviceId, TagId};
use muster_model::tags::DeviceTag;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::objects::Key;
use super::page::Page;
use super::scope::Scope;

/// The kind of a tag that is put on devices.
pub(crate) const DEVICE: &str = "Device";

/// Names of a device's tags, sorted.
pub(crate) async fn names(database: &Database, device: DeviceId) -> Result<Vec<String>, Error> {
    let sql = "select t.name from tags t join device_tags dt on dt.tag_id = t.id where dt.device_id = $1 \
               order by lower(t.name), t.id";
    database.fetch(sql, args![device.0]).await?.iter().map(|row| row.get("name")).collect()
}

/// The tags of a device; `None` if the scope has no such device.
pub(crate) async fn of_device(
    database: &Database,
    device: Uuid,
    scope: &Scope,
) -> Result<Option<Vec<DeviceTag>>, Error> {
    let mut filter = Filter::default();
    filter.equal("uuid", device);
    filter.within("organization_group_id", scope);
    let sql = format!("select id from devices{}", filter.text());
    let Some(found) = database.fetch_optional(sql, filter.args()).await? else { return Ok(None) };
    let sql = "select t.name, t.uuid, dt.tagged_at from tags t join device_tags dt on dt.tag_id = t.id \
               where dt.device_id = $1 order by lower(t.name), t.id";
    let rows = database.fetch(sql, args![found.get::<i64>("id")?]).await?;
    let read = |row: &Row| {
        Ok(DeviceTag {
            name: row.get("name")?,
            uuid: Some(row.get("uuid")?),
            date_tagged: Some(Stamp(row.get("tagged_at")?)),
            ..Default::default()
        })
    };
    rows.iter().map(read).collect::<Result<_, Error>>().map(Some)
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) group: i64,
    pub(crate) group_name: String,
    pub(crate) group_uuid: Option<Uuid>,
    /// `Device` or `General`.
    pub(crate) kind: String,
    pub(crate) avatar: String,
}

const COLUMNS: &str = "t.id, t.uuid, t.name, t.organization_group_id, t.kind, t.avatar, g.name as group_name, \
    g.uuid as group_uuid";
const TABLES: &str = "tags t left join organization_groups g on g.id = t.organization_group_id";

fn read(row: &Row) -> Result<Tag, Error> {
    Ok(Tag {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        name: row.get("name")?,
        group: row.get("organization_group_id")?,
        group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
        group_uuid: row.get("group_uuid")?,
        kind: row.get("kind")?,
        avatar: row.get("avatar")?,
    })
}

/// Which tags are wanted.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// Part of the name.
    pub(crate) name: Option<&'a str>,
    pub(crate) group: Option<i64>,
    /// Those of the topmost group besides.
    pub(crate) with_top: bool,
    pub(crate) kind: Option<&'a str>,
    pub(crate) descending: bool,
}

/// One page of the tags that match, and how many match. A tag of exactly the name comes first.
pub(crate) async fn search(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Tag>, u64), Error> {
    let mut filter = Filter::default();
    filter.within("t.organization_group_id", scope);
    if let Some(name) = wanted.name {
        filter.contains("t.name", name);
    }
    if let Some(group) = wanted.group {
        let group = filter.arg(group);
        let top = if wanted.with_top { " or g.parent_id is null" } else { "" };
        filter.and(format!("(t.organization_group_id = {group}{top})"));
    }
    if let Some(kind) = wanted.kind {
        filter.equal("t.kind", kind);
    }
    let condition = filter.text();
    let count = format!("select count(*) as total from {TABLES}{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let exact = filter.exact_first("t.name", wanted.name);
    let order = if wanted.descending { "lower(t.name) desc, t.id desc" } else { "t.id" };
    let sql = format!("select {COLUMNS} from {TABLES}{condition} order by {exact}{order}{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}

/// The tag of a key, if the scope has it.
pub(crate) async fn find(tx: &mut Transaction, key: impl Into<Key>, scope: &Scope) -> Result<Option<Tag>, Error> {
    let mut filter = Filter::default();
    match key.into() {
        Key::Id(id) => filter.equal("t.id", id),
        Key::Uuid(uuid) => filter.equal("t.uuid", uuid),
    }
    filter.within("t.organization_group_id", scope);
    let sql = format!("select {COLUMNS} from {TABLES}{}", filter.text());
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

/// The tag of a name in a group, whatever its case.
pub(crate) async fn named(tx: &mut Transaction, name: &str, group: i64) -> Result<Option<TagId>, Error> {
    let sql = "select id from tags where lower(name) = lower($1) and organization_group_id = $2";
    let row = tx.fetch_optional(sql, args![name, group]).await?;
    row.map(|row| row.get("id").map(TagId)).transpose()
}

/// The tag that somebody means who gives nothing but a name: that of the group, or else the oldest one.
async fn meant(tx: &mut Transaction, name: &str, group: i64) -> Result<Option<TagId>, Error> {
    let sql = "select id from tags where lower(name) = lower($1) \
               order by case when organization_group_id = $2 then 0 else 1 end, id limit 1";
    let row = tx.fetch_optional(sql, args![name, group]).await?;
    row.map(|row| row.get("id").map(TagId)).transpose()
}

/// Makes a tag.
pub(crate) async fn add(
    tx: &mut Transaction,
    name: &str,
    group: i64,
    kind: &str,
    avatar: &str,
) -> Result<(TagId, Uuid), Error> {
    let uuid = Uuid::new_v4();
    let sql = "insert into tags (id, uuid, name, organization_group_id, kind, avatar) \
               select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5 from tags returning id";
    let id = tx.fetch_one(sql, args![uuid, name, group, kind, avatar]).await?.get("id")?;
    Ok((TagId(id), uuid))
}

/// Writes a tag's name, kind and avatar.
pub(crate) async fn save(tx: &mut Transaction, tag: &Tag) -> Result<(), Error> {
    let sql = "update tags set name = $2, kind = $3, avatar = $4 where id = $1";
    tx.execute(sql, args![tag.id, tag.name.as_str(), tag.kind.as_str(), tag.avatar.as_str()]).await.map(drop)
}

pub(crate) async fn remove(tx: &mut Transaction, tag: TagId) -> Result<(), Error> {
    tx.execute("delete from tags where id = $1", args![tag.0]).await.map(drop)
}

/// Whether a device has the tag.
pub(crate) async fn is_on_devices(tx: &mut Transaction, tag: TagId) -> Result<bool, Error> {
    let sql = "select device_id from device_tags where tag_id = $1 limit 1";
    Ok(tx.fetch_optional(sql, args![tag.0]).await?.is_some())
}

/// A device that has a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) tagged_at: Timestamp,
    pub(crate) last_seen: Timestamp,
}

/// One page of the devices that have a tag, and how many of the scope have it.
pub(crate) async fn devices(
    database: &Database,
    tag: i64,
    seen_since: Option<Timestamp>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Tagged>, u64), Error> {
    let mut filter = Filter::default();
    filter.equal("dt.tag_id", tag);
    filter.within("d.organization_group_id", scope);
    if let Some(since) = seen_since {
        let since = filter.arg(since);
        filter.and(format!("d.last_seen_at >= {since}"));
    }
    let tables = "device_tags dt join devices d on d.id = dt.device_id";
    let count = format!("select count(*) as total from {tables}{}", filter.text());
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!(
        "select d.id, d.uuid, d.friendly_name, dt.tagged_at, d.last_seen_at from {tables}{} order by d.id{}",
        filter.text(),
        page.text()
    );
    let read = |row: &Row| {
        Ok(Tagged {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            name: row.get("friendly_name")?,
            tagged_at: row.get("tagged_at")?,
            last_seen: row.get("last_seen_at")?,
        })
    };
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}

/// Makes the set of a device's tags the one given. Tags that do not exist yet are made in `group`.
pub(crate) async fn replace(
    tx: &mut Transaction,
    device: DeviceId,
    names: &[String],
    group: i64,
    now: Timestamp,
) -> Result<(), Error> {
    let mut wanted = BTreeSet::new();
    for name in names {
        let tag = match meant(tx, name, group).await? {
            Some(tag) => tag,
            None => add(tx, name, group, DEVICE, "").await?.0,
        };
        wanted.insert(tag.0);
    }
    let rows = tx.fetch("select tag_id from device_tags where device_id = $1", args![device.0]).await?;
    let present = rows.iter().map(|row| row.get("tag_id")).collect::<Result<BTreeSet<i64>, Error>>()?;
    for &gone in present.difference(&wanted) {
        take_off(tx, TagId(gone), device).await?;
    }
    for &new in wanted.difference(&present) {
        put_on(tx, TagId(new), device, now).await?;
    }
    Ok(())
}

/// Tags a device; tells whether it was not tagged so before.
pub(crate) async fn put_on(tx: &mut Transaction, tag: TagId, device: DeviceId, now: Timestamp) -> Result<bool, Error> {
    let sql = "insert into device_tags (device_id, tag_id, tagged_at) values ($1, $2, $3) on conflict do nothing";
    Ok(tx.execute(sql, args![device.0, tag.0, now]).await? > 0)
}

/// Untags a device; tells whether it was tagged so.
pub(crate) async fn take_off(tx: &mut Transaction, tag: TagId, device: DeviceId) -> Result<bool, Error> {
    let sql = "delete from device_tags where device_id = $1 and tag_id = $2";
    Ok(tx.execute(sql, args![device.0, tag.0]).await? > 0)
}
