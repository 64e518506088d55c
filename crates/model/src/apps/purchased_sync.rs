//! `PUT /api/mam/apps/purchased/VppSyncAssets/{locationGroupId}`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;
use crate::record::record;

record! {
    /// How far it has come.
    SyncStatus {
        id: Option<i64> = "id",
        status: Option<String> = "status",
        status_code: Option<i64> = "statusCode",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// Brings in what was bought.
    PurchasedSync = "apps.purchased.sync" is "mamv1/PurchasedAppsV1_VppSyncAssetsAsync":
        PUT "/api/mam/apps/purchased/VppSyncAssets/{locationGroupId}", Write;
    path: RecordId; query: Nothing; body: Nothing; answer: SyncStatus;
}
