//! Products: what provisioning puts on devices, step by step.

mod activate;
mod add_smart_group;
mod assigned;
mod create;
mod deactivate;
mod delete;
mod failed;
mod get;
mod remove_smart_group;
mod reprocess;
mod search;

pub use activate::Activate;
pub use add_smart_group::AddSmartGroup;
pub use assigned::{Assigned, AssignedQuery};
pub use create::Create;
pub use deactivate::Deactivate;
pub use delete::Delete;
pub use failed::Failed;
pub use get::Get;
pub use remove_smart_group::RemoveSmartGroup;
pub use reprocess::{MaintainResult, Reprocess, ReprocessTarget, ReprocessTargets};
pub use search::{ProductPage, Search, SearchQuery};

use crate::ids::{DeviceId, RecordId, SmartGroupId, Wrapped};
use crate::record::record;
use uuid::Uuid;

record! {
    /// A product.
    Product {
        activation_date_time: Option<String> = "ActivationDateTime",
        activation_or_deactivation_type: Option<String> = "ActivationOrDeactivationType",
        active: Option<bool> = "Active",
        auto_retry: Option<bool> = "AutoRetry",
        compliance_override_rule: Option<String> = "ComplianceOverrideRule",
        compliant: Option<i64> = "Compliant",
        conditions: Option<Vec<Condition>> = "Conditions",
        deactivation_date_time: Option<String> = "DeactivationDateTime",
        deployment_mode: Option<String> = "DeploymentMode",
        description: Option<String> = "Description",
        device_policy_type: Option<String> = "DevicePolicyType",
        device_policy_type_id: Option<i64> = "DevicePolicyTypeID",
        device_policy_uuid: Option<Uuid> = "DevicePolicyUuid",
        device_reprocess: Option<bool> = "DeviceReprocess",
        failed: Option<i64> = "Failed",
        id: Option<Wrapped<RecordId>> = "ID",
        in_progress: Option<i64> = "InProgress",
        is_expedited: Option<bool> = "IsExpedited",
        managed_by_organization_group_id: Option<String> = "ManagedByOrganizationGroupID",
        managed_by_organization_group_name: Option<String> = "ManagedByOrganizationGroupName",
        manifest: Option<Manifest> = "Manifest",
        name: Option<String> = "Name",
        pause_resume: Option<bool> = "PauseResume",
        platform: Option<String> = "Platform",
        platform_id: Option<i64> = "PlatformID",
        product_e_tag: Option<String> = "ProductETag",
        rule_logic: Option<String> = "RuleLogic",
        smart_groups: Option<Vec<ProductSmartGroup>> = "SmartGroups",
        total_assigned: Option<i64> = "TotalAssigned",
        version: Option<i64> = "Version",
    }

    /// A condition.
    Condition {
        condition_id: Option<String> = "ConditionId",
        condition_name: Option<String> = "ConditionName",
        condition_type: Option<String> = "ConditionType",
        organization_group_id: Option<String> = "OrganizationGroupId",
    }

    /// What a product does, in order.
    Manifest {
        action: Option<Vec<Action>> = "Action",
    }

    /// One step of a product.
    Action {
        action_type_id: Option<i64> = "ActionTypeID",
        android_for_work_vpn_profile_uuid: Option<Uuid> = "AndroidForWorkVpnProfileUuid",
        android_legacy_vpn_profile_uuid: Option<Uuid> = "AndroidLegacyVpnProfileUuid",
        app_tunneling: Option<bool> = "AppTunneling",
        item_id: Option<i64> = "ItemID",
        persist: Option<bool> = "Persist",
    }

    /// A smart group by id and name.
    ProductSmartGroup {
        name: Option<String> = "Name",
        smart_group_id: Option<SmartGroupId> = "SmartGroupId",
    }

    /// A page of devices.
    ProductDevicePage {
        devices: Vec<ProductDevice> = "Devices",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A device and what became of the product.
    ProductDevice {
        device_id: Option<DeviceId> = "DeviceId",
        last_job_status: Option<String> = "LastJobStatus",
        last_seen: Option<String> = "LastSeen",
        name: Option<String> = "Name",
    }
}
