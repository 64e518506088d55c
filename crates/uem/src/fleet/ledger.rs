//! Reads the devices that are due with what is open for them, and writes what became of them: a handful of
//! statements for a whole batch.

use std::collections::HashMap;

use jiff::Timestamp;
use muster_model::commands::Command;
use muster_model::words::{CommandStatus, ComplianceStatus, EnrollmentStatus, InstallStatus, Ownership, Platform};
use muster_store::{Engine, Error, Row, Transaction, Value, args};

use super::bulk::{Bulk, ids, placeholders};
use super::device::{Device, Install, Life, Order, Upcoming};
use super::history::History;
use super::installs::{App, EVERY_PLATFORM};
use super::pace::{Moment, Pace};
use super::policies::Rule;
use super::turn::World;
use super::{products, profiles};
use crate::fault::Hardship;
use crate::store::events::{self, NewEvent};
use crate::store::smart_groups::rank;

/// What is the same for every device.
pub(super) async fn world(tx: &mut Transaction, seed: u64, pace: Pace, hardship: Hardship) -> Result<World, Error> {
    let apps = tx.fetch("select id, name, version, platform, size_mb from apps", args![]).await?;
    let app = |row: &Row| {
        let platform: String = row.get("platform")?;
        let everywhere = platform.is_empty() || platform == EVERY_PLATFORM;
        let platform = (!everywhere).then(|| Platform::from(platform.as_str()));
        let app = App { name: row.get("name")?, version: row.get("version")?, platform, size_mb: row.get("size_mb")? };
        Ok((row.get("id")?, app))
    };
    let policies = tx
        .fetch("select id, name, rule, changed_at from compliance_policies where active = 1 order by id", args![])
        .await?;
    let changed = |row: &Row| Ok((row.get("id")?, row.get("changed_at")?));
    let changed = policies.iter().map(changed).collect::<Result<_, Error>>()?;
    let policy = |row: &Row| Ok((row.get("id")?, Rule::of(&row.get::<String>("rule")?, &row.get::<String>("name")?)));
    let policies = policies.iter().map(policy).collect::<Result<Vec<(i64, Option<Rule>)>, Error>>()?;
    Ok(World {
        seed,
        pace,
        hardship,
        apps: apps.iter().map(app).collect::<Result<_, Error>>()?,
        policies: policies.into_iter().filter_map(|(id, rule)| Some((id, rule?))).collect(),
        changed,
    })
}

/// The first devices that are due up to a moment, in due order.
pub(super) async fn due(tx: &mut Transaction, until: Moment, limit: usize) -> Result<Vec<Life>, Error> {
    // SQLite lets one writer in at a time; PostgreSQL must be told that these rows are about to change.
    let lock = if tx.engine() == Engine::Postgres { " for update" } else { "" };
    let sql = format!(
        "select id, platform, model, ownership, enrollment_status, os_version, os_build, last_seen_at, \
         compliance_status, compliance_checked_at, compromised, encrypted, passcode_present, passcode_compliant, \
         supervised, battery_percent, capacity_gb, available_gb, next_checkin_at, offline_until, checkins, upcoming, os_rank \
         from devices where next_checkin_at <= $1 order by next_checkin_at, id limit $2{lock}"
    );
    let devices = tx.fetch(sql, args![until, limit]).await?;
    let ranked = devices.iter().map(|row| Ok((device(row)?, row.get::<Option<i64>>("os_rank")?)));
    let devices = ranked.collect::<Result<Vec<(Device, Option<i64>)>, Error>>()?;
    let ids: Vec<i64> = devices.iter().map(|(device, _)| device.id).collect();
    let mut orders = orders(tx, &ids).await?;
    let mut installs = installs(tx, &ids, &orders).await?;
    Ok(devices
        .into_iter()
        .map(|(device, ranked)| {
            let is_ranked = ranked == Some(rank(&device.os_version));
            let orders = orders.remove(&device.id).unwrap_or_default();
            let installs = installs.remove(&device.id).unwrap_or_default();
            Life { is_ranked, ..Life::new(device, orders, installs) }
        })
        .collect())
}

