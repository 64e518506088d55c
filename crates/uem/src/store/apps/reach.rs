//! Which devices an app is meant for, and what is done when that changes.
//!
//! A device gets an app if the first rule that describes it says so: the app is active, runs on the platform, is
//! owned by the device's organization group or one above, the rule is in force, no excluded group has the device and
//! nobody blocked the package for it.

use std::collections::HashSet;

use jiff::Timestamp;
use muster_model::ids::{AppId, DeviceId};
use muster_store::{Error, Transaction, Value, args};

use super::removals;
use crate::store::filter::Filter;
use crate::store::smart_groups::Criteria;

/// A device that an app is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) device: i64,
    /// It gets the app without asking for it.
    pub(crate) auto: bool,
}

/// Which devices are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    /// Those that the app has not been brought to.
    Missing,
    One(i64),
}

/// Rules that follow one another and have the same mode.
struct Rules {
    auto: bool,
    criteria: Vec<String>,
}

/// The word of an app's platform column for "every platform".
const EVERY_PLATFORM: &str = "Any";

/// The enrolled devices that an app is meant for at a moment, by id; `None` if there is no such app.
pub(crate) async fn members(
    tx: &mut Transaction,
    app: i64,
    which: Which,
    at: i64,
) -> Result<Option<Vec<Member>>, Error> {
    let sql = "select platform, bundle_id, version, organization_group_id, status from apps where id = $1";
    let Some(row) = tx.fetch_optional(sql, args![app]).await? else { return Ok(None) };
    if row.get::<String>("status")? != "Active" {
        return Ok(Some(Vec::new()));
    }
    let (platform, bundle, version) =
        (row.get::<String>("platform")?, row.get::<String>("bundle_id")?, row.get::<String>("version")?);
    let owner: i64 = row.get("organization_group_id")?;
    let excluded = "select s.criteria from smart_groups s join app_exclusions e on e.smart_group_id = s.id \
                    where e.app_id = $1 order by s.id";
    let excluded = tx.fetch(excluded, args![app]).await?;
    let excluded = excluded.iter().map(|row| row.get("criteria")).collect::<Result<Vec<String>, Error>>()?;
    let mut found = Vec::new();
    let mut known = HashSet::new();
    for rules in rules(tx, app, at).await? {
        let mut filter = Filter::default();
        let Some(any) = any(&mut filter, &rules.criteria) else { continue };
        filter.and(any);
        if let Some(any) = self::any(&mut filter, &excluded) {
            filter.and(format!("not {any}"));
        }
        if !platform.is_empty() && platform != EVERY_PLATFORM {
            filter.equal("d.platform", platform.as_str());
        }
        below(&mut filter, owner);
        unblocked(&mut filter, &bundle, &version);
        match which {
            Which::All => {}
            Which::One(device) => filter.equal("d.id", device),
            Which::Missing => {
                let app = filter.arg(app);
                filter.and(format!(
                    "not exists (select 1 from device_apps x where x.device_id = d.id and x.app_id = {app} \
                     and x.assigned = 1)"
                ));
            }
        }
        for row in tx.fetch(format!("select d.id from devices d{}", filter.text()), filter.args()).await? {
            let device = row.get("id")?;
            if known.insert(device) {
                found.push(Member { device, auto: rules.auto });
            }
        }
    }
    found.sort_unstable_by_key(|member| member.device);
    Ok(Some(found))
}

/// The rules of an app that are in force, in their order.
async fn rules(tx: &mut Transaction, app: i64, at: i64) -> Result<Vec<Rules>, Error> {
    let sql = "select s.criteria, a.push_mode from smart_groups s join app_assignments a on a.smart_group_id = s.id \
               where a.app_id = $1 and a.effective_at <= $2 order by a.priority, s.id";
    let mut rules: Vec<Rules> = Vec::new();
    for row in tx.fetch(sql, args![app, at]).await? {
        let auto = row.get::<String>("push_mode")?.eq_ignore_ascii_case("auto");
        let criteria: String = row.get("criteria")?;
        match rules.last_mut() {
            Some(last) if last.auto == auto => last.criteria.push(criteria),
            _ => rules.push(Rules { auto, criteria: vec![criteria] }),
        }
    }
    Ok(rules)
}

