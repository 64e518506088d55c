//! Workflows: steps that devices go through one after another.
//!
//! The published operations make workflows and watch them, but leave it to the console to hand them to smart groups.
//! Here a workflow's attributes do that: `SmartGroupUuids` (separated by commas), `State` (`NotPublished`,
//! `Published`, `Paused`, `Resumed`, `Archived`) and `DeploymentMode` (`Auto`, `OnDemand`, `Onboarding`).

mod definitions;
mod for_devices;
mod jobs;
mod status;
mod transfer;

use super::table::Table;

pub(super) fn routes(table: &mut Table) {
    definitions::routes(table);
    for_devices::routes(table);
    status::routes(table);
    transfer::routes(table);
    jobs::routes(table);
}
