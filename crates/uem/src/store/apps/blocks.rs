//! Packages that may not be installed, removed or changed, on one device or on all.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::store::filter::Filter;
use crate::store::page::Page;
use crate::store::scope::Scope;

/// What is blocked.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Block {
    pub(crate) group: i64,
    pub(crate) package: String,
    /// A platform's name.
    pub(crate) platform: String,
    /// Empty: every version.
    pub(crate) version: String,
    /// Empty: every device.
    pub(crate) device: String,
    /// `INSTALL`, `REMOVE`, `UPGRADE`, `REINSTALL`, or `UNKNOWN` for all of them.
    pub(crate) action: String,
    /// Everything that was said about it.
    pub(crate) body: Map<String, Value>,
}

pub(crate) async fn add(tx: &mut Transaction, block: &Block, now: Timestamp) -> Result<(), Error> {
    remove(tx, block).await?;
    let sql = "insert into app_blocks (id, uuid, organization_group_id, package_id, platform, version, device_uuid, \
               action, body, created_at) select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9 \
               from app_blocks";
    let values = args![
        Uuid::new_v4(),
        block.group,
        block.package.as_str(),
        block.platform.as_str(),
        block.version.as_str(),
        block.device.as_str(),
        block.action.as_str(),
        Value::Object(block.body.clone()).to_string(),
        now
    ];
    tx.execute(sql, values).await.map(|_| ())
}

/// Lifts a block; answers whether there was one.
pub(crate) async fn remove(tx: &mut Transaction, block: &Block) -> Result<bool, Error> {
    let sql = "delete from app_blocks where package_id = $1 and platform = $2 and version = $3 and device_uuid = $4 \
               and action = $5 and organization_group_id = $6";
    let values = args![
        block.package.as_str(),
        block.platform.as_str(),
        block.version.as_str(),
        block.device.as_str(),
        block.action.as_str(),
        block.group
    ];
    Ok(tx.execute(sql, values).await? > 0)
}

/// Blocks that fit any of the packages and platforms (all, if none is named), oldest first, and how many there are.
pub(crate) async fn list(
    database: &Database,
    wanted: &[(String, String)],
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Map<String, Value>>, u64), Error> {
    let mut filter = Filter::default();
    let mut any = Vec::new();
    for (package, platform) in wanted {
        let (package, platform) = (filter.arg(package.as_str()), filter.arg(platform.as_str()));
        any.push(format!("(package_id = {package} and platform = {platform})"));
    }
    if !any.is_empty() {
        filter.and(format!("({})", any.join(" or ")));
    }
    filter.within("organization_group_id", scope);
    let condition = filter.text();
    let count = format!("select count(*) as total from app_blocks{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!("select body from app_blocks{condition} order by id{}", page.text());
    let read = |row: &Row| Ok(serde_json::from_str(&row.get::<String>("body")?).unwrap_or_default());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}

/// Whether an app may not be installed on a device.
pub(crate) async fn is_blocked(tx: &mut Transaction, app: i64, device: i64, action: &str) -> Result<bool, Error> {
    let sql = "select 1 as found from app_blocks k join apps a on a.bundle_id = k.package_id \
               join devices d on d.id = $2 where a.id = $1 and k.action in ('UNKNOWN', $3) \
               and k.version in ('', a.version) and k.device_uuid in ('', d.uuid) \
               and k.platform in ('Unknown', d.platform)";
    Ok(tx.fetch_optional(sql, args![app, device, action]).await?.is_some())
}