fn device(row: &Row) -> Result<Device, Error> {
    let word = |column| row.get::<String>(column);
    // The fleet alone writes this column; what cannot be read has begun nothing.
    let upcoming: Vec<Upcoming> = serde_json::from_str(&word("upcoming")?).unwrap_or_default();
    Ok(Device {
        id: row.get("id")?,
        platform: Platform::from(word("platform")?.as_str()),
        model: word("model")?,
        ownership: Ownership::from(word("ownership")?.as_str()),
        enrollment: EnrollmentStatus::from(word("enrollment_status")?.as_str()),
        os_version: word("os_version")?,
        os_build: word("os_build")?,
        last_seen_at: row.get("last_seen_at")?,
        compliance: ComplianceStatus::from(word("compliance_status")?.as_str()),
        compliance_checked_at: row.get("compliance_checked_at")?,
        compromised: row.get("compromised")?,
        encrypted: row.get("encrypted")?,
        passcode_present: row.get("passcode_present")?,
        passcode_compliant: row.get("passcode_compliant")?,
        supervised: row.get("supervised")?,
        battery_percent: row.get("battery_percent")?,
        capacity_gb: row.get("capacity_gb")?,
        available_gb: row.get("available_gb")?,
        next_checkin_at: row.get("next_checkin_at")?,
        offline_until: row.get("offline_until")?,
        checkins: row.get("checkins")?,
        upcoming,
    })
}

async fn orders(tx: &mut Transaction, devices: &[i64]) -> Result<HashMap<i64, Vec<Order>>, Error> {
    let mut found: HashMap<i64, Vec<Order>> = HashMap::new();
    if devices.is_empty() {
        return Ok(found);
    }
    let sql = format!(
        "select device_id, id, uuid, command, application_id, status, reason, sent_at, finished_at, due_at, tries \
         from commands where device_id in ({}) and status in ('Queued', 'Sent', 'NotNow') order by id",
        placeholders(tx.engine(), devices.len())
    );
    for row in tx.fetch(sql, ids(devices)).await? {
        let word: String = row.get("command")?;
        found.entry(row.get("device_id")?).or_default().push(Order {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            command: Command::known(&word),
            word,
            application: row.get("application_id")?,
            status: CommandStatus::from(row.get::<String>("status")?.as_str()),
            reason: row.get("reason")?,
            sent_at: row.get("sent_at")?,
            finished_at: row.get("finished_at")?,
            due_at: row.get("due_at")?,
            tries: row.get("tries")?,
            changed: false,
        });
    }
    Ok(found)
}

/// Pending installs and removals, and whatever rows the open commands name.
async fn installs(
    tx: &mut Transaction,
    devices: &[i64],
    orders: &HashMap<i64, Vec<Order>>,
) -> Result<HashMap<i64, Vec<Install>>, Error> {
    let mut found: HashMap<i64, Vec<Install>> = HashMap::new();
    if devices.is_empty() {
        return Ok(found);
    }
    let mut named: Vec<i64> = orders
        .iter()
        .filter(|(_, orders)| orders.iter().any(|order| order.application.is_some()))
        .map(|(device, _)| *device)
        .collect();
    named.sort_unstable();
    let columns = "device_id, app_id, status, reason, installed_version, tries, updated_at, due_at";
    let pending = format!(
        "select {columns} from device_apps where device_id in ({}) and status in ('Pending', 'PendingRemoval') \
         order by device_id, app_id",
        placeholders(tx.engine(), devices.len())
    );
    let mut rows = tx.fetch(pending, ids(devices)).await?;
    if !named.is_empty() {
        let other = format!(
            "select {columns} from device_apps where device_id in ({}) and status not in ('Pending', 'PendingRemoval') \
             order by device_id, app_id",
            placeholders(tx.engine(), named.len())
        );
        rows.extend(tx.fetch(other, ids(&named)).await?);
    }
    for row in rows {
        found.entry(row.get("device_id")?).or_default().push(Install {
            app: row.get("app_id")?,
            status: InstallStatus::from(row.get::<String>("status")?.as_str()),
            reason: row.get("reason")?,
            installed_version: row.get("installed_version")?,
            tries: row.get("tries")?,
            updated_at: row.get("updated_at")?,
            due_at: row.get("due_at")?,
            removed: false,
            changed: false,
        });
    }
    Ok(found)
}