/// `((…) or (…))` over criteria as `smart_groups.criteria` keeps them; `None` if none describes a device.
pub(super) fn any(filter: &mut Filter, criteria: &[String]) -> Option<String> {
    let mut parts = Vec::new();
    for criteria in criteria.iter().filter_map(|text| Criteria::parse(text)) {
        parts.push(format!("({})", filter.group(|filter| criteria.apply(filter))));
    }
    (!parts.is_empty()).then(|| format!("({})", parts.join(" or ")))
}

/// The device `d` belongs to a group or to one below it.
pub(super) fn below(filter: &mut Filter, group: i64) {
    let group = filter.arg(group);
    filter.and(format!(
        "d.organization_group_id in (with recursive below(id) as (select id from organization_groups where \
         id = {group} union all select g.id from organization_groups g join below b on g.parent_id = b.id) \
         select id from below)"
    ));
}

fn unblocked(filter: &mut Filter, bundle: &str, version: &str) {
    let (bundle, version) = (filter.arg(bundle), filter.arg(version));
    filter.and(format!(
        "not exists (select 1 from app_blocks k where k.package_id = {bundle} and k.action in ('UNKNOWN', 'INSTALL') \
         and k.version in ('', {version}) and k.device_uuid in ('', d.uuid) and k.platform in ('Unknown', d.platform))"
    ));
}

/// Whether an app is meant for a device: it was brought there, or a rule describes the device.
pub(crate) async fn is_assigned(tx: &mut Transaction, app: AppId, device: DeviceId) -> Result<bool, Error> {
    let sql = "select 1 as found from device_apps where app_id = $1 and device_id = $2 and assigned = 1";
    if tx.fetch_optional(sql, args![app.0, device.0]).await?.is_some() {
        return Ok(true);
    }
    let members = members(tx, app.0, Which::One(device.0), i64::MAX).await?;
    Ok(members.is_some_and(|members| !members.is_empty()))
}

/// An install that is asked for is pending from now on, whatever became of the last one, unless it has
/// succeeded or is running. It may be asked for before the assignment has reached the device.
pub(crate) async fn ask(tx: &mut Transaction, app: AppId, device: DeviceId, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "insert into device_apps (device_id, app_id, status, reason, installed_version, tries, updated_at, due_at) \
         values ($1, $2, 'Pending', 'Waiting for the device', '', 0, $3, null) on conflict (device_id, app_id) \
         do update set assigned = 1, removal_id = null, updated_at = excluded.updated_at, \
         status = case when device_apps.status in ('PendingRemoval', 'RemovalHeld') then 'Installed' \
         else excluded.status end, \
         reason = case when device_apps.status in ('PendingRemoval', 'RemovalHeld') then '' else excluded.reason end \
         where device_apps.status <> 'Installed' and device_apps.due_at is null",
        args![device.0, app.0, now],
    )
    .await
    .map(|_| ())
}

/// Asks a device to remove an app that it has; answers whether it has it. The device does so at its next check-in.
pub(crate) async fn ask_removal(
    tx: &mut Transaction,
    app: AppId,
    device: DeviceId,
    now: Timestamp,
) -> Result<bool, Error> {
    let open = format!(
        "update commands set status = 'Cancelled', reason = 'The application is to be removed', finished_at = $3 \
         where application_id = $1 and device_id = $2 and status in {OPEN}"
    );
    tx.execute(open, args![app.0, device.0, now]).await?;
    let sql = "update device_apps set status = 'PendingRemoval', reason = 'Waiting for the device to remove it', \
               updated_at = $3, due_at = null, removal_id = null where app_id = $1 and device_id = $2 \
               and (status in ('Installed', 'PendingRemoval', 'RemovalHeld'))";
    if tx.execute(sql, args![app.0, device.0, now]).await? > 0 {
        return Ok(true);
    }
    // An install that is still on its way is called off.
    let sql = "update device_apps set status = 'NotInstalled', reason = 'Removed before it was installed', \
               updated_at = $3, due_at = null where app_id = $1 and device_id = $2 and status in ('Pending', 'Failed')";
    Ok(tx.execute(sql, args![app.0, device.0, now]).await? > 0)
}

