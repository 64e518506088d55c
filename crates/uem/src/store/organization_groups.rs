//! The tree in which everything is owned.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_model::ids::OrganizationGroupId;
use muster_model::organization_groups::OrganizationGroup;
use muster_store::{Database, Error, args};
use uuid::Uuid;

use super::filter::Filter;
use super::page::Page;

/// What a group and those below it own.
#[derive(Debug, Clone, Copy, Default)]
struct Owned {
    users: i64,
    admins: i64,
    devices: i64,
}

/// One page of the groups that match, and how many match. Counters include the groups below.
pub(crate) async fn search(
    database: &Database,
    name: Option<&str>,
    group_id: Option<&str>,
    page: Page,
) -> Result<(Vec<OrganizationGroup>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(name) = name {
        filter.contains("name", name);
    }
    if let Some(group_id) = group_id {
        let group_id = filter.arg(group_id);
        filter.and(format!("lower(group_id) = lower({group_id})"));
    }
    let condition = filter.text();
    let count = format!("select count(*) as total from organization_groups{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let tree = tree(database).await?;
    let sql = format!(
        "select id, uuid, name, group_id, kind, created_at from organization_groups{condition} order by id{}",
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let groups = rows.iter().map(|row| {
        let id: i64 = row.get("id")?;
        let (level, owned) = tree.get(&id).copied().unwrap_or_default();
        let created: Timestamp = row.get("created_at")?;
        Ok(OrganizationGroup {
            id: OrganizationGroupId(id),
            uuid: Some(row.get("uuid")?),
            name: row.get("name")?,
            group_id: row.get("group_id")?,
            location_group_type: row.get("kind")?,
            country: String::new(),
            locale: "English (United States)".to_owned(),
            created_on: created.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string(),
            lg_level: level,
            users: owned.users.to_string(),
            admins: owned.admins.to_string(),
            devices: owned.devices.to_string(),
        })
    });
    Ok((groups.collect::<Result<_, Error>>()?, total))
}

/// Depth of every group and what it owns with all below it.
async fn tree(database: &Database) -> Result<BTreeMap<i64, (i64, Owned)>, Error> {
    let groups = database.fetch("select id, parent_id from organization_groups", args![]).await?;
    let mut parents = BTreeMap::new();
    for row in &groups {
        parents.insert(row.get::<i64>("id")?, row.get::<Option<i64>>("parent_id")?);
    }
    let mut tree: BTreeMap<i64, (i64, Owned)> = BTreeMap::new();
    for &id in parents.keys() {
        tree.insert(id, (above(&parents, id).count() as i64 - 1, Owned::default()));
    }
    let sql = "select organization_group_id as id, 0 as users, 0 as admins, count(*) as devices from devices \
               group by organization_group_id union all \
               select organization_group_id, count(*), 0, 0 from users group by organization_group_id union all \
               select organization_group_id, 0, count(*), 0 from admins group by organization_group_id";
    for row in database.fetch(sql, args![]).await? {
        let (users, admins, devices): (i64, i64, i64) = (row.get("users")?, row.get("admins")?, row.get("devices")?);
        for group in above(&parents, row.get("id")?) {
            if let Some((_, owned)) = tree.get_mut(&group) {
                owned.users += users;
                owned.admins += admins;
                owned.devices += devices;
            }
        }
    }
    Ok(tree)
}

/// A group and all above it.
fn above(parents: &BTreeMap<i64, Option<i64>>, id: i64) -> impl Iterator<Item = i64> {
    std::iter::successors(Some(id), |id| parents.get(id).copied().flatten())
}

/// Whether a group of that id exists.
pub(crate) async fn exists(database: &Database, id: i64) -> Result<bool, Error> {
    let sql = "select id from organization_groups where id = $1";
    Ok(database.fetch_optional(sql, args![id]).await?.is_some())
}

/// Whether a group of that UUID exists.
pub(crate) async fn exists_uuid(database: &Database, uuid: Uuid) -> Result<bool, Error> {
    let sql = "select id from organization_groups where uuid = $1";
    Ok(database.fetch_optional(sql, args![uuid]).await?.is_some())
}
