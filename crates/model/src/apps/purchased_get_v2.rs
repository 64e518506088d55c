//! `GET /api/mam/apps/purchased/{uuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// A purchased app by UUID.
    PurchasedAppV2 {
        adam_id: Option<String> = "adam_id",
        assignments: Vec<LicenceAssignment> = "assignments",
        categories: Vec<String> = "categories",
        identifier: Option<String> = "identifier",
        licenses_summary: Option<LicenceSummary> = "licenses_summary",
        name: Option<String> = "name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        product_type: Option<String> = "product_type",
        uuid: Option<Uuid> = "uuid",
        vpp_app_eligibility: Option<String> = "vpp_app_eligibility",
    }

    /// To whom licences are assigned.
    LicenceAssignment {
        allocated: Option<i64> = "allocated",
        deployment_parameters: Option<LicenceDeployment> = "deployment_parameters",
        is_active: Option<bool> = "is_active",
        redeemed: Option<i64> = "redeemed",
        smart_group_uuid: Option<Uuid> = "smart_group_uuid",
    }

    /// How the app reaches its devices.
    LicenceDeployment {
        allow_management: Option<bool> = "allow_management",
        application_attributes: Vec<SettingV2> = "application_attributes",
        application_configurations: Vec<SettingV2> = "application_configurations",
        assignment_type: Option<String> = "assignment_type",
        prevent_application_backup: Option<bool> = "prevent_application_backup",
        prevent_removal: Option<bool> = "prevent_removal",
        remove_on_unenroll: Option<bool> = "remove_on_unenroll",
        send_application_attributes: Option<bool> = "send_application_attributes",
        send_application_configuration: Option<bool> = "send_application_configuration",
        use_vpn: Option<bool> = "use_vpn",
        vpn_profile_uuid: Option<Uuid> = "vpn_profile_uuid",
    }

    /// A setting of an app.
    SettingV2 {
        key: Option<String> = "key",
        kind: Option<String> = "type",
        value: Option<String> = "value",
    }

    /// How many licences there are.
    LicenceSummary {
        allocated: Option<i64> = "allocated",
        on_hold: Option<i64> = "on_hold",
        redeemed: Option<i64> = "redeemed",
        total: Option<i64> = "total",
        unallocated: Option<i64> = "unallocated",
    }
}

endpoint! {
    /// One purchased app by UUID, with its licences.
    PurchasedGetV2 = "apps.purchased.get.v2" is "mamv2/PurchasedAppsV2_GetPurchasedApplicationAndAssignments":
        GET "/api/mam/apps/purchased/{uuid}" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: PurchasedAppV2;
}
