//! `/API/v1/apps`: search, assign, state per device.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::PageQuery;
use crate::apps::{App, AppQuery, AssignedGroup, Assignment};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{AppId, DeviceId};
use crate::page::paged;
use crate::words::InstallStatus;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AppList {
    pub applications: Vec<App>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// Apps whose name contains the given text.
    AppsSearch = "guide.apps.search": GET "/API/v1/apps/search", Read;
    path: (); query: AppQuery; body: Nothing; answer: AppList, or empty;
}

paged! { AppsSearch: App in applications, counted by total, told apart by id.0.0 }

/// Publishing an assignment takes time; the operation tells how far it has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Published {
    pub operation_id: Option<Uuid>,
}

endpoint! {
    /// Assigns an app to smart groups, beside those it already has.
    AssignApp = "guide.apps.assign": POST "/API/v1/apps/{id}/assignments", Write;
    path: AppId; query: Nothing; body: Assignment; answer: Published, or empty;
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AssignedGroups {
    pub assignments: Vec<AssignedGroup>,
}

endpoint! {
    /// Smart groups that an app is assigned to.
    AppAssignments = "guide.apps.assignments": GET "/API/v1/apps/{id}/assignments", Read;
    path: AppId; query: Nothing; body: Nothing; answer: AssignedGroups, or empty;
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeviceApp {
    pub device_id: DeviceId,
    pub device_friendly_name: String,
    /// `Installed`, `Failed` or `Pending`.
    pub status: InstallStatus,
    /// Why it failed or is pending.
    pub reason: String,
    pub installed_version: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeviceAppList {
    pub device_apps: Vec<DeviceApp>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// What became of an app on each device it is assigned to.
    AppDevices = "guide.apps.devices": GET "/API/v1/apps/{id}/devices", Read;
    path: AppId; query: PageQuery; body: Nothing; answer: DeviceAppList, or empty;
}

paged! { AppDevices: DeviceApp in device_apps, counted by total, told apart by device_id.0 }