/// Writes devices after their turns.
pub(super) async fn save(tx: &mut Transaction, lives: Vec<Life>, world: &World) -> Result<(), Error> {
    // Most check-ins change nothing that has an index or that somebody wants to be told of.
    let is_quiet = |life: &&Life| life.is_ranked && life.device.stands_as(&life.before);
    let (seen, changed): (Vec<&Life>, Vec<&Life>) = lives.iter().partition(is_quiet);
    UPDATE_SEEN.run(tx, seen.iter().map(|life| seen_values(&life.device)).collect()).await?;
    UPDATE_DEVICES.run(tx, changed.iter().map(|life| device_values(&life.device)).collect()).await?;
    let history = lives.iter().map(|life| life.history).fold(History::default(), History::and);
    history.keep(tx).await?;
    let orders = lives.iter().flat_map(|life| life.orders.iter().filter(|order| order.changed));
    UPDATE_COMMANDS.run(tx, orders.map(order_values).collect()).await?;
    let installs = lives.iter().filter(|life| !life.left).flat_map(|life| {
        let changed = life.installs.iter().filter(|install| install.changed);
        changed.map(|install| install_values(life.device.id, install))
    });
    UPDATE_INSTALLS.run(tx, installs.collect()).await?;
    let removing = |life: &&Life| life.installs.iter().any(|install| install.removed);
    let removed: Vec<i64> = lives.iter().filter(removing).map(|life| life.device.id).collect();
    if !removed.is_empty() {
        // What is gone from a device that it is not meant for is no entry of it any more.
        let sql = format!(
            "delete from device_apps where device_id in ({}) and assigned = 0 and status = 'NotInstalled'",
            placeholders(tx.engine(), removed.len())
        );
        tx.execute(sql, ids(&removed)).await?;
    }
    let verdicts = lives.iter().filter(|life| !life.left).flat_map(|life| verdicts(life, world));
    UPSERT_COMPLIANCE.run(tx, verdicts.collect()).await?;
    let left: Vec<i64> = lives.iter().filter(|life| life.left).map(|life| life.device.id).collect();
    if !left.is_empty() {
        for table in ["device_apps", "device_compliance", "device_profiles", "product_jobs", "agent_runs"] {
            let sql = format!("delete from {table} where device_id in ({})", placeholders(tx.engine(), left.len()));
            tx.execute(sql, ids(&left)).await?;
        }
    }
    let seen: Vec<i64> = lives.iter().map(|life| life.device.id).collect();
    let mut events = profiles::arrive(tx, &seen).await?;
    events.extend(products::advance(tx, &seen, world.pace).await?);
    events.extend(lives.into_iter().flat_map(told));
    events.sort_by_key(|event| (event.at, event.device_id));
    events::record(tx, events).await
}

const UPDATE_SEEN: Bulk = Bulk {
    before: "update devices set last_seen_at = v.column2, compliance_checked_at = v.column3, \
             battery_percent = v.column4, available_gb = v.column5, next_checkin_at = v.column6, \
             offline_until = v.column7, checkins = v.column8, upcoming = v.column9 from (values ",
    after: ") as v where devices.id = v.column1",
};

fn seen_values(device: &Device) -> Vec<Value> {
    args![
        device.id,
        device.last_seen_at,
        device.compliance_checked_at,
        device.battery_percent,
        device.available_gb,
        device.next_checkin_at,
        device.offline_until,
        device.checkins,
        upcoming(device),
    ]
}

