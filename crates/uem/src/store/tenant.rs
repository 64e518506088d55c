//! What the first start makes: the organization-group tree; and facts about the tenant itself.

use jiff::Timestamp;
use muster_store::{Database, Error, args};
use uuid::Uuid;

/// The topmost organization group.
pub(crate) const ROOT_GROUP: i64 = 570;

/// Id, parent, name, group id, kind; a parent comes before its children.
const GROUPS: &[(i64, Option<i64>, &str, &str, &str)] = &[
    (ROOT_GROUP, None, "Meridian Group", "meridian", "Customer"),
    (571, Some(ROOT_GROUP), "Europe", "meridian-eu", "Container"),
    (572, Some(ROOT_GROUP), "Americas", "meridian-am", "Container"),
    (573, Some(ROOT_GROUP), "Asia Pacific", "meridian-ap", "Container"),
    (574, Some(571), "Germany", "meridian-de", "Container"),
    (575, Some(571), "United Kingdom", "meridian-uk", "Container"),
    (576, Some(572), "United States", "meridian-us", "Container"),
    (577, Some(572), "Brazil", "meridian-br", "Container"),
    (578, Some(573), "Japan", "meridian-jp", "Container"),
];

/// Makes the tree if there is none.
pub(crate) async fn prepare(database: &Database, now: Timestamp) -> Result<(), Error> {
    let mut tx = super::begin(database).await?;
    if tx.fetch_optional("select 1 as found from organization_groups limit 1", args![]).await?.is_none() {
        let columns = ["id", "uuid", "parent_id", "name", "group_id", "kind", "created_at"];
        let rows = GROUPS
            .iter()
            .map(|&(id, parent, name, group_id, kind)| args![id, Uuid::new_v4(), parent, name, group_id, kind, now]);
        tx.insert("organization_groups", &columns, rows.collect()).await?;
    }
    tx.commit().await
}

/// Whether a tenant was ever started here.
pub(crate) async fn is_there(database: &Database) -> Result<bool, Error> {
    let sql = "select id from organization_groups limit 1";
    Ok(database.fetch_optional(sql, args![]).await?.is_some())
}

/// The topmost organization group as the ready file names it: id, UUID, group id, name.
pub(crate) async fn root(database: &Database) -> Result<(i64, Uuid, String, String), Error> {
    let sql = "select id, uuid, group_id, name from organization_groups where parent_id is null order by id";
    let row = database.fetch_one(sql, args![]).await?;
    Ok((row.get("id")?, row.get("uuid")?, row.get("group_id")?, row.get("name")?))
}

/// A fact about the tenant itself.
pub(crate) async fn setting(database: &Database, name: &str) -> Result<Option<String>, Error> {
    let row = database.fetch_optional("select value from settings where name = $1", args![name]).await?;
    row.map(|row| row.get("value")).transpose()
}

pub(crate) async fn set_setting(database: &Database, name: &str, value: &str) -> Result<(), Error> {
    let sql = "insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = $2";
    database.execute(sql, args![name, value]).await?;
    Ok(())
}

/// Removes what an interrupted first start left, so that it can begin again.
pub(crate) async fn clear_fleet(database: &Database) -> Result<(), Error> {
    const TABLES: [&str; 19] = [
        "product_jobs",
        "device_profiles",
        "profile_assignments",
        "profiles",
        "device_tags",
        "tags",
        "commands",
        "events",
        "device_compliance",
        "compliance_policies",
        "device_apps",
        "app_assignments",
        "apps",
        "smart_groups",
        "operations",
        "devices",
        "user_group_members",
        "user_groups",
        "users",
    ];
    let mut tx = super::begin(database).await?;
    for table in TABLES {
        tx.execute(format!("delete from {table}"), args![]).await?;
    }
    tx.commit().await
}
