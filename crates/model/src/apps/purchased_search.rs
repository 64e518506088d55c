//! `GET /api/mam/apps/purchased/search`.

use uuid::Uuid;

use super::{PurchasedAssignment, PurchasedDeployment, SupportedModels};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{OrganizationGroupId, RecordId, Wrapped};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    PurchasedSearchQuery {
        applicationname: Option<String> = "applicationname",
        isassigned: Option<bool> = "isassigned",
        bundleid: Option<String> = "bundleid",
        locationgroupid: Option<i64> = "locationgroupid",
        organizationgroupuuid: Option<Uuid> = "organizationgroupuuid",
        model: Option<String> = "model",
        status: Option<String> = "status",
        platform: Option<String> = "platform",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        orderby: Option<String> = "orderby",
    }

    /// A page of purchased apps.
    PurchasedPage {
        application: Vec<PurchasedRow> = "Application",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A purchased app.
    PurchasedRow {
        actual_file_version: Option<String> = "ActualFileVersion",
        app_type: Option<String> = "AppType",
        app_version: Option<String> = "AppVersion",
        application_name: Option<String> = "ApplicationName",
        application_size: Option<String> = "ApplicationSize",
        application_url: Option<String> = "ApplicationUrl",
        assignment_status: Option<String> = "AssignmentStatus",
        assignments: Vec<PurchasedAssignment> = "Assignments",
        bundle_id: Option<String> = "BundleId",
        categories: Vec<String> = "Categories",
        comments: Option<String> = "Comments",
        deployment: Option<PurchasedDeployment> = "Deployment",
        external_id: Option<String> = "ExternalId",
        id: Option<Wrapped<RecordId>> = "Id",
        is_auto_update_enabled: Option<bool> = "IsAutoUpdateEnabled",
        is_reimbursable: Option<bool> = "IsReimbursable",
        large_icon_uri: Option<String> = "LargeIconUri",
        location_group_id: Option<OrganizationGroupId> = "LocationGroupId",
        managed_distribution: Option<Licences> = "ManagedDistribution",
        medium_icon_uri: Option<String> = "MediumIconUri",
        organization_group_uuid: Option<Uuid> = "OrganizationGroupUuid",
        platform: Option<i64> = "Platform",
        redeemable_codes: Option<RedeemableCodes> = "RedeemableCodes",
        root_organization_group_name: Option<String> = "RootOrganizationGroupName",
        small_icon_uri: Option<String> = "SmallIconUri",
        status: Option<String> = "Status",
        supported_models: Option<SupportedModels> = "SupportedModels",
        uuid: Option<Uuid> = "Uuid",
    }

    /// How many licences there are.
    Licences {
        app_license_eligibility: Option<String> = "AppLicenseEligibility",
        available: Option<i64> = "Available",
        burned: Option<i64> = "Burned",
        on_hold: Option<i64> = "OnHold",
        purchased: Option<i64> = "Purchased",
    }

    /// How many codes there are.
    RedeemableCodes {
        available: Option<i64> = "Available",
        burned: Option<i64> = "Burned",
        on_hold: Option<i64> = "OnHold",
        purchased: Option<i64> = "Purchased",
    }
}

endpoint! {
    /// Apps bought in a volume, with their licences.
    PurchasedSearch = "apps.purchased.search" is "mamv1/PurchasedAppsV1_VppAppSearchAsync":
        GET "/api/mam/apps/purchased/search", Read;
    path: (); query: PurchasedSearchQuery; body: Nothing; answer: PurchasedPage, or empty;
}

paged! { PurchasedSearch: PurchasedRow in application, counted by total, told apart by uuid or id }