fn upcoming(device: &Device) -> String {
    if device.upcoming.is_empty() {
        return "[]".to_owned();
    }
    // Numbers and texts always make JSON.
    serde_json::to_string(&device.upcoming).unwrap_or_default()
}

const UPDATE_DEVICES: Bulk = Bulk {
    before: "update devices set enrollment_status = v.column2, os_version = v.column3, os_build = v.column4, \
             last_seen_at = v.column5, compliance_status = v.column6, compliance_checked_at = v.column7, \
             compromised = v.column8, encrypted = v.column9, passcode_present = v.column10, \
             passcode_compliant = v.column11, battery_percent = v.column12, available_gb = v.column13, \
             next_checkin_at = v.column14, offline_until = v.column15, checkins = v.column16, upcoming = v.column17, \
             os_rank = v.column18 \
             from (values ",
    after: ") as v where devices.id = v.column1",
};

fn device_values(device: &Device) -> Vec<Value> {
    args![
        device.id,
        device.enrollment.as_str(),
        &device.os_version,
        &device.os_build,
        device.last_seen_at,
        device.compliance.as_str(),
        device.compliance_checked_at,
        device.compromised,
        device.encrypted,
        device.passcode_present,
        device.passcode_compliant,
        device.battery_percent,
        device.available_gb,
        device.next_checkin_at,
        device.offline_until,
        device.checkins,
        upcoming(device),
        rank(&device.os_version),
    ]
}

const UPDATE_COMMANDS: Bulk = Bulk {
    before: "update commands set status = v.column2, reason = v.column3, sent_at = v.column4, \
             finished_at = v.column5, due_at = v.column6, tries = v.column7 from (values ",
    after: ") as v where commands.id = v.column1",
};

fn order_values(order: &Order) -> Vec<Value> {
    args![order.id, order.status.as_str(), &order.reason, order.sent_at, order.finished_at, order.due_at, order.tries,]
}

const UPDATE_INSTALLS: Bulk = Bulk {
    before: "update device_apps set status = v.column3, reason = v.column4, installed_version = v.column5, \
             tries = v.column6, updated_at = v.column7, due_at = v.column8 from (values ",
    after: ") as v where device_apps.device_id = v.column1 and device_apps.app_id = v.column2",
};

fn install_values(device: i64, install: &Install) -> Vec<Value> {
    args![
        device,
        install.app,
        install.status.as_str(),
        &install.reason,
        &install.installed_version,
        install.tries,
        install.updated_at,
        install.due_at,
    ]
}

const UPSERT_COMPLIANCE: Bulk = Bulk {
    before: "insert into device_compliance (device_id, policy_id, compliant) values ",
    after: " on conflict (device_id, policy_id) do update set compliant = excluded.compliant",
};

/// Verdicts that are not in their rows yet. When a device was checked stands with the device.
fn verdicts<'a>(life: &'a Life, world: &'a World) -> impl Iterator<Item = Vec<Value>> + 'a {
    let Life { device, before, .. } = life;
    world.policies.iter().filter_map(move |(policy, rule)| {
        let verdict = rule.verdict(device)?;
        let changed = world.changed.get(policy).copied().unwrap_or_default();
        let is_kept = before.compliance_checked_at.is_some_and(|checked| checked > changed);
        (!is_kept || rule.verdict(before) != Some(verdict)).then(|| args![device.id, *policy, verdict])
    })
}

fn told(life: Life) -> impl Iterator<Item = NewEvent> {
    let device_id = life.device.id;
    life.events.into_iter().map(move |event| NewEvent {
        device_id,
        at: Timestamp::from_microsecond(event.at).unwrap_or(Timestamp::MAX),
        severity: event.severity,
        event: event.event,
        admin_account: String::new(),
        source: "Device",
        details: event.details,
    })
}