/// Whether the app is to go from every device, or from those that no rule describes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Everywhere,
    Strangers,
}

/// Takes an app back from devices that it is not meant for: what was not installed yet is called off, what is
/// installed is to be removed. So many removals at once that something may be wrong are held, until somebody
/// releases them.
pub(crate) async fn withdraw(
    tx: &mut Transaction,
    app: i64,
    from: From,
    source: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let keep: HashSet<i64> = match from {
        From::Everywhere => HashSet::new(),
        From::Strangers => {
            let members = members(tx, app, Which::All, i64::MAX).await?.unwrap_or_default();
            members.into_iter().map(|member| member.device).collect()
        }
    };
    let sql = "select device_id, status from device_apps where app_id = $1 and assigned = 1 order by device_id";
    let (mut having, mut waiting) = (Vec::new(), Vec::new());
    for row in tx.fetch(sql, args![app]).await? {
        let (device, status): (i64, String) = (row.get("device_id")?, row.get("status")?);
        if !keep.contains(&device) {
            let list =
                if matches!(status.as_str(), "Installed" | "PendingRemoval") { &mut having } else { &mut waiting };
            list.push(device);
        }
    }
    let held = having.len() > removals::LIMIT;
    let removal = if held { Some(removals::hold(tx, app, source, now).await?) } else { None };
    let (status, reason) = if held {
        ("RemovalHeld", "Many devices would lose the application: the removal waits for a release")
    } else {
        ("PendingRemoval", "The application is no longer assigned to this device")
    };
    each(tx, &having, |list| {
        let sql = format!(
            "update device_apps set assigned = 0, status = $2, reason = $3, removal_id = $4, updated_at = $5, \
             due_at = null where app_id = $1 and device_id in ({list})"
        );
        (sql, args![app, status, reason, removal, now])
    })
    .await?;
    each(tx, &waiting, |list| {
        (format!("delete from device_apps where app_id = $1 and device_id in ({list})"), args![app])
    })
    .await?;
    // Nobody is to install it after that.
    having.extend(waiting);
    each(tx, &having, |list| {
        let sql = format!(
            "update commands set status = 'Cancelled', reason = $2, finished_at = $3 where application_id = $1 \
             and device_id in ({list}) and status in {OPEN}"
        );
        (sql, args![app, "The application is no longer assigned to this device", now])
    })
    .await
}

/// States of a command that a device has still to carry out.
const OPEN: &str = "('Queued', 'Sent', 'NotNow')";

/// Has the devices that have an older version of an app install it again.
pub(crate) async fn renew(tx: &mut Transaction, app: i64, now: Timestamp) -> Result<(), Error> {
    let sql = "update device_apps set status = 'Pending', reason = 'Waiting for the device to update it', \
               updated_at = $2 where app_id = $1 and status = 'Installed' and assigned = 1";
    tx.execute(sql, args![app, now]).await.map(|_| ())
}

/// Runs a statement over ids of ours, some at a time; they are numbers, and stand in the text.
async fn each(
    tx: &mut Transaction,
    ids: &[i64],
    statement: impl Fn(&str) -> (String, Vec<Value>),
) -> Result<(), Error> {
    for chunk in ids.chunks(1_000) {
        let list: Vec<String> = chunk.iter().map(i64::to_string).collect();
        let (sql, values) = statement(&list.join(", "));
        tx.execute(sql, values).await?;
    }
    Ok(())
}
