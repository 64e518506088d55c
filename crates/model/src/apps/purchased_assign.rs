//! `POST /api/mam/apps/purchased/{applicationid}/assignment`.

use super::{ConfigurationItem, PurchasedAssignment};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;
use crate::record::record;

record! {
    /// To whom licences go, and how the app reaches devices.
    LicencePlan {
        app_config_list: Option<Vec<ConfigurationItem>> = "AppConfigList",
        assignments: Option<Vec<PurchasedAssignment>> = "Assignments",
        deployment: Option<PlannedDeployment> = "Deployment",
        managed_by: Option<i64> = "ManagedBy",
        send_application_configuration: Option<bool> = "SendApplicationConfiguration",
    }

    /// How the app shall reach its devices.
    PlannedDeployment {
        allow_management: Option<bool> = "AllowManagement",
        assignment_type: Option<String> = "AssignmentType",
        prevent_application_backup: Option<bool> = "PreventApplicationBackup",
        remove_on_unenroll: Option<bool> = "RemoveOnUnenroll",
        use_vpn: Option<bool> = "UseVPN",
        vpn_profile_id: Option<i64> = "VPNProfileId",
    }
}

endpoint! {
    /// Sets licences aside for smart groups.
    PurchasedAssign = "apps.purchased.assign" is "mamv1/PurchasedAppsV1_CreatePurchasedAppAssignmentAsync":
        POST "/api/mam/apps/purchased/{applicationid}/assignment" => 201, Write;
    path: AppId; query: Nothing; body: LicencePlan; answer: Nothing, or empty;
}
