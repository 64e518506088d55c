//! `GET /api/mam/apps/internal/{bundleId}/{deviceType}/versions`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::{Rows, record};

record! {
    /// What the call needs besides its path.
    VersionsQuery {
        organizationgroupuuid: Option<Uuid> = "organizationgroupuuid",
    }

    /// A version of an app.
    AppVersion {
        application_uuid: Option<Uuid> = "application_uuid",
        build_package_version: Option<String> = "build_package_version",
        device_type: Option<String> = "device_type",
        file_type: Option<String> = "file_type",
        is_active: Option<bool> = "is_active",
        is_provisioning_enabled: Option<bool> = "is_provisioning_enabled",
        is_retired: Option<bool> = "is_retired",
        package_version: Option<String> = "package_version",
        unique_identifier: Option<String> = "unique_identifier",
        version: Option<String> = "version",
        version_code: Option<i64> = "version_code",
        version_hash: Option<String> = "version_hash",
    }
}

endpoint! {
    /// Versions of an internal app, by bundle id.
    Versions = "apps.internal.versions" is "mamv1/InternalAppsV1_RetrieveAppVersionsAsync":
        GET "/api/mam/apps/internal/{bundleId}/{deviceType}/versions", Read;
    path: (String, String); query: VersionsQuery; body: Nothing; answer: Rows<AppVersion>, or empty;
}
