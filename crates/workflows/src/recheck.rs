//! Reads again what a plan is about, just before it is applied: the devices it names, and what its filter finds now.
//! What the differences mean is decided by the engine (`plan::drift`).

use std::collections::{BTreeSet, HashMap};

use muster_engine::plan::drift::{Drift, drift};
use muster_engine::{Action, Plan, Target, Verdict};
use muster_model::devices::Device;
use muster_model::ids::DeviceId;

use crate::bulk::tags::READ_EACH;
use crate::error::Error;
use crate::gather::gather;
use crate::inventory::Inventory;
use crate::selection::{Targets, not_enrolled, select};
use crate::workflow::Watch;

/// What has changed since the plan was made.
///
/// # Errors
/// The tenant cannot be read.
pub async fn recheck(inventory: &dyn Inventory, plan: &Plan, watch: &dyn Watch) -> Result<Drift, Error> {
    let planned = devices(plan, |_| true);
    let mut fresh: HashMap<DeviceId, Device> = HashMap::new();
    let mut joiners = Vec::new();
    if let Some(targets) = Targets::again(&plan.selection).filter(|_| !planned.is_empty()) {
        for chosen in select(inventory, &targets, watch).await?.devices {
            let id = chosen.device.id.0;
            if planned.contains(&id) {
                fresh.insert(id, chosen.device);
            } else {
                joiners.push(named(&chosen.device));
            }
        }
    }
    // Those that the filter does not find any more, and those that somebody named.
    let open = devices(plan, |verdict| verdict != Verdict::Skip);
    let missing: Vec<DeviceId> = open.into_iter().filter(|id| !fresh.contains_key(id)).collect();
    let found = inventory.devices_by_id(&missing).await?;
    fresh.extend(found.into_iter().map(|device| (device.id.0, device)));
    let asked = tags(inventory, plan, &mut fresh, watch).await?;
    Ok(drift(plan, (&fresh, &asked), not_enrolled, joiners))
}

/// Reads tags that rows of devices do not tell, for those whose tags are to be changed: all of a few devices, and of more
/// only those that the plan changes, whose names are answered then.
async fn tags(
    inventory: &dyn Inventory,
    plan: &Plan,
    fresh: &mut HashMap<DeviceId, Device>,
    watch: &dyn Watch,
) -> Result<Vec<String>, Error> {
    let (mut untold, mut names) = (BTreeSet::new(), BTreeSet::new());
    for item in plan.items.iter().filter(|item| item.decision.verdict != Verdict::Skip) {
        let (Target::Device(device), Action::Retag { add, remove }) = (&item.target, &item.action) else { continue };
        if fresh.get(&device.id).is_some_and(|now| now.tags.is_none()) {
            untold.insert(device.id);
            names.extend(add.iter().chain(remove).cloned());
        }
    }
    if untold.len() <= READ_EACH {
        let read = gather("tags", watch, untold.into_iter().collect(), |id| inventory.device(id)).await?;
        for device in read.into_iter().flatten() {
            if let Some(now) = fresh.get_mut(&device.id.0) {
                now.tags = Some(device.tags.unwrap_or_default());
            }
        }
        return Ok(Vec::new());
    }
    // Of so many different ones the verbs see for themselves.
    if names.len() > READ_EACH {
        return Ok(Vec::new());
    }
    for id in &untold {
        if let Some(now) = fresh.get_mut(id) {
            now.tags = Some(Vec::new());
        }
    }
    for name in &names {
        for holder in inventory.devices_with_tag(name).await?.intersection(&untold) {
            if let Some(own) = fresh.get_mut(holder).and_then(|now| now.tags.as_mut()) {
                own.push(name.clone());
            }
        }
    }
    Ok(names.into_iter().collect())
}

fn devices(plan: &Plan, wanted: impl Fn(Verdict) -> bool) -> BTreeSet<DeviceId> {
    let items = plan.items.iter().filter(|item| wanted(item.decision.verdict));
    items.flat_map(|item| item.target.devices()).map(|device| device.id).collect()
}

fn named(device: &Device) -> String {
    if device.serial_number.is_empty() {
        device.device_friendly_name.to_string()
    } else {
        device.serial_number.to_string()
    }
}
