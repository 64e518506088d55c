//! Device tags of the published API. (The guide dialect carries tag names inside the device.)

mod add;
mod assign;
mod of_device;
mod search;

pub use add::{Add, NewTag};
pub use assign::{AddDevices, RemoveDevices};
pub use of_device::{DeviceTag, DeviceTags, OfDevice};
pub use search::{Search, Tag, TagPage, TagQuery};

use serde::{Deserialize, Serialize};

/// `{"BulkValues":{"Value":["52","53"]}}`: the input of every v1 bulk call; numbers or texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkValues {
    #[serde(rename = "BulkValues", alias = "bulkValues", alias = "bulkvalues", default)]
    pub bulk_values: Values,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    #[serde(rename = "Value", alias = "value", default, deserialize_with = "texts")]
    pub value: Vec<String>,
}

fn texts<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let values = Vec::<serde_json::Value>::deserialize(deserializer)?;
    Ok(values
        .into_iter()
        .map(|value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        })
        .collect())
}

impl BulkValues {
    pub fn of<T: ToString>(values: impl IntoIterator<Item = T>) -> Self {
        Self { bulk_values: Values { value: values.into_iter().map(|value| value.to_string()).collect() } }
    }
}

/// Answer of every v1 bulk call: how many items were accepted, and why the others were not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BulkAnswer {
    pub total_items: u64,
    pub accepted_items: u64,
    pub failed_items: u64,
    pub faults: Faults,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Faults {
    pub fault: Vec<ItemFault>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ItemFault {
    pub error_code: i64,
    pub item_value: String,
    pub message: String,
}
