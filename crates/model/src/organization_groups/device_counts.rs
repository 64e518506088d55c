//! `GET /api/system/groups/devicecounts`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// What the call needs besides its path.
    DeviceCountsQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
        seensince: Option<Stamp> = "seensince",
        seentill: Option<Stamp> = "seentill",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// Groups and how many devices they have.
    DeviceCountPage {
        location_groups: Vec<DeviceCount> = "LocationGroups",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A group and how many devices it has.
    DeviceCount {
        device_count_by_enrollment_status: Option<CountByStatus> = "DeviceCountByEnrollmentStatus",
        location_group_id: Option<OrganizationGroupId> = "LocationGroupId",
        location_group_name: Option<String> = "LocationGroupName",
        total_devices: Option<i64> = "TotalDevices",
    }

    /// Devices by enrollment status.
    CountByStatus {
        app_catalog_only: Option<i64> = "AppCatalogOnly",
        black_listed: Option<i64> = "BlackListed",
        device_wipe_pending: Option<i64> = "DeviceWipePending",
        discovered: Option<i64> = "Discovered",
        enrolled: Option<i64> = "Enrolled",
        enrollment_in_progress: Option<i64> = "EnrollmentInProgress",
        enterprise_wipe_pending: Option<i64> = "EnterpriseWipePending",
        pending_agent: Option<i64> = "PendingAgent",
        registered: Option<i64> = "Registered",
        retired: Option<i64> = "Retired",
        unenrolled: Option<i64> = "Unenrolled",
        unenrolled_by_feedback_service: Option<i64> = "UnenrolledByFeedbackService",
    }
}

endpoint! {
    /// How many devices each group has, by enrollment status.
    DeviceCounts = "groups.devicecounts" is "systemv1/OrganizationGroups_GetDeviceCountForEachLocationGroupAsync":
        GET "/api/system/groups/devicecounts", Read;
    path: (); query: DeviceCountsQuery; body: Nothing; answer: DeviceCountPage, or empty;
}

paged! { DeviceCounts: DeviceCount in location_groups, counted by total, told apart by location_group_id }
