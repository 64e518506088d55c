//! `POST /api/mam/apps/internal/begininstall`.

use serde_json::Value;

use super::{App, Categories, SupportedModels};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;
use crate::record::record;

record! {
    /// What the app is, and where its file is.
    NewInternalApp {
        actual_file_version: Option<String> = "ActualFileVersion",
        app_version: Option<String> = "AppVersion",
        application_name: Option<String> = "ApplicationName",
        application_source: Option<String> = "ApplicationSource",
        auto_update_version: Option<bool> = "AutoUpdateVersion",
        blob_id: Option<i64> = "BlobId",
        build_version: Option<String> = "BuildVersion",
        bundle_id: Option<String> = "BundleId",
        carry_over_assignments: Option<bool> = "CarryOverAssignments",
        category_list: Option<Categories> = "CategoryList",
        criticality: Option<String> = "Criticality",
        deployment_options: Option<Value> = "DeploymentOptions",
        description: Option<String> = "Description",
        developer: Option<String> = "Developer",
        developer_email: Option<String> = "DeveloperEmail",
        developer_phone: Option<String> = "DeveloperPhone",
        device_type: Option<Value> = "DeviceType",
        display_name: Option<String> = "DisplayName",
        ear_app_update_mode: Option<String> = "EARAppUpdateMode",
        ear_installer_architecture: Option<String> = "EARInstallerArchitecture",
        ear_installer_locale: Option<String> = "EARInstallerLocale",
        ear_installer_type: Option<String> = "EARInstallerType",
        ear_package_id: Option<String> = "EARPackageId",
        ear_app_auto_update_configuration: Option<Value> = "EarAppAutoUpdateConfiguration",
        enable_ear_app_automatic_assignment: Option<bool> = "EnableEARAppAutomaticAssignment",
        enable_ear_app_automatic_updates: Option<bool> = "EnableEARAppAutomaticUpdates",
        enable_provisioning: Option<bool> = "EnableProvisioning",
        file_name: Option<String> = "FileName",
        files_options: Option<Value> = "FilesOptions",
        icon_blob_uu_id: Option<String> = "IconBlobUuId",
        is_dependency_file: Option<bool> = "IsDependencyFile",
        launch_command: Option<String> = "LaunchCommand",
        launch_type: Option<String> = "LaunchType",
        location_group_id: Option<OrganizationGroupId> = "LocationGroupId",
        msi_deployment_param_model: Option<Value> = "MsiDeploymentParamModel",
        push_mode: Option<String> = "PushMode",
        relay_server_content_transfer: Option<bool> = "RelayServerContentTransfer",
        support_email: Option<String> = "SupportEmail",
        support_phone: Option<String> = "SupportPhone",
        supported_models: Option<SupportedModels> = "SupportedModels",
        supported_processor_architecture: Option<String> = "SupportedProcessorArchitecture",
        transaction_id: Option<String> = "TransactionId",
        upload_via_link: Option<bool> = "UploadViaLink",
    }
}

endpoint! {
    /// Makes an internal app of what was uploaded.
    BeginInstall = "apps.internal.begininstall" is "mamv1/InternalAppsV1_CreateInternalAppFromBlobAsync":
        POST "/api/mam/apps/internal/begininstall", Write;
    path: (); query: Nothing; body: NewInternalApp; answer: App;
}
