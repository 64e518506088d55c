//! Protection against removing an app from many devices by mistake: such a removal is held until it is released.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};

use crate::store::filter::Filter;
use crate::store::page::Page;
use crate::store::scope::Scope;

/// Devices that may lose an app by one change.
pub(crate) const LIMIT: usize = 100;

/// A removal that was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Removal {
    pub(crate) id: i64,
    pub(crate) bundle_id: String,
    /// What the change was, in the words of the API.
    pub(crate) source: String,
    /// `Locked` (held), `UnLocked` (released) or `Cleared` (given up).
    pub(crate) status: String,
    pub(crate) created_at: Timestamp,
    pub(crate) modified_at: Timestamp,
}

/// Begins to hold a removal; answers its id.
pub(super) async fn hold(tx: &mut Transaction, app: i64, source: &str, now: Timestamp) -> Result<i64, Error> {
    let sql = "insert into app_removals (id, organization_group_id, bundle_id, source, status, created_at, \
               modified_at) select (select coalesce(max(id), 0) + 1 from app_removals), a.organization_group_id, \
               a.bundle_id, $2, 'Locked', $3, $3 from apps a where a.id = $1 returning id";
    tx.fetch_one(sql, args![app, source, now]).await?.get("id")
}

/// One page of held removals, newest first, and how many there are.
pub(crate) async fn list(
    database: &Database,
    bundle_id: Option<&str>,
    status: Option<&str>,
    groups: Option<&[i64]>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Removal>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(bundle_id) = bundle_id {
        filter.equal("bundle_id", bundle_id);
    }
    if let Some(status) = status {
        filter.equal("status", status);
    }
    if let Some(groups) = groups {
        filter.one_of("organization_group_id", groups.iter().copied());
    }
    filter.within("organization_group_id", scope);
    let condition = filter.text();
    let count = format!("select count(*) as total from app_removals{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!(
        "select id, bundle_id, source, status, created_at, modified_at from app_removals{condition} \
         order by id desc{}",
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

fn read(row: &Row) -> Result<Removal, Error> {
    Ok(Removal {
        id: row.get("id")?,
        bundle_id: row.get("bundle_id")?,
        source: row.get("source")?,
        status: row.get("status")?,
        created_at: row.get("created_at")?,
        modified_at: row.get("modified_at")?,
    })
}

/// Releases a held removal, gives it up, or holds it again; answers whether there is one.
pub(crate) async fn decide(
    tx: &mut Transaction,
    id: i64,
    status: &str,
    scope: &Scope,
    now: Timestamp,
) -> Result<bool, Error> {
    let mut filter = Filter::default();
    filter.equal("id", id);
    filter.within("organization_group_id", scope);
    let known = format!("select id from app_removals{}", filter.text());
    if tx.fetch_optional(known, filter.args()).await?.is_none() {
        return Ok(false);
    }
    let sql = "update app_removals set status = $2, modified_at = $3 where id = $1";
    tx.execute(sql, args![id, status, now]).await?;
    let (from, to, reason) = match status {
        "UnLocked" => ("RemovalHeld", "PendingRemoval", "The removal was released"),
        "Cleared" => ("RemovalHeld", "Installed", "The removal was given up"),
        _ => ("PendingRemoval", "RemovalHeld", "The removal waits for a release"),
    };
    let sql = "update device_apps set status = $3, reason = $4, updated_at = $5 where removal_id = $1 and status = $2";
    tx.execute(sql, args![id, from, to, reason, now]).await?;
    Ok(true)
}
