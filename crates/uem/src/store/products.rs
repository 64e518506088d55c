//! Jobs of products on devices. (Products themselves are objects.)

use std::collections::HashMap;

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::page::Page;
use super::reach::{self, shifted};
use super::scope::Scope;

/// A product as far as its jobs are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) id: i64,
    pub(crate) version: i64,
    pub(crate) active: bool,
    pub(crate) platform: String,
    pub(crate) smart_groups: Vec<i64>,
}

/// Queues jobs so that devices come to have what a product brings, or lose it where it is not for them any more.
/// `again`: also where the job is done (everywhere), or only where it failed.
pub(crate) async fn process(tx: &mut Transaction, plan: &Plan, again: Again, now: Timestamp) -> Result<u64, Error> {
    let inside = criteria(tx, &plan.smart_groups).await?;
    let members = if plan.active { reach::members(&inside, &[], Some(&plan.platform)) } else { None };
    let mut queued = 0;
    if let Some(members) = &members {
        let mut filter = Filter::default();
        let (id, version, at) = (filter.arg(plan.id), filter.arg(plan.version), filter.arg(now));
        let condition = shifted(members, &mut filter);
        let redo = match again {
            Again::Never => "",
            Again::Failed => " or product_jobs.status = 'Failed'",
            Again::Always => " or product_jobs.status in ('Failed', 'Completed')",
        };
        let sql = format!(
            "insert into product_jobs (product_id, device_id, kind, status, version, attempts, error, queued_at) \
             select {id}, d.id, 'Install', 'Queued', {version}, 1, '', {at} from devices d where {condition} \
             on conflict (device_id, product_id) do update set kind = excluded.kind, status = excluded.status, \
             version = excluded.version, attempts = product_jobs.attempts + 1, error = '', \
             queued_at = excluded.queued_at, started_at = null, finished_at = null \
             where product_jobs.kind <> 'Install' or product_jobs.version <> excluded.version{redo}"
        );
        queued += tx.execute(sql, filter.args()).await?;
    }
    let mut filter = Filter::default();
    let (id, at) = (filter.arg(plan.id), filter.arg(now));
    let outside = match &members {
        None => String::new(),
        Some(members) => {
            let condition = shifted(members, &mut filter);
            format!(" and device_id not in (select d.id from devices d where {condition})")
        }
    };
    // Every statement names both arguments, because PostgreSQL must learn their types from it.
    let never = format!(
        "delete from product_jobs where product_id = {id} and queued_at <= {at} and kind = 'Install' \
         and status <> 'Completed'{outside}"
    );
    tx.execute(never, filter.args()).await?;
    let leave = format!(
        "update product_jobs set kind = 'Uninstall', status = 'Queued', queued_at = {at}, started_at = null, \
         finished_at = null where product_id = {id} and kind = 'Install'{outside}"
    );
    queued += tx.execute(leave, filter.args()).await?;
    Ok(queued)
}

/// Which jobs that have ended are queued again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    Never,
    Failed,
    Always,
}

async fn criteria(tx: &mut Transaction, groups: &[i64]) -> Result<Vec<String>, Error> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    filter.one_of("id", groups.iter().copied());
    let sql = format!("select criteria from smart_groups{} order by id", filter.text());
    tx.fetch(sql, filter.args()).await?.iter().map(|row| row.get("criteria")).collect()
}

/// Queues the job of one device again; tells whether the device has one.
pub(crate) async fn again(tx: &mut Transaction, product: i64, device: i64, now: Timestamp) -> Result<bool, Error> {
    let sql = "update product_jobs set status = 'Queued', attempts = attempts + 1, error = '', queued_at = $3, \
               started_at = null, finished_at = null where product_id = $1 and device_id = $2";
    Ok(tx.execute(sql, args![product, device, now]).await? > 0)
}

/// Queues every job of a device again; answers how many it has.
pub(crate) async fn all_again(tx: &mut Transaction, device: i64, now: Timestamp) -> Result<u64, Error> {
    let sql = "update product_jobs set status = 'Queued', attempts = attempts + 1, error = '', queued_at = $2, \
               started_at = null, finished_at = null where device_id = $1";
    tx.execute(sql, args![device, now]).await
}

/// Takes a product's jobs away with it.
pub(crate) async fn forget(tx: &mut Transaction, product: i64) -> Result<(), Error> {
    tx.execute("delete from product_jobs where product_id = $1", args![product]).await?;
    Ok(())
}

/// Jobs of a product by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) all: u64,
    pub(crate) compliant: u64,
    pub(crate) in_progress: u64,
    pub(crate) failed: u64,
    pub(crate) queued: u64,
}

/// How far every product is.
pub(crate) async fn counts(database: &Database) -> Result<HashMap<i64, Counts>, Error> {
    let sql = "select product_id, status, count(*) as devices from product_jobs group by product_id, status";
    let mut counts: HashMap<i64, Counts> = HashMap::new();
    for row in database.fetch(sql, args![]).await? {
        let (status, devices): (String, u64) = (row.get("status")?, row.get("devices")?);
        let count = counts.entry(row.get("product_id")?).or_default();
        count.all += devices;
        match status.as_str() {
            "Completed" => count.compliant += devices,
            "Failed" => count.failed += devices,
            "InProgress" => count.in_progress += devices,
            _ => count.queued += devices,
        }
    }
    Ok(counts)
}

