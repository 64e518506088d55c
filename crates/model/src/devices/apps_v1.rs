//! `GET /api/mdm/devices/{id}/apps`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, RecordId, Reference, Wrapped};
use crate::page::{PageQuery, paged};
use crate::record::record;

record! {
    /// A page of apps.
    ReportedAppPage {
        device_apps: Vec<ReportedApp> = "DeviceApps",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// An app that the device told of.
    ReportedApp {
        ad_hoc_code_signed: Option<bool> = "AdHocCodeSigned",
        app_store_vendable: Option<bool> = "AppStoreVendable",
        app_version: Option<String> = "AppVersion",
        application_identifier: Option<String> = "ApplicationIdentifier",
        application_name: Option<String> = "ApplicationName",
        beta_app: Option<bool> = "BetaApp",
        build_version: Option<String> = "BuildVersion",
        device_based_vpp: Option<bool> = "DeviceBasedVPP",
        device_id: Option<Reference> = "DeviceId",
        has_update_available: Option<bool> = "HasUpdateAvailable",
        id: Option<Wrapped<RecordId>> = "Id",
        is_managed: Option<bool> = "IsManaged",
        size: Option<String> = "Size",
        status: Option<String> = "Status",
        kind: Option<String> = "Type",
        uuid: Option<Uuid> = "Uuid",
        version: Option<String> = "Version",
    }
}

endpoint! {
    /// Apps on a device as the device told them.
    AppsV1 = "devices.apps.v1" is "mdmv1/Apps_DeviceAppsByIdAsync":
        GET "/api/mdm/devices/{id}/apps", Read;
    path: DeviceId; query: PageQuery; body: Nothing; answer: ReportedAppPage, or empty;
}

paged! { AppsV1: ReportedApp in device_apps, counted by total, told apart by id }
