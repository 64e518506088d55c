//! Which devices are meant: by a filter, or named one by one. Nothing is guessed: a name that fits no
//! record or several is an error that shows the records.

mod find;
pub mod list;
mod serials;

pub use list::{Name, Wanted};

use muster_client::DeviceFilter;
use muster_engine::Selection;
use muster_model::devices::Device;
use muster_model::words::EnrollmentStatus;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::inventory::Inventory;
use crate::workflow::Watch;

/// How somebody said which devices are meant.
#[derive(Debug, Clone, PartialEq)]
pub enum Targets {
    /// Every enrolled device that matches.
    Filter {
        filter: DeviceFilter,
        /// Only the first so many.
        first: Option<usize>,
        /// The most devices that the caller expects; more are refused by the guard.
        bound: Option<u64>,
    },
    /// Exactly these.
    Listed(Vec<Wanted>),
}

/// The devices that are meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Selected {
    pub devices: Vec<Chosen>,
    /// How they were chosen, for the guard.
    pub selection: Selection,
    /// Devices that matched the filter and were left out because they are not enrolled.
    pub left_out: usize,
}

/// A filter as a plan keeps it, so that it can be asked again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Query {
    filter: DeviceFilter,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<usize>,
}

impl Targets {
    /// What a plan's selection was, if it was a filter of ours; it is not bound any more.
    pub fn again(selection: &Selection) -> Option<Self> {
        let Selection::Filter { query: Some(query), .. } = selection else { return None };
        let Query { filter, first } = serde_json::from_value(query.clone()).ok()?;
        Some(Self::Filter { filter, first, bound: None })
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    pub device: Device,
    /// Columns of the input row, in their order.
    pub input: Vec<(String, String)>,
    /// Why nothing can be done to it, although it was named.
    pub nothing_to_do: Option<String>,
}

impl Targets {
    /// A filter, or names; not both, because it would be a guess whether one narrows the other.
    ///
    /// # Errors
    /// [`Error::Usage`] if both are given.
    pub fn of(filter: DeviceFilter, first: Option<usize>, listed: Vec<Wanted>) -> Result<Self, Error> {
        if listed.is_empty() {
            return Ok(Self::Filter { filter, first, bound: first.map(|first| first as u64) });
        }
        if !filter.is_empty() || first.is_some() {
            return Err(Error::Usage("choose devices by a filter or name them one by one, not both".to_owned()));
        }
        Ok(Self::Listed(listed))
    }
}

/// Finds the devices that are meant.
///
/// # Errors
/// [`Error::Devices`] with every name that fits no record or several.
pub async fn select(inventory: &dyn Inventory, targets: &Targets, watch: &dyn Watch) -> Result<Selected, Error> {
    match targets {
        Targets::Filter { filter, first, bound } => {
            let found = inventory.devices(filter).await?;
            watch.reading("devices", found.len(), found.len());
            let total = found.len();
            let mut devices: Vec<Device> = found.into_iter().filter(is_enrolled).collect();
            let left_out = total - devices.len();
            devices.truncate(first.unwrap_or(usize::MAX));
            let text = describe(filter, *first);
            let query = serde_json::to_value(Query { filter: filter.clone(), first: *first }).ok();
            let selection = Selection::Filter { text, everything: filter.is_empty(), bound: *bound, query };
            let chosen = |device| Chosen { device, input: Vec::new(), nothing_to_do: None };
            Ok(Selected { devices: devices.into_iter().map(chosen).collect(), selection, left_out })
        }
        Targets::Listed(wanted) => {
            let devices = find::find(inventory, wanted).await?;
            Ok(Selected { devices, selection: Selection::Listed, left_out: 0 })
        }
    }
}

/// A filter in words: `platform=WinRT ownership=C`.
pub fn describe(filter: &DeviceFilter, first: Option<usize>) -> String {
    let criteria = [
        filter.platform.as_ref().map(|platform| format!("platform={platform}")),
        filter.model.as_ref().map(|model| format!("model={model}")),
        filter.ownership.as_ref().map(|ownership| format!("ownership={ownership}")),
    ];
    let mut text = criteria.into_iter().flatten().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        text.push_str("every device");
    }
    if let Some(first) = first {
        text.push_str(&format!(", the first {first}"));
    }
    text
}

/// Whether commands reach the device. A tenant that does not say is believed to mean yes.
pub fn is_enrolled(device: &Device) -> bool {
    match &device.enrollment_status {
        EnrollmentStatus::Enrolled => true,
        EnrollmentStatus::Other(word) => word.is_empty(),
        _ => false,
    }
}

/// Why nothing can be done to a device that is not enrolled.
pub fn not_enrolled(device: &Device) -> Option<String> {
    (!is_enrolled(device)).then(|| format!("not enrolled ({})", device.enrollment_status))
}
