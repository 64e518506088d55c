//! `POST /api/mdm/devicesensors/bulkdelete`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// Sensors to remove.
    SensorList {
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        sensor_uuids: Option<Vec<Uuid>> = "sensor_uuids",
    }
}

endpoint! {
    /// Removes sensors.
    DeleteMany = "sensors.delete" is "mdmv1/DeviceSensorsV1_BulkDeleteDeviceSensors":
        POST "/api/mdm/devicesensors/bulkdelete" => 204, Destroy;
    path: (); query: Nothing; body: SensorList; answer: Nothing, or empty;
}
