//! Devices: search, read, edit, delete, and everything that is one device's own, in both dialects.
//!
//! What hangs below a device exists by its id, by its UUID and by `?searchby=&id=`: one handler serves all of them,
//! because [`named`] finds the device that a request is about, however it is named.

mod apps;
mod attributes;
mod baselines;
mod bitlocker;
mod contents;
mod counts;
mod definitions;
mod delete;
mod deployments;
mod edit;
mod events;
mod gps;
mod groups;
mod makers;
mod models;
pub(super) mod named;
mod network;
mod notes;
mod people;
mod profiles;
mod read;
mod registered;
mod releases;
mod reports;
mod sample;
mod search;
mod security;
mod shape;
mod updates;
mod words;

pub(super) use edit::{guide_update, update};
pub(super) use events::event_log;
pub(super) use read::{bulk_settings, find, get, guide_get};
pub(super) use search::{guide_search, search};

use super::policy::Action::{Delete, Edit, Execute, Read};
use super::policy::Resource::{Commands, Content, Devices, Profiles};
use super::policy::needs;
use super::table::Table;

pub(super) fn routes(table: &mut Table) {
    let (read, edit_right, delete_right) = (needs(Devices, Read), needs(Devices, Edit), needs(Devices, Delete));
    table
        .serve("mdmv2/DevicesV2_SearchAsync", read, search::version_2)
        .serve("mdmv3/DevicesV3_SearchAsync", read, search::version_3)
        .serve("mdmv1/Devices_DeviceExtensiveSearchAsync", read, search::extensive)
        .serve("mdmv1/Devices_DeviceExtensiveSearchLiteAsync", read, search::lite)
        .serve("mdmv2/DevicesV2_GetByUuidAsync", read, read::version_2)
        .serve("mdmv3/DevicesV3_GetByUuidAsync", read, read::version_3)
        .serve("mdmv1/Devices_BulkGetDevicesByAlternateIdAsync", read, read::bulk)
        .serve("mdmv1/Devices_GetDevicesByIdAsync", read, read::bulk)
        .serve("mdmv1/Devices_GetByUdidAsync", read, read::by_udid)
        .serve("mdmv1/Devices_GetDeviceEnrollmentStatusbyUdidAsync", read, read::enrollment_status)
        .serve("mdmv1/Devices_EditDeviceByAlternateIdAsync", edit_right, edit::by_alternate_id)
        .serve("mdmv2/DevicesV2_CheckOutDeviceToUserAsync", edit_right, edit::check_out)
        .serve("mdmv1/Devices_ManagedSettingsForDeviceByAlternateId", edit_right, edit::managed_settings)
        .serve("mdmv1/Devices_BulkUpdateComputerSIDAsync", edit_right, edit::computer_sids)
        .serve("mdmv1/CommandsV1_ChangeOrganizationGroupAsync", edit_right, edit::change_group)
        .serve("mdmv1/CommandsV1_ChangeOrganizationGroupAsync#2", edit_right, edit::change_group)
        .serve("mdmv1/CommandsV1_ChangeOrganizationGroupByAlternateIdAsync", edit_right, edit::change_group)
        .serve("mdmv1/Devices_DeleteAsync", delete_right, delete::by_id)
        .serve("mdmv1/Devices_DeleteByAlternateIdAsync", delete_right, delete::by_alternate_id)
        .serve("mdmv1/Devices_BulkDeleteDevicesAsync", delete_right, delete::bulk)
        .serve("mdmv1/Devices_GetDeviceCountDetails", read, counts::info)
        .serve("mdmv2/DevicesV2_GetDeviceCountDetailsByOGUUID", read, counts::info)
        .serve("mdmv1/Devices_FilterEnrolledDevicesCountAsync", read, counts::enrolled);
    own(table);
}

