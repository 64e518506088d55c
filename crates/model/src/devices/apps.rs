//! `GET /api/mdm/devices/{deviceUuid}/apps/search`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    AppsQuery {
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        searchtext: Option<String> = "searchtext",
        sortorder: Option<String> = "sortorder",
    }

    /// A page of apps.
    DeviceAppPage {
        total_results: u64 = "TotalResults",
        app_items: Vec<DeviceApp> = "app_items",
    }

    /// An app on a device, or meant for it.
    DeviceApp {
        app_store_vendable: Option<bool> = "app_store_vendable",
        application_uuid: Option<String> = "application_uuid",
        assigned_version: Option<String> = "assigned_version",
        assignment_status: Option<String> = "assignment_status",
        beta_app: Option<bool> = "beta_app",
        bundle_id: Option<String> = "bundle_id",
        device_based_vpp: Option<bool> = "device_based_vpp",
        display_name: Option<String> = "display_name",
        distributor_identifier: Option<String> = "distributor_identifier",
        installed_status: Option<String> = "installed_status",
        installed_version: Option<String> = "installed_version",
        latest_uem_action: Option<String> = "latest_uem_action",
        latest_uem_action_time: Option<Stamp> = "latest_uem_action_time",
        name: Option<String> = "name",
        size: Option<String> = "size",
    }
}

endpoint! {
    /// Apps on a device and those assigned to it.
    Apps = "devices.apps" is "mdmv1/AppsV1_SearchAppsForDeviceAsync":
        GET "/api/mdm/devices/{deviceUuid}/apps/search", Read;
    path: Uuid; query: AppsQuery; body: Nothing; answer: DeviceAppPage, or empty;
}

paged! { Apps: DeviceApp in app_items, counted by total_results, told apart by application_uuid }
