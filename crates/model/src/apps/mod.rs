//! Applications: what there is, to whom it is assigned, and what became of it on each device.

mod assign;
mod devices;
mod get;
mod install;
mod search;

pub use assign::{Assign, Assignment, DeploymentParameters, WhenToCallInstallComplete, WhenToInstall};
pub use devices::{AppDevice, AppDevicePage, AppDevicesQuery, Devices};
pub use get::{AppDetail, AssignedGroup, Get};
pub use install::{Install, InstallTarget};
pub use search::{AppPage, AppQuery, Search};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{AppId, Wrapped};

/// An application as v1 searches and the guide dialect write it (reference §3.13).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct App {
    pub id: Wrapped<AppId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
    pub application_name: String,
    pub bundle_id: String,
    pub app_version: String,
    /// `Internal` or `Public`.
    pub app_type: String,
    pub status: String,
    /// A platform number.
    pub platform: i64,
    pub assignment_status: String,
    pub location_group_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_group_uuid: Option<Uuid>,
    pub assigned_device_count: u64,
    pub installed_device_count: u64,
    pub not_installed_device_count: u64,
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}
