//! `POST /api/mdm/devices/bulk`.

use super::ByQuery;
use crate::bulk::{BulkAnswer, BulkValues};
use crate::endpoint::endpoint;

endpoint! {
    /// Removes many devices; 403 for more than the bulk limit.
    DeleteMany = "devices.delete.many" is "mdmv1/Devices_BulkDeleteDevicesAsync":
        POST "/api/mdm/devices/bulk", Destroy;
    path: (); query: ByQuery; body: BulkValues; answer: BulkAnswer;
}
