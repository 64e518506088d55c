//! `GET /api/mdm/devicesensors/{sensorUuid}/assignments`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::{Rows, record};

record! {
    /// To whom it is assigned, and when it runs.
    Assignment {
        assigned_smart_groups: Vec<AssignedGroup> = "assigned_smart_groups",
        event_triggers: Vec<String> = "event_triggers",
        name: Option<String> = "name",
        ranking: Option<i64> = "ranking",
        smart_group_count: Option<i64> = "smart_group_count",
        trigger_type: Option<String> = "trigger_type",
        uuid: Option<Uuid> = "uuid",
    }

    /// A smart group that it is assigned to.
    AssignedGroup {
        name: Option<String> = "name",
        smart_group_uuid: Option<Uuid> = "smart_group_uuid",
    }
}

endpoint! {
    /// To whom a sensor is assigned.
    Assignments = "sensors.assignments" is "mdmv2/DeviceSensorsV2_GetDeviceSensorAssignmentsAsync":
        GET "/api/mdm/devicesensors/{sensorUuid}/assignments" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: Rows<Assignment>, or empty;
}