/// What hangs below a device.
fn own(table: &mut Table) {
    let (read, edit_right, delete_right) = (needs(Devices, Read), needs(Devices, Edit), needs(Devices, Delete));
    table
        .serve("mdmv1/Network_GetNetworkInfoByDeviceAsync", read, network::of_device)
        .serve("mdmv1/Network_GetNetworkInfoByAlternateIdAsync", read, network::of_device)
        .serve("mdmv1/Network_NetworkInfoSearch", read, network::search)
        .serve("mdmv1/GPS_GetGpsCoordinatesByDeviceAsync", read, gps::of_device)
        .serve("mdmv1/GPS_GetGpsCoordinatesByAlternateIdAsync", read, gps::of_device)
        .serve("mdmv1/GPS_ExecuteBulkGpsCoordinatesByDeviceByAlternateId", read, gps::bulk)
        .serve("mdmv1/GPS_BulkGpsCoordinatesSearchByDeviceIdentifiers", read, gps::bulk_search)
        .serve("mdmv1/SecurityV1_GetDeviceSecurityInfoAsync", read, security::of_device)
        .serve("mdmv1/SecurityV1_GetDeviceSecurityInfoByAlternateidAsync", read, security::of_device)
        .serve("mdmv1/SecurityV1_DeviceSecurityInfoSearch", read, security::search)
        .serve("mdmv1/SecurityV1_GetDeviceEncryptionStatusAsync", read, security::encryption_status)
        .serve("mdmv1/SecurityV1_GetManagedAdminInformation", read, security::managed_admin)
        .serve("mdmv1/SecurityV1_GetDeviceRecoveryLockPasswordAsync", read, security::recovery_lock)
        .serve("mdmv1/BitLockerV1_GetDeviceBitLockerDriveInfoAsync", read, bitlocker::drives)
        .serve("mdmv1/BitLockerV1_GetDeviceBitLockerProtectorInfoAsync", read, bitlocker::drive_protectors)
        .serve("mdmv1/BitLockerV1_GetRecoveryKeyAsync", read, bitlocker::recovery_key)
        .serve("mdmv1/Notes_GetNotesByDevice", read, notes::list)
        .serve("mdmv1/Notes_GetDeviceNotesByAlternateIdAsync", read, notes::list)
        .serve("mdmv1/Notes_GetDeviceNote", read, notes::get)
        .serve("mdmv1/Notes_GetDeviceNoteByAlternateIdAsync", read, notes::get)
        .serve("mdmv1/Notes_CreateNotes", edit_right, notes::add)
        .serve("mdmv1/Notes_CreateNotesByAlternateIdAsync", edit_right, notes::add)
        .serve("mdmv1/Notes_UpdateNotes", edit_right, notes::update)
        .serve("mdmv1/Notes_UpdateNotesByAlternateIdAsync", edit_right, notes::update)
        .serve("mdmv1/Notes_DeleteNote", delete_right, notes::delete)
        .serve("mdmv1/Notes_DeleteNoteByAlternateIdAsync", delete_right, notes::delete);
    attributes(table);
    apps_and_people(table);
    registered(table);
    reports(table);
    os_updates(table);
}

/// Attributes of devices that are not enrolled yet.
fn registered(table: &mut Table) {
    let right = needs(Devices, Edit);
    table
        .serve("systemv1/EnrollmentCustomAttributes_CreateCustomAttributesForRegDevices", right, registered::create)
        .serve("systemv1/EnrollmentCustomAttributes_UpdateCustomAttributesForRegDevices", right, registered::update)
        .serve("systemv1/EnrollmentCustomAttributes_DeleteCustomAttributesForRegDevices", right, registered::delete)
        .serve(
            "systemv1/EnrollmentCustomAttributes_CreateCustomAttributesForRegDevicesByAssetNr",
            right,
            registered::create,
        )
        .serve(
            "systemv1/EnrollmentCustomAttributes_UpdateCustomAttributesForRegDevicesByAssetNr",
            right,
            registered::update,
        )
        .serve(
            "systemv1/EnrollmentCustomAttributes_DeleteCustomAttributesForRegDevicesByAssetNr",
            right,
            registered::delete,
        );
}

