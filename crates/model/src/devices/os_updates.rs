//! `GET /api/mdm/devices/{uuid}/osupdate`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Updates of the operating system.
    OsUpdateList {
        os_update_list: Vec<OsUpdate> = "OSUpdateList",
        id: Option<i64> = "id",
        uuid: Option<Uuid> = "uuid",
    }

    /// An update. The date of its end is spelled so on the wire.
    OsUpdate {
        allows_install_later: Option<bool> = "allowsInstallLater",
        app_identifiers_to_close: Vec<String> = "appIdentifiersToClose",
        build: Option<String> = "build",
        device_update_name: Option<String> = "deviceUpdateName",
        device_update_uuid: Option<Uuid> = "deviceUpdateUuid",
        device_update_version: Option<String> = "deviceUpdateVersion",
        download_percent_complete: Option<f64> = "downloadPercentComplete",
        download_size: Option<f64> = "downloadSize",
        expiation_date: Option<Stamp> = "expiationDate",
        human_readable_name: Option<String> = "humanReadableName",
        id: Option<i64> = "id",
        install_size: Option<f64> = "installSize",
        is_configuration_data_update: Option<bool> = "isConfigurationDataUpdate",
        is_critical: Option<bool> = "isCritical",
        is_firmware_update: Option<bool> = "isFirmwareUpdate",
        is_preview: Option<bool> = "isPreview",
        product_key: Option<String> = "productKey",
        product_name: Option<String> = "productName",
        release_date: Option<Stamp> = "releaseDate",
        restart_required: Option<bool> = "restartRequired",
        sample_time: Option<Stamp> = "sampleTime",
        status: Option<String> = "status",
        status_time: Option<Stamp> = "statusTime",
        uuid: Option<Uuid> = "uuid",
        version: Option<String> = "version",
    }
}

endpoint! {
    /// Updates of the operating system that a device may have.
    OsUpdates = "devices.osupdates" is "mdmv2/DevicesV2_GetOSUpdatesByUUIDAsync":
        GET "/api/mdm/devices/{uuid}/osupdate" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: OsUpdateList;
}
