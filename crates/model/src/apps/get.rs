//! `GET /api/mam/apps/internal/{id}`: one internal app with its assignments; 401 with code 7000 (!) if
//! there is none.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{AppId, SmartGroupId};
use crate::record::record;

record! {
    /// An internal app in full.
    AppDetail {
        application_name: String = "ApplicationName",
        /// The bundle id.
        app_id: String = "AppId",
        airwatch_app_version: String = "AirwatchAppVersion",
        /// A platform name here, not a number.
        platform: String = "Platform",
        status: String = "Status",
        devices_assigned_count: u64 = "DevicesAssignedCount",
        devices_installed_count: u64 = "DevicesInstalledCount",
        devices_not_installed_count: u64 = "DevicesNotInstalledCount",
        assignments: Vec<AssignedGroup> = "Assignments",
        id: AppId = "id",
        uuid: Option<Uuid> = "uuid",
    }

    /// A smart group that an app is assigned to.
    AssignedGroup {
        smart_group_id: SmartGroupId = "SmartGroupId",
        smart_group_name: String = "SmartGroupName",
        smart_group_uuid: Option<Uuid> = "SmartGroupUuid",
        /// `Auto` or `On-Demand`.
        push_mode: String = "PushMode",
    }
}

endpoint! {
    /// One internal app with its assignments.
    Get = "apps.internal.get" is "mamv1/InternalAppsV1_GetInternalAppByIdAsync":
        GET "/api/mam/apps/internal/{id}", Read;
    path: AppId; query: Nothing; body: Nothing; answer: AppDetail;
}
