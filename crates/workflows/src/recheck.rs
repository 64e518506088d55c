//! Reads again what a plan is about, just before it is applied: the devices it names, and what its filter finds now.
//! What the differences mean is decided by the engine (`plan::drift`).

use std::collections::{BTreeSet, HashMap};

use muster_engine::plan::drift::{Drift, drift};
use muster_engine::{Plan, Verdict};
use muster_model::devices::Device;
use muster_model::ids::DeviceId;

use crate::error::Error;
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
    Ok(drift(plan, &fresh, not_enrolled, joiners))
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
