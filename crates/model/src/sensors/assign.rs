//! `POST /api/mdm/devicesensors/{sensorUuid}/assignment`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;
use crate::record::record;

record! {
    /// To whom, and when it runs.
    NewAssignment {
        event_triggers: Option<Vec<String>> = "event_triggers",
        name: Option<String> = "name",
        smart_group_uuids: Option<Vec<Uuid>> = "smart_group_uuids",
        trigger_type: Option<String> = "trigger_type",
    }
}

endpoint! {
    /// Assigns a sensor to smart groups.
    Assign = "sensors.assign" is "mdmv2/DeviceSensorsV2_AddDeviceSensorAssignmentAsync":
        POST "/api/mdm/devicesensors/{sensorUuid}/assignment" v 2 => 201, Write;
    path: Uuid; query: Nothing; body: NewAssignment; answer: Created;
}