fn reports(table: &mut Table) {
    let (read, edit_right) = (needs(Devices, Read), needs(Devices, Edit));
    table
        .serve("mdmv1/Profiles_GetProfilesByDevice", needs(Profiles, Read), profiles::list)
        .serve("mdmv1/Profiles_GetProfilesByAlternateId", needs(Profiles, Read), profiles::list)
        .serve("mdmv1/Profiles_ExecuteInstallProfileCommands", needs(Profiles, Execute), profiles::install)
        .serve("mdmv1/DeviceSamples_SaveDeviceSamplesAsync", edit_right, reports::save)
        .serve("memv1/MEMDevices_Search", read, reports::mail)
        .serve(
            "mdmv1/TelecomDevices_SearchCellCardDailyUsageHistoryByOrganizationGroupAsync",
            read,
            reports::usage_of_group,
        )
        .serve("mdmv1/TelecomDevices_SearchCellCardDailyUsageHistoryByDeviceAsync", read, reports::usage_of_device)
        .serve("mdmv1/DeviceLogV1_GetDeviceLogBySourceAsync", read, reports::log_of_source)
        .serve(
            "mdmv1/ComplianceConditionalAccessDeviceInformationReportingV1_GetDeviceRegistrationInformationAsync",
            read,
            reports::conditional_access,
        )
        .serve(
            "mdmv2/ComplianceConditionalAccessDeviceInformationReporting_GetDeviceRegistrationInformationAsync",
            read,
            reports::conditional_access,
        )
        .serve("mdmv1/PlatformsV1_GetActivePlatformsAsync", read, baselines::platforms)
        .serve("mdmv1/OSVersionsV1_GetActiveOSVersionsAsync", read, baselines::releases)
        .serve("mdmv1/OSVersionsV1_GetActiveOSVersionsForPlatformAsync", read, baselines::releases_of_platform)
        .serve("mdmv1/OPSDeviceLastSyncDetails_OPSDeviceLastSyncDetailsAsync", read, baselines::last_sync)
        .serve("mdmv1/DeviceStateMetadataV1_GetDeviceStateMetadataAsync", read, baselines::states);
}

fn os_updates(table: &mut Table) {
    let (read, edit_right, delete_right) = (needs(Devices, Read), needs(Devices, Edit), needs(Devices, Delete));
    let execute = needs(Commands, Execute);
    table
        .serve("mdmv1/UpdatesV1_GetDeviceUpdatesBySearchParameters", read, updates::list)
        .serve("mdmv1/UpdatesV1_GetSpecificUpdateDetails", read, updates::get)
        .serve("mdmv1/UpdatesV1_GetDeviceReadiness", read, updates::readiness)
        .serve("mdmv1/UpdatesV1_GetCountOfDeviceStatus", read, updates::statuses)
        .serve("mdmv1/UpdatesV1_GetDeviceUpdateStatusBySearchParameters", read, updates::devices)
        .serve("mdmv1/UpdatesV1_DevicesUpdateAction", execute, updates::act)
        .serve("mdmv1/UpdatesV1_CreateUpdateDeployment", execute, deployments::create)
        .serve("mdmv2/OsUpdatesV2_CreateUpdateDeployment", execute, deployments::create)
        .serve("mdmv1/UpdatesV1_GetDeploymentsByDeviceUpdate", read, deployments::list)
        .serve("mdmv1/UpdatesV1_GetDeviceUpdateDeploymentDetails", read, deployments::get)
        .serve("mdmv1/UpdatesV1_UpdateDeviceUpdateDeployment", edit_right, deployments::update)
        .serve("mdmv2/OsUpdatesV2_UpdateDeviceUpdateDeployment", edit_right, deployments::update)
        .serve("mdmv1/UpdatesV1_BulkUpdateDeviceUpdateDeployment", edit_right, deployments::change_many)
        .serve("mdmv1/UpdatesV1_DeleteDeviceUpdateDeployment", delete_right, deployments::delete);
}

