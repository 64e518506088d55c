//! Who belongs to a smart group now, and what it gets.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, args};
use uuid::Uuid;

use super::super::filter::Filter;
use super::super::scope::Scope;
use super::{Criteria, Group};

/// How many devices a group has, and how many things are assigned to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) devices: u64,
    pub(crate) assignments: u64,
}

pub(crate) async fn counts(database: &Database, group: &Group) -> Result<Counts, Error> {
    let mut filter = Filter::default();
    group.criteria.apply(&mut filter);
    let sql = format!("select count(*) as total from devices d{}", filter.text());
    let devices = database.fetch_one(sql, filter.args()).await?.get("total")?;
    let sql = "select (select count(*) from app_assignments where smart_group_id = $1) \
               + (select count(*) from object_links where to_uuid = $2) as total";
    let assignments = database.fetch_one(sql, args![group.id, group.uuid]).await?.get("total")?;
    Ok(Counts { devices, assignments })
}

/// A device of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) platform: String,
    pub(crate) model: String,
    pub(crate) os_version: String,
    pub(crate) ownership: String,
    pub(crate) username: String,
}

/// The devices that criteria describe and the scope has, by id.
pub(crate) async fn members(
    database: &Database,
    criteria: &Criteria,
    seen_since: Option<Timestamp>,
    seen_till: Option<Timestamp>,
    scope: &Scope,
) -> Result<Vec<Member>, Error> {
    let mut filter = Filter::default();
    criteria.apply(&mut filter);
    filter.within("d.organization_group_id", scope);
    for (moment, sign) in [(seen_since, ">="), (seen_till, "<=")] {
        if let Some(moment) = moment {
            let moment = filter.arg(moment);
            filter.and(format!("d.last_seen_at {sign} {moment}"));
        }
    }
    let sql = format!(
        "select d.id, d.friendly_name, d.platform, d.model, d.os_version, d.ownership, u.username from devices d \
         left join users u on u.id = d.user_id{} order by d.id",
        filter.text()
    );
    let read = |row: &Row| {
        Ok(Member {
            id: row.get("id")?,
            name: row.get("friendly_name")?,
            platform: row.get("platform")?,
            model: row.get("model")?,
            os_version: row.get("os_version")?,
            ownership: row.get("ownership")?,
            username: row.get::<Option<String>>("username")?.unwrap_or_default(),
        })
    };
    database.fetch(sql, filter.args()).await?.iter().map(read).collect()
}

/// An app that a group gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssignedApp {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) bundle_id: String,
    pub(crate) version: String,
    pub(crate) platform: String,
    pub(crate) managed_by: String,
}

/// The apps that are assigned to a group, by id.
pub(crate) async fn apps(database: &Database, group: i64, scope: &Scope) -> Result<Vec<AssignedApp>, Error> {
    let mut filter = Filter::default();
    filter.equal("x.smart_group_id", group);
    filter.within("a.organization_group_id", scope);
    let sql = format!(
        "select a.id, a.uuid, a.name, a.bundle_id, a.version, a.platform, g.name as group_name from app_assignments x \
         join apps a on a.id = x.app_id left join organization_groups g on g.id = a.organization_group_id{} \
         order by a.id",
        filter.text()
    );
    let read = |row: &Row| {
        Ok(AssignedApp {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            name: row.get("name")?,
            bundle_id: row.get("bundle_id")?,
            version: row.get("version")?,
            platform: row.get("platform")?,
            managed_by: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
        })
    };
    database.fetch(sql, filter.args()).await?.iter().map(read).collect()
}
