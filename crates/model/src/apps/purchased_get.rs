//! `GET /api/mam/apps/purchased/{applicationid}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{AppId, SmartGroupId};
use crate::record::record;

record! {
    /// A purchased app and its licences.
    PurchasedApp {
        assignments: Vec<PurchasedAssignment> = "Assignments",
        deployment: Option<PurchasedDeployment> = "Deployment",
        licenses: Option<Order> = "Licenses",
        managed_by: Option<i64> = "ManagedBy",
        orders: Option<Order> = "Orders",
    }

    /// To whom licences are assigned.
    PurchasedAssignment {
        allocated: Option<i64> = "Allocated",
        assignment_rule_type: Option<String> = "AssignmentRuleType",
        location_group_id: Option<String> = "LocationGroupId",
        redeemed: Option<i64> = "Redeemed",
        smart_group_id: Option<SmartGroupId> = "SmartGroupId",
        status: Option<String> = "Status",
        users: Option<i64> = "Users",
    }

    /// How the app reaches its devices.
    PurchasedDeployment {
        assignment_type: Option<String> = "AssignmentType",
        prevent_application_backup: Option<bool> = "PreventApplicationBackup",
        remove_on_unenroll: Option<bool> = "RemoveOnUnenroll",
        use_vpn: Option<bool> = "UseVPN",
        vpn_profile_id: Option<i64> = "VPNProfileId",
    }

    /// Licences that were bought together.
    Order {
        allocated: Option<i64> = "Allocated",
        externally_redeemed: Option<i64> = "ExternallyRedeemed",
        on_hold: Option<i64> = "OnHold",
        redeemed: Option<i64> = "Redeemed",
        total_licenses: Option<i64> = "TotalLicenses",
        unallocated: Option<i64> = "Unallocated",
    }
}

endpoint! {
    /// One purchased app; 501 with code 7019 if it must be asked for by UUID.
    PurchasedGet = "apps.purchased.get" is "mamv1/PurchasedAppsV1_LoadVppLicensedAppAllocation":
        GET "/api/mam/apps/purchased/{applicationid}", Read;
    path: AppId; query: Nothing; body: Nothing; answer: PurchasedApp;
}
