//! `GET /api/mam/apps/{uuid}/deploymentcounts`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    DeploymentCountsQuery {
        organizationgroupuuid: Option<Uuid> = "organizationgroupuuid",
        smartgroupuuids: Option<String> = "smartgroupuuids",
    }

    /// On how many devices a version is.
    VersionCount {
        application_version: Option<String> = "application_version",
        assigned_count: Option<i64> = "assigned_count",
        installed_count: Option<i64> = "installed_count",
        sideloaded_count: Option<i64> = "sideloaded_count",
    }
}

endpoint! {
    /// On how many devices an app is.
    DeploymentCounts = "apps.deploymentcounts" is "mamv1/Apps_GetAppDeploymentCounts":
        GET "/api/mam/apps/{uuid}/deploymentcounts", Read;
    path: Uuid; query: DeploymentCountsQuery; body: Nothing; answer: VersionCount;
}
