//! Device tags of the published API. (The guide dialect carries tag names inside the device.)

mod add;
mod add_devices;
mod assign_v2;
mod create_v3;
mod delete;
mod delete_v2;
mod devices;
mod devices_v2;
mod of_device;
mod remove_devices;
mod search;
mod search_v2;
mod unassign_v2;
mod update;
mod update_v2;

pub use add::{Add, NewTag};
pub use add_devices::AddDevices;
pub use assign_v2::AssignV2;
pub use create_v3::{CreateV3, NewTagV3};
pub use delete::Delete;
pub use delete_v2::DeleteV2;
pub use devices::{Devices, DevicesQuery, TaggedDevice, TaggedDevices};
pub use devices_v2::{DevicesV2, DevicesV2Query, TaggedDeviceV2, TaggedDevicesV2};
pub use of_device::{DeviceTag, DeviceTags, OfDevice};
pub use remove_devices::RemoveDevices;
pub use search::{Search, Tag, TagPage, TagQuery};
pub use search_v2::{SearchV2, SearchV2Query, TagPageV2, TagV2};
pub use unassign_v2::UnassignV2;
pub use update::Update;
pub use update_v2::{TagName, UpdateV2};

pub use crate::bulk::{BulkAnswer, BulkValues, Faults, ItemFault, Values};
