//! Applications: what there is, to whom it is assigned, and what became of it on each device.

mod action_counts;
mod activate;
mod assign;
mod begin_install;
mod deactivate;
mod delete;
mod deployment_counts;
mod devices;
mod get;
mod get_v2;
mod groups_create;
mod groups_search;
mod install;
mod internal_devices;
mod internal_status;
mod public_add;
mod public_delete;
mod public_devices;
mod public_get;
mod public_install;
mod public_uninstall;
mod public_update;
mod purchased_account;
mod purchased_assign;
mod purchased_devices;
mod purchased_get;
mod purchased_get_v2;
mod purchased_install;
mod purchased_search;
mod purchased_sync;
mod purchased_uninstall;
mod reason_counts;
mod removal_logs;
mod remove_assignments;
mod replace_rules;
mod retire;
mod rules;
mod search;
mod uninstall;
mod unretire;
mod update_assignments;
mod upload_chunk;
mod versions;

pub use action_counts::{ActionCount, ActionCounts, ActionCountsQuery, ActionList};
pub use activate::Activate;
pub use assign::{Assign, Assignment, DeploymentParameters, WhenToCallInstallComplete, WhenToInstall};
pub use begin_install::{BeginInstall, NewInternalApp};
pub use deactivate::Deactivate;
pub use delete::Delete;
pub use deployment_counts::{DeploymentCounts, DeploymentCountsQuery, VersionCount};
pub use devices::{AppDevice, AppDevicePage, AppDevicesQuery, Devices};
pub use get::{AppDetail, AssignedGroup, Get};
pub use get_v2::GetV2;
pub use groups_create::GroupsCreate;
pub use groups_search::{AppGroupPage, GroupsSearch, GroupsSearchQuery};
pub use install::{Install, InstallTarget};
pub use internal_devices::{InternalDevices, InternalDevicesQuery};
pub use internal_status::{InternalStatus, InternalStatusQuery};
pub use public_add::PublicAdd;
pub use public_delete::PublicDelete;
pub use public_devices::{PublicDevices, PublicDevicesQuery};
pub use public_get::PublicGet;
pub use public_install::PublicInstall;
pub use public_uninstall::PublicUninstall;
pub use public_update::PublicUpdate;
pub use purchased_account::{PurchasedAccount, StoreAccount};
pub use purchased_assign::{LicencePlan, PlannedDeployment, PurchasedAssign};
pub use purchased_devices::{PurchasedDevices, PurchasedDevicesQuery};
pub use purchased_get::{Order, PurchasedApp, PurchasedAssignment, PurchasedDeployment, PurchasedGet};
pub use purchased_get_v2::{
    LicenceAssignment, LicenceDeployment, LicenceSummary, PurchasedAppV2, PurchasedGetV2, SettingV2,
};
pub use purchased_install::PurchasedInstall;
pub use purchased_search::{
    Licences, PurchasedPage, PurchasedRow, PurchasedSearch, PurchasedSearchQuery, RedeemableCodes,
};
pub use purchased_sync::{PurchasedSync, SyncStatus};
pub use purchased_uninstall::PurchasedUninstall;
pub use reason_counts::{ReasonCount, ReasonCounts, ReasonCountsQuery, ReasonList};
pub use removal_logs::{Removal, RemovalLogs, RemovalLogsQuery, RemovalPage};
pub use remove_assignments::{AssignmentRemoval, RemoveAssignments};
pub use replace_rules::ReplaceRules;
pub use retire::Retire;
pub use rules::Rules;
pub use search::{AppPage, AppQuery, Search};
pub use uninstall::Uninstall;
pub use unretire::{Unretire, UnretireQuery};
pub use update_assignments::{AssignmentEdit, ConfigurationItem, Deployment, UpdateAssignments};
pub use upload_chunk::{Chunk, ChunkAnswer, UploadChunk};
pub use versions::{AppVersion, Versions, VersionsQuery};

use serde_json::Value;
use uuid::Uuid;