fn apps_and_people(table: &mut Table) {
    let read = needs(Devices, Read);
    table
        .serve("mdmv1/Apps_DeviceAppsByIdAsync", read, apps::list)
        .serve("mdmv1/Apps_DeviceAppsByAlternateIdAsync", read, apps::list)
        .serve("mdmv1/Apps_AdminAppDetailsAsync", read, apps::administering)
        .serve("mdmv1/AppsV1_GetAppInfoForDeviceAsync", read, apps::one)
        .serve("mdmv1/AppsV1_SearchAppsForDeviceAsync", read, apps::search)
        .serve("mdmv2/AppsV2_GetAppListForDevicesAsync", read, apps::of_devices)
        .serve("mdmv1/Devices_GetAppStatusAsync", read, apps::app_status)
        .serve("mdmv2/DevicesV2_GetDeviceInstallsAsync", read, apps::install)
        .serve("mdmv2/DevicesV2_GetOSUpdatesByUUIDAsync", read, releases::of_device)
        .serve("mdmv1/Users_GetDeviceUserByIdAsync", read, people::user)
        .serve("mdmv1/Users_GetDeviceUserByAlternateidAsync", read, people::user)
        .serve("mdmv1/Devices_GetLoggedInUsersAsync", read, people::signed_in)
        .serve("mdmv1/Certificates_GetCertificatesByDeviceAsync", read, people::certificates)
        .serve("mdmv1/Certificates_GetCertificatesByAlternateId", read, people::certificates)
        .serve("mdmv1/EventLog_GetEventLogsByAlternateIdAsync", read, events::by_alternate_id)
        .serve("mdmv1/Devices_LoadDeviceEventHistory", read, events::audit)
        .serve("mdmv1/DeviceSmartGroups_GetSmartGroupsAssignedToDevice", read, groups::of_device)
        .serve("mdmv1/DeviceSmartGroupsV1_QuerySmartGroupsForDevicesAsync", read, groups::query)
        .serve("mdmv1/DeviceSmartGroupsV1_DeviceMapDiagnostics", read, groups::map);
}

fn attributes(table: &mut Table) {
    let (read, edit_right, delete_right) = (needs(Devices, Read), needs(Devices, Edit), needs(Devices, Delete));
    table
        .serve("mdmv1/DeviceCustomAttributes_UpdateDeviceCustomAttributesById", edit_right, attributes::update)
        .serve("mdmv1/DeviceCustomAttributes_UpdateDeviceCustomAttributesBySerial", edit_right, attributes::update)
        .serve("mdmv1/DeviceCustomAttributes_UpdateDeviceCustomAttributesByAssetNumber", edit_right, attributes::update)
        .serve("mdmv1/DeviceCustomAttributes_BulkUpdateDeviceCustomAttributes", edit_right, attributes::update_many)
        .serve("mdmv1/DeviceCustomAttributes_DeleteCustomAttributesForDevice", delete_right, attributes::delete)
        .serve("mdmv1/DeviceCustomAttributes_DeleteCustomAttributesBySerialNr", delete_right, attributes::delete)
        .serve("mdmv1/DeviceCustomAttributes_DeviceCustomAttributeSearch", read, attributes::search)
        .serve("mdmv1/DeviceCustomAttributes_DeviceCustomAttributeChangeReportAsync", read, attributes::change_report)
        .serve("mdmv1/Contents_GetContentsByDevice", needs(Content, Read), contents::list)
        .serve("mdmv1/Contents_GetContentsByAlternateId", needs(Content, Read), contents::list)
        .serve("systemv1/CustomAttributes_SaveCustomAttribute", edit_right, definitions::create)
        .serve("systemv1/CustomAttributes_Search", read, definitions::search)
        .serve("systemv1/OrganizationGroupCustomAttributes_GetCustomAttributesByOgId", read, definitions::of_group)
        .serve("mdmv1/Devices_GetManufacturersAsync", read, models::manufacturers)
        .serve("mdmv1/Devices_GetManufacturerModelsAsync", read, models::models)
        .serve("mdmv1/DeviceAttributesV1_LoadDeviceModelDetailsAsync", read, models::details);
}
