//! `/API/v1/apps`: search, assign, state per device.

use uuid::Uuid;

use super::PageQuery;
use crate::apps::{App, AppQuery, AssignedGroup, Assignment};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{AppId, DeviceId};
use crate::page::paged;
use crate::record::record;
use crate::words::InstallStatus;

record! {
    /// A page of apps.
    AppList {
        applications: Vec<App> = "Applications",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Apps whose name contains the given text.
    AppsSearch = "guide.apps.search" is "guide/apps.search":
        GET "/API/v1/apps/search", Read;
    path: (); query: AppQuery; body: Nothing; answer: AppList, or empty;
}

paged! { AppsSearch: App in applications, counted by total, told apart by uuid or id }

record! {
    /// Publishing an assignment takes time; the operation tells how far it has come.
    Published {
        operation_id: Option<Uuid> = "OperationId",
    }
}

endpoint! {
    /// Assigns an app to smart groups, beside those it already has.
    AssignApp = "guide.apps.assign" is "guide/apps.assign":
        POST "/API/v1/apps/{id}/assignments", Write;
    path: AppId; query: Nothing; body: Assignment; answer: Published, or empty;
}

record! {
    /// Smart groups that an app is assigned to.
    AssignedGroups {
        assignments: Vec<AssignedGroup> = "Assignments",
    }
}

endpoint! {
    /// Smart groups that an app is assigned to.
    AppAssignments = "guide.apps.assignments" is "guide/apps.assignments":
        GET "/API/v1/apps/{id}/assignments", Read;
    path: AppId; query: Nothing; body: Nothing; answer: AssignedGroups, or empty;
}

record! {
    /// What became of an app on one device.
    DeviceApp {
        device_id: DeviceId = "DeviceId",
        device_friendly_name: String = "DeviceFriendlyName",
        /// `Installed`, `Failed` or `Pending`.
        status: InstallStatus = "Status",
        /// Why it failed or is pending.
        reason: String = "Reason",
        installed_version: String = "InstalledVersion",
    }

    /// Devices of an app.
    DeviceAppList {
        device_apps: Vec<DeviceApp> = "DeviceApps",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// What became of an app on each device it is assigned to.
    AppDevices = "guide.apps.devices" is "guide/apps.devices":
        GET "/API/v1/apps/{id}/devices", Read;
    path: AppId; query: PageQuery; body: Nothing; answer: DeviceAppList, or empty;
}

paged! { AppDevices: DeviceApp in device_apps, counted by total, told apart by device_id }
