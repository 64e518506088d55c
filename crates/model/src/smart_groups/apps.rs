//! `GET /api/mdm/smartgroups/{id}/apps`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::SmartGroupId;
use crate::record::{Rows, record};

record! {
    /// An app that is assigned.
    AssignedApp {
        application_name: Option<String> = "applicationName",
        bundle_id: Option<String> = "bundleId",
        id: Option<i64> = "id",
        managed_by: Option<String> = "managedBy",
        platform: Option<String> = "platform",
        uuid: Option<Uuid> = "uuid",
        version: Option<String> = "version",
    }
}

endpoint! {
    /// Apps that are assigned to a smart group.
    Apps = "smartgroups.apps" is "mdmv1/SmartGroups_GetAppsBySmartGroupAsync":
        GET "/api/mdm/smartgroups/{id}/apps", Read;
    path: SmartGroupId; query: Nothing; body: Nothing; answer: Rows<AssignedApp>, or empty;
}