use crate::ids::{AppId, OrganizationGroupId, Wrapped};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// An application as v1 searches and the guide dialect write it (reference §3.13).
    App {
        id: Wrapped<AppId> = "Id",
        uuid: Option<Uuid> = "Uuid",
        application_name: String = "ApplicationName",
        bundle_id: String = "BundleId",
        app_version: String = "AppVersion",
        /// `Internal` or `Public`.
        app_type: String = "AppType",
        status: String = "Status",
        /// A platform number.
        platform: i64 = "Platform",
        assignment_status: String = "AssignmentStatus",
        location_group_id: i64 = "LocationGroupId",
        organization_group_uuid: Option<Uuid> = "OrganizationGroupUuid",
        assigned_device_count: u64 = "AssignedDeviceCount",
        installed_device_count: u64 = "InstalledDeviceCount",
        not_installed_device_count: u64 = "NotInstalledDeviceCount",
    }

    /// A page of ids of devices.
    DeviceIdPage {
        device_id: Vec<i64> = "DeviceId",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: Option<i64> = "Total",
    }

    /// Categories of an app.
    Categories {
        category: Option<Vec<Category>> = "Category",
    }

    /// A category.
    Category {
        category_id: Option<i64> = "CategoryId",
        name: Option<String> = "Name",
    }

    /// Models that an app runs on.
    SupportedModels {
        model: Option<Vec<SupportedModel>> = "Model",
    }

    /// A model that an app runs on.
    SupportedModel {
        model_id: Option<i64> = "ModelId",
        model_name: Option<String> = "ModelName",
    }

    /// All assignments of an app: priorities begin at 0 and ascend, groups are UUIDs.
    AssignmentRules {
        application_msi_deployment_params: Option<MsiOptions> = "application_msi_deployment_params",
        assignments: Option<Vec<AssignmentRule>> = "assignments",
        excluded_smart_groups: Option<Vec<Uuid>> = "excluded_smart_groups",
        id: Option<i64> = "id",
        uuid: Option<Uuid> = "uuid",
    }

    /// How an MSI is installed.
    MsiOptions {
        device_restart: Option<i64> = "device_restart",
        installer_reboot_exit_code: Option<String> = "installer_reboot_exit_code",
        installer_success_exit_code: Option<String> = "installer_success_exit_code",
        restart_deadline_in_days: Option<i64> = "restart_deadline_in_days",
    }

    /// One assignment.
    AssignmentRule {
        app_profiles_mapping: Option<Vec<ProfileMap>> = "app_profiles_mapping",
        application_attributes: Option<Vec<Setting>> = "application_attributes",
        application_configuration: Option<Vec<Setting>> = "application_configuration",
        application_policy: Option<Value> = "application_policy",
        distribution: Option<Distribution> = "distribution",
        is_android_enterprise_config_template: Option<bool> = "is_android_enterprise_config_template",
        is_apple_education_assignment: Option<bool> = "is_apple_education_assignment",
        is_dynamic_template_saved: Option<bool> = "is_dynamic_template_saved",
        priority: Option<i64> = "priority",
        restriction: Option<Restriction> = "restriction",
        tunnel: Option<Tunnel> = "tunnel",
    }

    /// A profile that goes with the app.
    ProfileMap {
        configuration_type: Option<String> = "configuration_type",
        device_profile_uuid: Option<Uuid> = "device_profile_uuid",
        profile_category: Option<String> = "profile_category",
    }

    /// A setting of an app.
    Setting {
        id: Option<i64> = "id",
        key: Option<String> = "key",
        nested_configurations: Option<Vec<Setting>> = "nested_configurations",
        kind: Option<String> = "type",
        uuid: Option<Uuid> = "uuid",
        value: Option<String> = "value",
    }

    /// To whom, how and when.
    Distribution {
        app_delivery_method: Option<String> = "app_delivery_method",
        app_track_id: Option<String> = "app_track_id",
        application_transforms: Option<Vec<Uuid>> = "application_transforms",
        archived_phased_deployment_uuid: Option<Uuid> = "archived_phased_deployment_uuid",
        auto_update_devices_with_previous_versions: Option<bool> = "auto_update_devices_with_previous_versions",
        auto_update_priority: Option<String> = "auto_update_priority",
        bsp_assignments: Option<Value> = "bsp_assignments",
        deferral_message_content: Option<String> = "deferral_message_content",
        deferral_message_headline: Option<String> = "deferral_message_headline",
        deferral_notification_type: Option<String> = "deferral_notification_type",
        description: Option<String> = "description",
        display_in_app_catalog: Option<bool> = "display_in_app_catalog",
        effective_date: Option<Stamp> = "effective_date",
        hide_notifications: Option<bool> = "hide_notifications",
        installer_deferral_allowed: Option<bool> = "installer_deferral_allowed",
        installer_deferral_exit_code: Option<String> = "installer_deferral_exit_code",
        installer_deferral_interval: Option<i64> = "installer_deferral_interval",
        is_default_assignment: Option<bool> = "is_default_assignment",
        keep_app_on_enterprise_wipe: Option<String> = "keep_app_on_enterprise_wipe",
        keep_app_on_unassignment: Option<String> = "keep_app_on_unassignment",
        keep_app_updated_automatically: Option<bool> = "keep_app_updated_automatically",
        max_deferral_duration_in_days: Option<i64> = "max_deferral_duration_in_days",
        max_deferrals: Option<i64> = "max_deferrals",
        msi_deployment_override_params: Option<MsiOptions> = "msi_deployment_override_params",
        name: Option<String> = "name",
        phased_deployment: Option<Value> = "phased_deployment",
        pre_release_version: Option<String> = "pre_release_version",
        reboot_override: Option<bool> = "reboot_override",
        requires_approval: Option<bool> = "requires_approval",
        smart_groups: Option<Vec<Uuid>> = "smart_groups",
        vpp_app_details: Option<Value> = "vpp_app_details",
    }

    /// What the device does with the app.
    Restriction {
        desired_state_management: Option<bool> = "desired_state_management",
        make_app_mdm_managed: Option<bool> = "make_app_mdm_managed",
        managed_access: Option<bool> = "managed_access",
        prevent_application_backup: Option<bool> = "prevent_application_backup",
        prevent_removal: Option<bool> = "prevent_removal",
        remove_on_unenroll: Option<bool> = "remove_on_unenroll",
    }

    /// The VPN of the app.
    Tunnel {
        afw_per_app_vpn_profile_uuid: Option<Uuid> = "afw_per_app_vpn_profile_uuid",
        amapi_per_app_vpn_profile_uuid: Option<Uuid> = "amapi_per_app_vpn_profile_uuid",
        per_app_vpn_profile_uuid: Option<Uuid> = "per_app_vpn_profile_uuid",
    }

    /// An app of a store.
    PublicApp {
        app_type: Option<String> = "AppType",
        app_version: Option<String> = "AppVersion",
        application_name: Option<String> = "ApplicationName",
        application_url: Option<String> = "ApplicationUrl",
        bundle_id: Option<String> = "BundleId",
        category_list: Option<Categories> = "CategoryList",
        comments: Option<String> = "Comments",
        description: Option<String> = "Description",
        external_id: Option<String> = "ExternalId",
        is_reimbursable: Option<bool> = "IsReimbursable",
        location_group_id: Option<OrganizationGroupId> = "LocationGroupId",
        platform: Option<i64> = "Platform",
        push_mode: Option<Value> = "PushMode",
        status: Option<String> = "Status",
        supported_models: Option<SupportedModels> = "SupportedModels",
    }

    /// A group of apps.
    AppGroup {
        app_count: Option<String> = "AppCount",
        app_group_type: Option<String> = "AppGroupType",
        application_group_id: Option<String> = "ApplicationGroupID",
        applications: Option<Vec<AppGroupItem>> = "Applications",
        description: Option<String> = "Description",
        device_model: Option<String> = "DeviceModel",
        device_operating_system: Option<String> = "DeviceOperatingSystem",
        device_ownership: Option<String> = "DeviceOwnership",
        is_active: Option<bool> = "IsActive",
        managed_by_organization_group_id: Option<String> = "ManagedByOrganizationGroupID",
        name: Option<String> = "Name",
        organization_groups: Option<Vec<AppGroupTarget>> = "OrganizationGroups",
        platform: Option<String> = "Platform",
        user_groups: Option<Vec<AppGroupTarget>> = "UserGroups",
    }

    /// An app in the group.
    AppGroupItem {
        bundle_id: Option<String> = "BundleId",
        name: Option<String> = "Name",
    }

    /// For whom the group is.
    AppGroupTarget {
        id: Option<String> = "Id",
        name: Option<String> = "Name",
    }
}
