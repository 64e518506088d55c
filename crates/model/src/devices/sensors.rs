//! `GET /api/mdm/devices/{deviceUuid}/sensors`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    SensorsQuery {
        search_text: Option<String> = "search_text",
        limit: Option<i64> = "limit",
        offset: Option<i64> = "offset",
        orderby: Option<String> = "orderby",
        sort_order: Option<String> = "sort_order",
    }

    /// Sensors and what they found.
    SensorPage {
        results: Vec<SensorValue> = "results",
        total_results: Option<i64> = "total_results",
    }

    /// A sensor and what it found last.
    SensorValue {
        last_executed_at: Option<Stamp> = "last_executed_at",
        name: Option<String> = "name",
        uuid: Option<Uuid> = "uuid",
        value: Option<String> = "value",
    }
}

endpoint! {
    /// What the sensors found on a device.
    Sensors = "devices.sensors" is "mdmv1/DeviceSensors_GetDeviceSensorsByDeviceUuidAsync":
        GET "/api/mdm/devices/{deviceUuid}/sensors", Read;
    path: Uuid; query: SensorsQuery; body: Nothing; answer: SensorPage, or empty;
}
