//! `PUT /api/mam/apps/internal/{applicationId}/assignments`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{AppId, SmartGroupId};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// What to change about the assignments.
    AssignmentEdit {
        deployment_parameters: Option<Deployment> = "DeploymentParameters",
        excluded_smart_group_ids_for_deletion: Option<Vec<i64>> = "ExcludedSmartGroupIdsForDeletion",
        smart_group_ids: Option<Vec<i64>> = "SmartGroupIds",
        smart_group_ids_for_deletion: Option<Vec<i64>> = "SmartGroupIdsForDeletion",
        smart_group_ids_for_exclusion: Option<Vec<i64>> = "SmartGroupIdsForExclusion",
    }

    /// How an app reaches its devices.
    Deployment {
        adaptive_management: Option<bool> = "AdaptiveManagement",
        afw_vpn_profile_id: Option<i64> = "AfwVpnProfileId",
        allow_management: Option<bool> = "AllowManagement",
        amapi_vpn_profile_id: Option<i64> = "AmapiVpnProfileId",
        app_attributes_blob_id: Option<i64> = "AppAttributesBlobId",
        app_config_blob_id: Option<i64> = "AppConfigBlobId",
        application_attributes: Option<Vec<ConfigurationItem>> = "ApplicationAttributes",
        application_backup: Option<bool> = "ApplicationBackup",
        application_configurations: Option<Vec<ConfigurationItem>> = "ApplicationConfigurations",
        application_transform_ids: Option<Vec<i64>> = "ApplicationTransformIds",
        assignment_id: Option<i64> = "AssignmentId",
        auto_update_devices_with_previous_version: Option<bool> = "AutoUpdateDevicesWithPreviousVersion",
        effective_date: Option<Stamp> = "EffectiveDate",
        is_per_app_vpn_enabled: Option<bool> = "IsPerAppVpnEnabled",
        mac_os_desired_state_management: Option<bool> = "MacOsDesiredStateManagement",
        nsx_security_groups: Option<i64> = "NsxSecurityGroups",
        prevent_removal: Option<bool> = "PreventRemoval",
        push_mode: Option<String> = "PushMode",
        remove_on_un_enroll: Option<bool> = "RemoveOnUnEnroll",
        requires_approval: Option<bool> = "RequiresApproval",
        send_application_attributes: Option<bool> = "SendApplicationAttributes",
        send_application_config: Option<bool> = "SendApplicationConfig",
        smart_group_id: Option<SmartGroupId> = "SmartGroupId",
        visible_in_app_catalog: Option<bool> = "VisibleInAppCatalog",
        vpn_profile_id: Option<i64> = "VpnProfileId",
        whitelisted_domains: Option<String> = "WhitelistedDomains",
    }

    /// A setting of an app.
    ConfigurationItem {
        key: Option<String> = "Key",
        nested_configurations: Option<Vec<ConfigurationItem>> = "NestedConfigurations",
        kind: Option<String> = "Type",
        value: Option<String> = "Value",
    }
}

endpoint! {
    /// Changes how an internal app is assigned.
    UpdateAssignments = "apps.internal.assignments.update" is "mamv1/InternalAppsV1_EditAssignmentsWithFlexibleDeploymentParametersAsync":
        PUT "/api/mam/apps/internal/{applicationId}/assignments" => 204, Destroy;
    path: AppId; query: Nothing; body: AssignmentEdit; answer: Nothing, or empty;
}
