//! Tags and the devices that have them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use muster_model::Stamp;
use muster_model::ids::{DeviceId, TagId, Wrapped};
use muster_model::tags::{DeviceTag, Tag};
use muster_store::{Database, Error, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::page::Page;

/// Names of a device's tags, sorted.
pub(crate) async fn names(database: &Database, device: DeviceId) -> Result<Vec<String>, Error> {
    let sql = "select t.name from tags t join device_tags dt on dt.tag_id = t.id where dt.device_id = $1 \
               order by lower(t.name), t.id";
    database.fetch(sql, args![device.0]).await?.iter().map(|row| row.get("name")).collect()
}

/// The tags of a device; `None` if there is no such device.
pub(crate) async fn of_device(database: &Database, device: Uuid) -> Result<Option<Vec<DeviceTag>>, Error> {
    let device = args![device];
    let Some(found) = database.fetch_optional("select id from devices where uuid = $1", device).await? else {
        return Ok(None);
    };
    let sql = "select t.name, t.uuid, dt.tagged_at from tags t join device_tags dt on dt.tag_id = t.id \
               where dt.device_id = $1 order by lower(t.name), t.id";
    let rows = database.fetch(sql, args![found.get::<i64>("id")?]).await?;
    let read = |row: &muster_store::Row| {
        Ok(DeviceTag {
            name: row.get("name")?,
            uuid: Some(row.get("uuid")?),
            date_tagged: Some(Stamp(row.get("tagged_at")?)),
        })
    };
    rows.iter().map(read).collect::<Result<_, Error>>().map(Some)
}

pub(crate) async fn search(
    database: &Database,
    name: Option<&str>,
    group: Option<i64>,
    page: Page,
) -> Result<(Vec<Tag>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(name) = name {
        filter.contains("name", name);
    }
    if let Some(group) = group {
        filter.equal("organization_group_id", group);
    }
    let condition = filter.text();
    let count = format!("select count(*) as total from tags{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let exact = filter.exact_first("name", name);
    let sql = format!("select id, uuid, name from tags{condition} order by {exact}id{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    let tags = rows.iter().map(|row| {
        Ok(Tag { id: Wrapped(TagId(row.get("id")?)), tag_name: row.get("name")?, uuid: Some(row.get("uuid")?) })
    });
    Ok((tags.collect::<Result<_, Error>>()?, total))
}

/// The tag of a name, whatever its case.
pub(crate) async fn by_name(tx: &mut Transaction, name: &str) -> Result<Option<TagId>, Error> {
    let row = tx.fetch_optional("select id from tags where lower(name) = lower($1)", args![name]).await?;
    row.map(|row| row.get("id").map(TagId)).transpose()
}

/// Makes a tag.
pub(crate) async fn add(tx: &mut Transaction, name: &str, group: i64) -> Result<(TagId, Uuid), Error> {
    let uuid = Uuid::new_v4();
    let sql = "insert into tags (id, uuid, name, organization_group_id) \
               select coalesce(max(id), 0) + 1, $1, $2, $3 from tags returning id";
    let id = tx.fetch_one(sql, args![uuid, name, group]).await?.get("id")?;
    Ok((TagId(id), uuid))
}

pub(crate) async fn exists(tx: &mut Transaction, tag: TagId) -> Result<bool, Error> {
    Ok(tx.fetch_optional("select id from tags where id = $1", args![tag.0]).await?.is_some())
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
        let tag = match by_name(tx, name).await? {
            Some(tag) => tag,
            None => add(tx, name, group).await?.0,
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
