//! Reads which devices break rules, which rules those are, and what they have been sent already.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use muster_client::RuleState;
use muster_model::commands::Command;
use muster_model::devices::Device;
use muster_model::ids::DeviceId;
use muster_model::words::CommandStatus;

use crate::error::{Error, Kind};
use crate::gather::gather;
use crate::inventory::Inventory;
use crate::selection::is_enrolled;
use crate::workflow::Watch;

/// What a remediation is decided by.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// One case per non-compliant device, in the tenant's order.
    pub cases: Vec<Case>,
    /// Commands that the tenant's API does not have.
    pub unsupported: BTreeSet<Command>,
}

/// A device that breaks rules.
#[derive(Debug, Clone)]
pub struct Case {
    pub device: Device,
    /// Every rule of the device, the kept ones too.
    pub rules: Vec<RuleState>,
    /// Commands that wait for the device or are being carried out by it, and since when.
    pub waiting: Waiting,
    /// Why the rules could not be read; the others' could.
    pub unread: Option<String>,
}

/// Open commands of a device, with the moment when each was queued last, if the tenant tells.
pub type Waiting = BTreeMap<Command, Option<Timestamp>>;

impl Case {
    /// The rules that the device breaks. A rule that has not been checked yet is not broken.
    pub fn broken(&self) -> impl Iterator<Item = &RuleState> {
        self.rules.iter().filter(|rule| rule.compliant == Some(false))
    }
}

/// Reads every non-compliant device with its rules and its waiting commands, which a decision needs.
///
/// # Errors
/// The tenant cannot be read. A single device that cannot be read is a case that says so.
pub async fn observe(inventory: &dyn Inventory, watch: &dyn Watch) -> Result<Facts, Error> {
    read(inventory, watch, true).await
}

/// Reads every non-compliant device with its rules, for a report: a call a device less.
///
/// # Errors
/// As [`observe`].
pub async fn observe_rules(inventory: &dyn Inventory, watch: &dyn Watch) -> Result<Facts, Error> {
    read(inventory, watch, false).await
}

async fn read(inventory: &dyn Inventory, watch: &dyn Watch, commands: bool) -> Result<Facts, Error> {
    let devices = inventory.noncompliant_devices().await?;
    watch.reading("devices", devices.len(), devices.len());
    let cases = gather("compliance of devices", watch, devices, |device| case(inventory, device, commands)).await?;
    let unsupported = Command::all().filter(|command| !inventory.supports(*command)).collect();
    Ok(Facts { cases, unsupported })
}

async fn case(inventory: &dyn Inventory, device: Device, commands: bool) -> Result<Case, Error> {
    let id = device.id.0;
    let mut case = Case { device, rules: Vec::new(), waiting: Waiting::new(), unread: None };
    if !is_enrolled(&case.device) {
        return Ok(case);
    }
    match details(inventory, id, commands).await {
        Ok(Some((rules, waiting))) => (case.rules, case.waiting) = (rules, waiting),
        Ok(None) => case.unread = Some("the device is gone".to_owned()),
        Err(error) if concerns_one_device(&error) => case.unread = Some(told(&error)),
        Err(error) => return Err(error),
    }
    Ok(case)
}

async fn details(
    inventory: &dyn Inventory,
    id: DeviceId,
    commands: bool,
) -> Result<Option<(Vec<RuleState>, Waiting)>, Error> {
    let Some(compliance) = inventory.device_compliance(id).await? else { return Ok(None) };
    if !commands || compliance.rules.iter().all(|rule| rule.compliant != Some(false)) {
        return Ok(Some((compliance.rules, Waiting::new())));
    }
    let commands = inventory.device_commands(id).await?;
    let mut waiting = Waiting::new();
    for record in commands {
        let open = matches!(record.status, CommandStatus::Queued | CommandStatus::Sent | CommandStatus::NotNow);
        if let Some(command) = Command::known(&record.command).filter(|_| open) {
            let queued = waiting.entry(command).or_default();
            *queued = (*queued).max(record.queued_at.map(|at| at.0));
        }
    }
    Ok(Some((compliance.rules, waiting)))
}

/// Whether an error says something about one device, and not about the tenant or us.
fn concerns_one_device(error: &Error) -> bool {
    use muster_client::Kind as Client;
    matches!(error.kind(), Kind::Client(Client::NotFound | Client::Invalid | Client::Conflict | Client::Incomplete))
}

/// An error with its causes, in one line.
fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}