/// A job with its device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) product: i64,
    pub(crate) product_name: String,
    pub(crate) device: i64,
    pub(crate) device_uuid: Uuid,
    pub(crate) device_name: String,
    pub(crate) serial: String,
    pub(crate) platform: String,
    pub(crate) group_name: String,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) version: i64,
    pub(crate) attempts: i64,
    pub(crate) error: String,
    pub(crate) queued_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
}

impl Job {
    /// A number that no other job has.
    pub(crate) fn id(&self) -> i64 {
        self.product * 1_000_000_000 + self.device
    }

    pub(crate) fn uuid(&self) -> Uuid {
        let number = self.id().unsigned_abs();
        Uuid::from_u64_pair(number, self.attempts.unsigned_abs() | 0x8000_0000_0000_0000)
    }

    /// When it last changed.
    pub(crate) fn changed_at(&self) -> Timestamp {
        self.finished_at.or(self.started_at).unwrap_or(self.queued_at)
    }
}

/// Which jobs are listed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) product: Option<i64>,
    pub(crate) device: Option<i64>,
    /// Owns the device, or a group above it does.
    pub(crate) group: Option<i64>,
    pub(crate) statuses: &'a [&'a str],
    pub(crate) changed_from: Option<Timestamp>,
    pub(crate) changed_till: Option<Timestamp>,
    pub(crate) seen_since: Option<Timestamp>,
}

/// One page of jobs by device and product, and how many there are.
pub(crate) async fn jobs(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Job>, u64), Error> {
    let changed = "coalesce(j.finished_at, j.started_at, j.queued_at)";
    let mut filter = Filter::default();
    filter.equal("p.kind", "product");
    if let Some(product) = wanted.product {
        filter.equal("j.product_id", product);
    }
    if let Some(device) = wanted.device {
        filter.equal("j.device_id", device);
    }
    if let Some(group) = wanted.group {
        super::profiles::below(&mut filter, "d.organization_group_id", group);
    }
    filter.one_of("j.status", wanted.statuses.iter().copied());
    let moments = [
        (changed, ">=", wanted.changed_from),
        (changed, "<=", wanted.changed_till),
        ("d.last_seen_at", ">=", wanted.seen_since),
    ];
    for (column, sign, moment) in moments {
        if let Some(moment) = moment {
            let moment = filter.arg(moment);
            filter.and(format!("{column} {sign} {moment}"));
        }
    }
    filter.within("d.organization_group_id", scope);
    let tables = format!(
        "product_jobs j join devices d on d.id = j.device_id join objects p on p.id = j.product_id \
         left join organization_groups g on g.id = d.organization_group_id{}",
        filter.text()
    );
    let total = database.fetch_one(format!("select count(*) as total from {tables}"), filter.args()).await?;
    let sql = format!(
        "select j.product_id, p.name as product_name, d.id, d.uuid, d.friendly_name, d.serial_number, d.platform, \
         d.last_seen_at, g.name as group_name, j.kind, j.status, j.version, j.attempts, j.error, j.queued_at, \
         j.started_at, j.finished_at from {tables} order by d.id, j.product_id{}",
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(job).collect::<Result<_, Error>>()?, total.get("total")?))
}

fn job(row: &Row) -> Result<Job, Error> {
    Ok(Job {
        product: row.get("product_id")?,
        product_name: row.get("product_name")?,
        device: row.get("id")?,
        device_uuid: row.get("uuid")?,
        device_name: row.get("friendly_name")?,
        serial: row.get("serial_number")?,
        platform: row.get("platform")?,
        group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
        last_seen_at: row.get("last_seen_at")?,
        kind: row.get("kind")?,
        status: row.get("status")?,
        version: row.get("version")?,
        attempts: row.get("attempts")?,
        error: row.get("error")?,
        queued_at: row.get("queued_at")?,
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
    })
}

/// What a device tells of its health.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Health {
    pub(crate) device: i64,
    pub(crate) name: String,
    pub(crate) serial: String,
    pub(crate) udid: String,
    pub(crate) asset_number: String,
    pub(crate) user: String,
    pub(crate) group: i64,
    pub(crate) mac: String,
    pub(crate) available_gb: f64,
    pub(crate) memory_mb: i64,
}

/// One page of devices with their health, and how many there are.
pub(crate) async fn health(
    database: &Database,
    group: Option<i64>,
    platform: Option<&str>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<Health>, u64), Error> {
    let mut filter = Filter::default();
    filter.equal("d.enrollment_status", "Enrolled");
    if let Some(group) = group {
        super::profiles::below(&mut filter, "d.organization_group_id", group);
    }
    if let Some(platform) = platform {
        filter.equal("d.platform", platform);
    }
    filter.within("d.organization_group_id", scope);
    let condition = filter.text();
    let count = format!("select count(*) as total from devices d{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!(
        "select d.id, d.friendly_name, d.serial_number, d.udid, d.asset_number, d.organization_group_id, \
         d.mac_address, d.available_gb, d.memory_mb, u.username from devices d \
         left join users u on u.id = d.user_id{condition} order by d.id{}",
        page.text()
    );
    let read = |row: &Row| {
        Ok(Health {
            device: row.get("id")?,
            name: row.get("friendly_name")?,
            serial: row.get("serial_number")?,
            udid: row.get("udid")?,
            asset_number: row.get("asset_number")?,
            user: row.get::<Option<String>>("username")?.unwrap_or_default(),
            group: row.get("organization_group_id")?,
            mac: row.get("mac_address")?,
            available_gb: row.get("available_gb")?,
            memory_mb: row.get("memory_mb")?,
        })
    };
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}
